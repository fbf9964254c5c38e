import { isUtf8 } from "node:buffer";
import { MAX_ORDER_BYTES } from "../domain/order.js";
import { systemMessage } from "../error-message.js";
import { OrdersError } from "../errors.js";
import type { Io } from "./io.js";

/** Whether the arguments are a `-`, which stands for {@link stdinLines}. */
export function areOnStdin(args: readonly string[], noun: string): boolean {
  if (!args.includes("-")) return false;
  if (args.length === 1) return true;
  const message = `'-' reads ${noun} from stdin and cannot be combined with others`;
  throw new OrdersError("invalid-usage", message);
}

/**
 * The lines of stdin, if all of them can be an order; else no more is read than is needed to know that.
 *
 * @param noun what they are.
 * @throws {OrdersError} `invalid-order`
 */
export async function stdinLines({ stdin }: Io, noun: string): Promise<readonly string[]> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  try {
    for await (const chunk of stdin.read()) {
      chunks.push(chunk);
      length += chunk.length;
      if (length > MAX_ORDER_BYTES) break;
    }
  } catch (cause) {
    const message = `cannot read the ${noun} from stdin: ${systemMessage(cause)}`;
    throw new OrdersError("invalid-order", message, { cause });
  }
  if (length > MAX_ORDER_BYTES) {
    throw new OrdersError("invalid-order", "stdin is longer than an order can be: 16 MiB", {
      hint: "nothing was stored; place several orders",
    });
  }
  const bytes = Buffer.concat(chunks);
  if (!isUtf8(bytes)) {
    throw new OrdersError("invalid-order", "stdin is not UTF-8", {
      hint: "nothing was stored; convert it with iconv",
    });
  }
  return bytes
    .toString("utf8")
    .replace(/^\ufeff/, "")
    .split(/\r?\n/);
}
