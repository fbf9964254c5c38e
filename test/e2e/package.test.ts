import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execa } from "execa";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ROOT, STANDALONE } from "../support/run-orders.js";
import { temporaryDirectory } from "../support/temporary-directory.js";

const IS_WINDOWS = process.platform === "win32";
const { name, version } = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8"));

describe.skipIf(STANDALONE)("the package", () => {
  let scratch: string;
  let tarball: string;
  let files: readonly string[];

  beforeAll(async () => {
    await execa(process.execPath, ["scripts/package.mjs"], { cwd: ROOT });
    scratch = mkdtempSync(join(tmpdir(), "orders-package-"));
    const argv = ["pack", "--json", "--pack-destination", scratch];
    const [packed] = JSON.parse((await npm(argv, join(ROOT, "dist/package"))).stdout);
    tarball = join(scratch, packed.filename);
    files = packed.files.map(({ path }: { path: string }) => path);
  });
  afterAll(() => rmSync(scratch, { recursive: true }));

  it("holds the program, its manual, the library with its types, and the licences of what is in them", () => {
    expect(files).toEqual(
      expect.arrayContaining([
        "LICENSE",
        "README.md",
        "bin/orders.js",
        "dist/bin/start.cjs",
        "dist/bin/THIRD-PARTY-LICENSES.txt",
        "dist/man/man1/orders.1",
        "dist/lib/index.js",
        "dist/lib/index.d.ts",
        "dist/lib/testing.js",
        "dist/lib/testing.d.ts",
        "dist/lib/THIRD-PARTY-LICENSES.txt",
        "sbom.cdx.json",
      ]),
    );
  });

  it.each(["bin", "lib"])("names the licence of each package that is in dist/%s", (directory) => {
    const licences = readFileSync(
      join(ROOT, "dist", directory, "THIRD-PARTY-LICENSES.txt"),
      "utf8",
    );
    for (const each of ["@nats-io/nats-core", "lowdb", "uuid"]) {
      expect(licences).toMatch(new RegExp(`^${each} [\\d.]+ \\(`, "m"));
    }
  });

  it("holds nothing else: no sources, tests or orders, and the command line once", () => {
    const others =
      /^(bin\/(orders|keep-code)\.js|dist\/(bin|lib|man)\/.*|[A-Z]+(\.md)?|package\.json|sbom\.cdx\.json)$/;
    expect(files.filter((file) => !others.test(file))).toEqual([]);
  });

  it("runs nothing when it is installed, and lists what is bundled as CycloneDX", () => {
    const read = (file: string) =>
      JSON.parse(readFileSync(join(ROOT, "dist/package", file), "utf8"));
    for (const field of ["scripts", "dependencies", "devDependencies"]) {
      expect(read("package.json")).not.toHaveProperty(field);
    }
    const { bomFormat, metadata, components } = read("sbom.cdx.json");
    expect({ bomFormat, ...metadata.component }).toMatchObject({
      bomFormat: "CycloneDX",
      purl: `pkg:npm/${name}@${version}`,
    });
    const names = components.map((each: { name: string }) => each.name);
    expect(names).toEqual(expect.arrayContaining(["chalk", "commander", "lowdb", "uuid"]));
    expect(names).not.toContain("vitest");
  });

  it("is installed, upgraded and removed without touching an order", async () => {
    const home = temporaryDirectory();
    const prefix = join(home, "prefix");
    // Without a network: it depends on no other package.
    const global = (...argv: string[]) =>
      npm([...argv, "--global", "--prefix", prefix, "--offline"], home);
    const orders = async (...argv: string[]) => {
      const program = IS_WINDOWS ? join(prefix, "orders.cmd") : join(prefix, "bin/orders");
      const env = { HOME: home, LOCALAPPDATA: join(home, "AppData"), ORDERS_STORE: "" };
      return (await execa(program, argv, { cwd: home, env, stdin: "ignore" })).stdout;
    };

    await global("install", tarball);
    expect(await orders("--version")).toBe(version);
    const id = await orders("place-order", "--quiet", "tv");
    const [place = ""] = (await orders("where")).split("\t");
    expect(place.startsWith(home)).toBe(true);
    const stored = () => readFileSync(join(place, "orders.jsonl"), "utf8");
    const before = stored();
    expect(before).toContain(id);

    await global("install", await nextVersion());
    expect(await orders("--version")).toBe("99.0.0");
    expect(stored()).toBe(before);
    expect(JSON.parse(await orders("show", id, "--json"))).toMatchObject({ id, items: ["tv"] });

    await global("uninstall", name);
    await expect(orders("--version")).rejects.toMatchObject({ code: "ENOENT" });
    expect(stored()).toBe(before);
  });

  it("is a library, alone in its project, whose types need no others", async () => {
    const project = temporaryDirectory();
    writeFileSync(join(project, "package.json"), '{ "private": true, "type": "module" }');
    await npm(["install", tarball, "--offline"], project);
    const { stdout } = await npm(["ls", "--all", "--json"], project);
    expect(Object.keys(JSON.parse(stdout).dependencies)).toEqual([name]);
    expect(JSON.parse(stdout).dependencies[name].dependencies).toBeUndefined();

    const program = (type: string) => `
      import { openOrders, OrdersError } from "${name}";
      import { command, testOrders } from "${name}/testing";
      const orders = await openOrders({ store: "shop" });
      orders.bus.subscribe("order-created", ({ payload: { order } }) => {
        const items${type} = order.items;
        console.log(items.join(" and "));
      });
      await orders.placeOrder(["tv", "desk"]);
      await orders.placeOrder([]).catch((error) => {
        console.log(error instanceof OrdersError && error.code);
      });
      await orders.close();
      const shop = await testOrders();
      await shop.when(command("place-order", { items: [] })).thenFails("invalid-order");
    `;
    writeFileSync(join(project, "shop.js"), program(""));
    const run = await execa(process.execPath, ["shop.js"], { cwd: project });
    expect(run.stdout).toBe("tv and desk\ninvalid-order");

    writeFileSync(join(project, "shop.ts"), program(": readonly string[]"));
    writeFileSync(join(project, "wrong.ts"), program(": readonly number[]"));
    const tsc = (file: string) =>
      execa(
        process.execPath,
        [
          join(ROOT, "node_modules/typescript/bin/tsc"),
          ...["--noEmit", "--strict", "--skipLibCheck", "false"],
          ...["--module", "nodenext", "--target", "es2022", file],
        ],
        { cwd: project, reject: false },
      );
    expect(await tsc("shop.ts")).toMatchObject({ stdout: "", exitCode: 0 });
    expect((await tsc("wrong.ts")).stdout).toMatch(/^wrong\.ts\(\d+,\d+\): error TS2322/);
  });

  /** The same program as a later version of the package. */
  async function nextVersion(): Promise<string> {
    const directory = temporaryDirectory();
    await execa("tar", ["-xzf", tarball], { cwd: directory });
    const manifest = join(directory, "package/package.json");
    const text = readFileSync(manifest, "utf8");
    writeFileSync(manifest, JSON.stringify({ ...JSON.parse(text), version: "99.0.0" }));
    return join(directory, (await npm(["pack", "./package"], directory)).stdout);
  }

  /** Runs npm with a cache of its own. */
  function npm(argv: readonly string[], cwd: string) {
    const quiet = ["--no-audit", "--no-fund", "--no-update-notifier", "--ignore-scripts"];
    const env = { npm_config_cache: join(scratch, "cache"), npm_config_loglevel: "error" };
    return execa("npm", [...argv, ...quiet], { cwd, env });
  }
});
