import type { Dispatcher } from "../bus/types.js";
import type { Commands } from "../domain/commands.js";
import type { Events } from "../domain/events.js";
import type { CopyTarget } from "../store/order-store.js";
import type { CompletingOptions } from "./complete-row.js";
import type { FieldNames } from "./formats/fields.js";
import type { InvalidRow } from "./formats/row.js";
import type { ImportFile } from "./import-file.js";
import type { OnProgress, Transferred } from "./transfer.js";

/** The application that takes the orders. */
export interface Importer {
  readonly bus: Dispatcher<Commands, Events>;
  copyTarget(): Promise<CopyTarget>;
}

/** How to import. */
export interface ImportOptions extends FieldNames, CompletingOptions {
  /** Import the others if some cannot be imported. */
  readonly skipInvalid: boolean;
  /** Only tell what would be done. */
  readonly dryRun: boolean;
  /** See {@link ImportOrders}. */
  readonly deliver: boolean;
  readonly notify: boolean;
  /** Called with what is unusual about a row, but no fault. */
  readonly onNotice: (notice: string) => void;
  readonly onInvalid: (row: InvalidRow) => void;
  readonly onProgress: OnProgress;
}

/** The result of importing. */
export interface Imported extends Transferred {
  /** How many cannot be imported. */
  readonly invalid: number;
}

/** The bytes of a file, while it is told how many of them were read. */
export async function* watched<Block extends Uint8Array>(
  blocks: AsyncIterable<Block>,
  { size }: ImportFile,
  count: { readonly orders: number },
  onProgress: OnProgress,
): AsyncGenerator<Block, void> {
  let bytes = 0;
  for await (const block of blocks) {
    yield block;
    bytes += block.length;
    if (size !== undefined) onProgress("checking", bytes, size, count.orders);
  }
}
