import { expect, it } from "vitest";
import { runCli } from "../support/run-cli.js";
import { runOrders } from "../support/run-orders.js";
import { temporaryDirectory } from "../support/temporary-directory.js";

async function placed() {
  const store = temporaryDirectory();
  const id = (await runCli(["place-order", "-q", "tv"], { store })).stdout.trimEnd();
  return { store, id };
}

it("Of many processes that cancel and complete an order at once, one way wins", async () => {
  const { store, id } = await placed();
  const asked = Array.from({ length: 16 }, (_, n) => (n % 2 ? "done" : "cancel"));
  const answers = await Promise.all(
    asked.map(async (verb) => ({ verb, ...(await runOrders([verb, id, "--json"], store)) })),
  );
  const shown = JSON.parse((await runCli(["show", id, "--json"], { store })).stdout);
  const winner = shown.completedAt === undefined ? "cancel" : "done";
  for (const { verb, exitCode } of answers) expect(exitCode).toBe(verb === winner ? 0 : 5);
  const first = answers.filter(({ exitCode, stdout }) => {
    return exitCode === 0 && JSON.parse(String(stdout)).replayed === undefined;
  });
  expect(first).toHaveLength(1);
  expect((await runCli(["check"], { store })).stdout).toBe("1 order, no damage\n");
});

it("A command of a watcher is told that an order is done", async () => {
  const { store, id } = await placed();
  await runCli(["done", "-q", id, "--note", "sent"], { store });
  const script = 'echo "$ORDERS_EVENT $ORDERS_COMPLETION_NOTE"; test -n "$ORDERS_COMPLETED_AT"';
  const watch = ["watch", "--as", "web", "--until-caught-up", "--event", "order-completed"];
  const { exitCode, stdout } = await runOrders([...watch, "--exec", script], store);
  expect({ exitCode, stdout }).toEqual({ exitCode: 0, stdout: "order-completed sent\n" });
});
