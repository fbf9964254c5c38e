import { PLACED_AT_LENGTH } from "../../../domain/order.js";

/** The time of an order as it is in a line: to compare that takes a few nanoseconds, and no text is made of it. */
export interface PlacedTime {
  readonly timeIn: DataView;
  readonly timeAt: number;
}

/** How many numbers the characters of a time make. */
export const TIME_WORDS = PLACED_AT_LENGTH / 4;

/** Whether a time is later (above 0), the same (0) or earlier than one that was copied. */
export function compareTime({ timeIn, timeAt }: PlacedTime, other: Uint32Array): number {
  for (let index = 0; index < TIME_WORDS; index++) {
    const difference = timeIn.getUint32(timeAt + 4 * index) - (other[index] as number);
    if (difference !== 0) return difference;
  }
  return 0;
}

/** Compares two times in the same way. */
export function compareTimes(one: PlacedTime, other: PlacedTime): number {
  for (let at = 0; at < PLACED_AT_LENGTH; at += 4) {
    const difference =
      one.timeIn.getUint32(one.timeAt + at) - other.timeIn.getUint32(other.timeAt + at);
    if (difference !== 0) return difference;
  }
  return 0;
}

/** Copies a time. */
export function copyTime({ timeIn, timeAt }: PlacedTime, to: Uint32Array): void {
  for (let index = 0; index < TIME_WORDS; index++) to[index] = timeIn.getUint32(timeAt + 4 * index);
}
