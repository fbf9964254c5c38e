import { chmodSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { has } from "../support/needs.js";
import { runCli } from "../support/run-cli.js";
import { environment, ROOT, runOrders } from "../support/run-orders.js";
import { temporaryDirectory } from "../support/temporary-directory.js";

const PAGE = readFileSync(join(ROOT, "docs/tell-the-sales-desk.md"), "utf8");

/** The script below a heading of the page. */
function recipe(heading: string): string {
  const [, script = ""] =
    new RegExp(`^## ${heading}\n[^]*?\`\`\`sh\n([^]*?)\`\`\``, "m").exec(PAGE) ?? [];
  return script;
}

/** Places an order and cancels it, with a recipe as the command; its id, and what each run told a program. */
async function told(heading: string, program: string) {
  const [store, work] = [temporaryDirectory(), temporaryDirectory()];
  const script = (name: string, text: string) => {
    writeFileSync(join(work, name), text);
    chmodSync(join(work, name), 0o755);
  };
  script("notify.sh", recipe(heading));
  script(
    program,
    `#!/bin/sh\n{ for word; do echo "$word"; done; cat; } > ${work}/told-$ORDERS_EVENT\n`,
  );
  const { stdout } = await runCli(["place-order", "-q", 'a "lamp"', "chair"], { store });
  const id = stdout.trim();
  await runCli(["cancel", id], { store });
  const argv = ["watch", "--as", "sales", "--until-caught-up", "--exec", `${work}/notify.sh`];
  const env = { ...environment(store), WEBHOOK: "https://chat.example" };
  const outcome = await runOrders([...argv, "--max-attempts", "1"], store, {
    env: { ...env, PATH: `${work}:${process.env.PATH}` },
  });
  expect(outcome).toMatchObject({ exitCode: 0, stderr: "" });
  const texts = readdirSync(work)
    .filter((name) => name.startsWith("told-"))
    .sort()
    .map((name) => readFileSync(join(work, name), "utf8"));
  const [cancelled = "", created = ""] = texts;
  return { id, created, cancelled };
}

describe.runIf(process.platform === "linux" && has("jq", "apt-get install jq"))(
  "the recipe",
  () => {
    it("for a chat tells of an order and of its cancellation, each under a key of its own", async () => {
      const { id, created, cancelled } = await told("A chat", "curl");
      expect(created).toContain(`New order ${id}: a \\"lamp\\", chair`);
      expect(created).toContain(`Idempotency-Key: order-created-${id}\n`);
      expect(cancelled).toContain(`Cancelled: order ${id}: a \\"lamp\\", chair`);
      expect(cancelled).toContain(`Idempotency-Key: order-cancelled-${id}\n`);
    });

    it("for mail tells of an order and of its cancellation, each under a key of its own", async () => {
      const { id, created, cancelled } = await told("Mail", "sendmail");
      expect(created).toContain(`Subject: New order ${id}\nMessage-ID: <order-created-${id}@`);
      expect(created).toContain('- "a \\"lamp\\""\n- "chair"\n');
      expect(created).not.toContain("Cancelled");
      expect(cancelled).toContain(`Subject: Order cancelled: ${id}\n`);
      expect(cancelled).toContain(`Message-ID: <order-cancelled-${id}@`);
      expect(cancelled).toContain("\nCancelled 20");
    });
  },
);
