import { v4 } from "uuid";

/** A new UUID v4. */
export function newId(): string {
  const random = randomBytes(ID_BYTES);
  return random === undefined ? v4() : v4({ random });
}

/** Where ids take their random bytes from; `undefined`: from node:crypto, which takes long to load. */
export function takeRandomBytesFrom(source: typeof randomBytes): void {
  randomBytes = source;
}

const ID_BYTES = 16;
let randomBytes: (size: number) => Uint8Array | undefined = () => undefined;
