import { CLOSED_AS } from "../domain/closing.js";
import { OrdersError } from "../errors.js";
import { IMPORT_FORMATS } from "../transfer/formats/formats.js";
import type { ImportProblem } from "../transfer/import-problem.js";
import type { Transferred } from "../transfer/transfer.js";
import type { Context } from "./context.js";
import { counted } from "./render/count.js";
import { ProgressLine } from "./render/progress.js";

/**
 * Stores many orders, which is safe to do again. How far it is stands on stderr, and what else is written there
 * appears above it.
 */
export async function transfer<T>(
  context: Context,
  task: (inner: Context, progress: ProgressLine) => Promise<T>,
): Promise<T> {
  const progress = new ProgressLine(context.io);
  try {
    return await task(context.withStderr(progress.output), progress);
  } catch (error) {
    throw advised(error);
  } finally {
    progress.clear();
  }
}

/** What became of the orders, as one line without its end. */
export function summary(
  { orders, stored, present, ...counts }: Transferred,
  [wouldBe, storedAs]: readonly [string, string],
  others: readonly string[] = [],
): string {
  const parts = [
    `${stored} ${wouldBe}${storedAs}`,
    `${present} already present`,
    ...CLOSED_AS.filter((as) => counts[as] > 0).map((as) => `${counts[as]} ${wouldBe}${as}`),
    ...others,
  ];
  return `${counted(orders, "order")}: ${parts.join(", ")}`;
}

/** The error with what to do about it here: to repeat all of it, not to place one of the orders again. */
function advised(error: unknown): unknown {
  if (!(error instanceof OrdersError)) return error;
  const { code, message, cause, orderId, hint } = error;
  if (code === "outcome-unknown") {
    return new OrdersError(code, message, { cause, record: "many", ...(orderId && { orderId }) });
  }
  const advice = "kind" in error ? HINTS[(error as ImportProblem).kind] : undefined;
  if (advice === undefined) return error;
  return new OrdersError(code, message, { hint: hint ? `${hint}\n${advice}` : advice });
}

const NOTHING = "nothing was stored";
const OTHERS = `${NOTHING}; --skip-invalid imports the others`;
const COLUMNS =
  "--columns items=<name>,for=<name> says what they are called, and --ignore-unknown leaves out the rest";

const HINTS: Readonly<Record<ImportProblem["kind"], string | undefined>> = {
  "invalid-file": undefined,
  "unknown-format": `name it with --format: ${IMPORT_FORMATS.join(", ")}; the header of CSV has a column items or item, or --columns says what it is called`,
  unreadable: `${NOTHING}; --format names another format`,
  encoding: NOTHING,
  columns: NOTHING,
  "unknown-column": `${NOTHING}; ${COLUMNS}`,
  "invalid-orders": OTHERS,
  "unknown-fields": `${OTHERS}\n${COLUMNS}`,
  repeated: `${NOTHING}; --again imports it once more, as new orders`,
};
