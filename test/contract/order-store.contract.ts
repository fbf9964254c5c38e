import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { closedAs, listsClosed } from "../../src/domain/closing.js";
import { type Order, orderMatcher } from "../../src/domain/order.js";
import type { OrderQuery, OrderStore } from "../../src/store/order-store.js";
import { openCopyTarget } from "../../src/transfer/copy-target.js";
import fc from "../support/fast-check.js";
import { all, anOrder, anyOrder, byTime } from "../support/orders.js";

/** What every store promises; `open` gives a new and empty one. */
export function describeOrderStore(name: string, open: () => Promise<OrderStore>): void {
  describe(`${name}, as any store,`, () => {
    let store: OrderStore;
    beforeEach(async () => {
      store = await open();
    });
    afterEach(async () => {
      await store.close();
    });

    it("exists once an order was saved in it", async () => {
      expect(typeof (await store.exists())).toBe("boolean");
      await store.save(anOrder());
      expect(await store.exists()).toBe(true);
    });

    it("exists once it was set up", async () => {
      await store.init({ alter: false });
      expect(await store.exists()).toBe(true);
      expect(await store.count()).toBe(0);
    });

    it("lists nothing at first", async () => {
      expect(await all(store.list())).toEqual([]);
      expect(await store.count()).toBe(0);
      expect(await store.findByIdPrefix("0123", 10)).toEqual([]);
    });

    it("lists what was saved, unchanged, by time", async () => {
      const orders = fc.uniqueArray(anyOrder, { maxLength: 5, selector: ({ id }) => id });
      await fc.assert(
        fc.asyncProperty(orders, async (saved) => {
          const empty = await open();
          for (const order of saved) await empty.save(order);
          expect(await all(empty.list())).toEqual(byTime(saved));
          await empty.close();
        }),
        { numRuns: 30 },
      );
    });

    it("lists by time, and of equal times in the order of storing, however it came to its orders", async () => {
      const row = fc.record({
        minute: fc.nat({ max: 9 }),
        how: fc.constantFrom("saved", "claimed", "imported"),
        item: fc.constantFrom("tv", "red desk"),
        isCancelled: fc.boolean(),
      });
      const queries = fc.array(
        fc.record(
          {
            newest: fc.nat({ max: 8 }),
            reverse: fc.boolean(),
            since: fc.nat({ max: 9 }).map(minute),
            until: fc.nat({ max: 9 }).map(minute),
            item: fc.constantFrom("TV", "red"),
            state: fc.constantFrom("open" as const, "cancelled" as const, "any" as const),
          },
          { requiredKeys: [] },
        ),
        { minLength: 4, maxLength: 8 },
      );
      await fc.assert(
        fc.asyncProperty(fc.array(row, { maxLength: 12 }), queries, async (rows, asked) => {
          const empty = await open();
          const orders: Order[] = [];
          for (const { how, item, isCancelled, ...placed } of rows) {
            const order = anOrder({ placedAt: minute(placed.minute), items: [item] });
            if (how === "saved") await empty.save(order);
            else await empty.saveIfNew(order, { isImported: how === "imported" });
            const { id, placedAt: cancelledAt } = order;
            if (isCancelled) orders.push((await empty.closeOrder({ id, cancelledAt })).order);
            else orders.push(order);
          }
          for (const query of [{}, ...asked]) {
            const { newest = orders.length, reverse, ...filter } = query;
            const matching = byTime(
              orders.filter(
                (order) => orderMatcher(filter)(order) && listsClosed(filter, closedAs(order)),
              ),
            );
            const wanted = matching.slice(Math.max(0, matching.length - newest));
            expect(await all(empty.list(query))).toEqual(reverse ? wanted.reverse() : wanted);
            expect(await empty.count(filter)).toBe(matching.length);
          }
          await empty.close();
        }),
        { numRuns: 30 },
      );
    });

    it("lists many imported orders among those that were placed", async () => {
      const at = (second: number) => new Date(Date.UTC(2026, 0, 31) + 1000 * second).toISOString();
      const items = ["x".repeat(300)]; // so that a directory is no small one
      const orders = Array.from({ length: 4000 }, (_, n) =>
        anOrder({ placedAt: at(n), items: [...items, `item ${n % 7}`] }),
      );
      const [placed, imported] = [0, 1].map((half) => orders.filter((_, n) => n % 2 === half));
      await Promise.all((placed ?? []).map((order) => store.save(order)));
      const target = await openCopyTarget(store);
      const stretches = [1000, 0].flatMap((from) => imported?.slice(from, from + 1000) ?? []);
      const scattered = stretches.splice(400, 300).toReversed();
      for (let n = 0; n < stretches.length; n += 500)
        await target.store(
          stretches.slice(n, n + 500).map((order) => ({ kind: "order", order, isImported: true })),
        );
      for (const order of scattered) await store.saveIfNew(order, { isImported: true });
      const latest = anOrder({ placedAt: at(4000), items });
      await store.save(latest);
      orders.push(latest);
      const [cancelled] = scattered;
      await store.closeOrder({ id: cancelled?.id ?? "", cancelledAt: at(5000) });
      const left = orders.filter(({ id }) => id !== cancelled?.id);
      const ids = async (query: OrderQuery) => (await all(store.list(query))).map(({ id }) => id);
      const idsOf = (of: readonly Order[]) => of.map(({ id }) => id);
      expect(await ids({})).toEqual(idsOf(left));
      expect(await ids({ reverse: true })).toEqual(idsOf(left.toReversed()));
      expect(await ids({ state: "any" })).toEqual(idsOf(orders));
      for (const newest of [1, 20, 3900])
        expect(await ids({ newest })).toEqual(idsOf(left.slice(-newest)));
      const item = "item 3";
      const some = left.filter(({ items: [, last] }) => last === item);
      expect(await ids({ item, reverse: true })).toEqual(idsOf(some.toReversed()));
      expect(await ids({ item, newest: 9 })).toEqual(idsOf(some.slice(-9)));
      const since = at(3000);
      expect(await ids({ since })).toEqual(idsOf(left.filter(({ placedAt }) => placedAt >= since)));
    });

    it("keeps every one of many orders that are saved at once", async () => {
      const orders = Array.from({ length: 500 }, () => anOrder());
      await Promise.all(orders.map((order) => store.save(order)));
      expect(await all(store.list())).toEqual(orders);
    });

    it("keeps what was saved even if the caller changes its own object later", async () => {
      const order = anOrder();
      const items = ["tv"];
      await store.save({ ...order, items });
      items.push("another");
      expect(await all(store.list())).toEqual([order]);
    });

    it("keeps an order and its cancellation as they were when it was given them", async () => {
      const order = anOrder();
      const requested = { ...order, items: [...order.items] };
      const saving = store.saveIfNew(requested);
      requested.items.push("another");
      expect(await saving).toEqual({ order, replayed: false });
      const cancellation = {
        id: order.id,
        cancelledAt: "2026-02-01T10:00:00.000Z",
        reason: "sold out",
      };
      const wanted = { ...order, ...cancellation };
      const cancelling = store.closeOrder(cancellation);
      Object.assign(cancellation, { id: anOrder().id, reason: "\0" });
      expect(await cancelling).toEqual({ order: wanted, replayed: false });
      expect(await all(store.list({ state: "any" }))).toEqual([wanted]);
      expect(await store.check()).toMatchObject({ orders: 1, damage: [] });
    });

    it.each<[string, object]>([
      ["was placed beyond the year 9999", { placedAt: "+010021-01-01T00:00:00.000Z" }],
      ["was placed before the year 0", { placedAt: "-000001-12-31T23:59:59.999Z" }],
      ["was placed at a time of another form", { placedAt: "2026-01-31" }],
      ["was placed on 30 February", { placedAt: "2026-02-30T10:00:00.000Z" }],
      ["was placed on 29 February of a common year", { placedAt: "2100-02-29T10:00:00.000Z" }],
      ["has no items", { items: [] }],
      ["is for a blank name", { for: " " }],
      ["has a note that is longer than its hook can be given", { note: "x".repeat(4097) }],
      ["has an id in upper case", { id: anOrder().id.toUpperCase() }],
    ])("stores nothing that no reader would take for an order: one that %s", async (_, fields) => {
      const order = { ...anOrder(), ...fields };
      await expect(store.save(order)).rejects.toMatchObject({ code: "invalid-order" });
      await expect(store.saveIfNew(order)).rejects.toMatchObject({ code: "invalid-order" });
      expect(await store.count()).toBe(0);
      expect(await store.check()).toMatchObject({ orders: 0, damage: [] });
    });

    it("lists the newest few, oldest first", async () => {
      const orders = Array.from({ length: 5 }, () => anOrder());
      for (const order of orders) await store.save(order);
      expect(await all(store.list({ newest: 2 }))).toEqual(orders.slice(3));
      expect(await all(store.list({ newest: 5 }))).toEqual(orders);
      expect(await all(store.list({ newest: 9 }))).toEqual(orders);
      expect(await all(store.list({ newest: 0 }))).toEqual([]);
    });

    it("lists the newest few that match, however far back they are", async () => {
      const orders = Array.from({ length: 1000 }, (_, n) =>
        anOrder({ items: [n % 350 === 0 ? "sofa" : "tv"] }),
      );
      await Promise.all(orders.map((order) => store.save(order)));
      const sofas = [orders[0], orders[350], orders[700]];
      for (const newest of [1, 2, 3, 4]) {
        expect(await all(store.list({ newest, item: "sofa" }))).toEqual(sofas.slice(-newest));
      }
      expect(await all(store.list({ newest: 500 }))).toEqual(orders.slice(500));
      expect(await all(store.list({ newest: 998, item: "tv" }))).toHaveLength(997);
      await store.closeOrder({
        id: orders[700]?.id as string,
        cancelledAt: new Date().toISOString(),
      });
      expect(await all(store.list({ newest: 1, item: "sofa" }))).toEqual([orders[350]]);
      expect(await all(store.list({ newest: 9, item: "sofa" }))).toEqual([orders[0], orders[350]]);
      expect(await all(store.list({ newest: 300 }))).toEqual(
        orders.slice(699).filter((_, n) => n !== 1),
      );
    });

    it("lists the newest first when asked to, all or the newest few", async () => {
      const orders = Array.from({ length: 5 }, (_, day) =>
        anOrder({ placedAt: `2026-01-0${day + 1}T00:00:00.000Z`, items: [`tv ${day % 2}`] }),
      );
      for (const order of orders) await store.save(order);
      const backward = orders.toReversed();
      const since = orders[3]?.placedAt;
      expect(await all(store.list({ reverse: true }))).toEqual(backward);
      expect(await all(store.list({ reverse: true, newest: 2 }))).toEqual(backward.slice(0, 2));
      expect(await all(store.list({ reverse: true, newest: 9 }))).toEqual(backward);
      expect(await all(store.list({ reverse: true, newest: 0 }))).toEqual([]);
      expect(await all(store.list({ reverse: true, since }))).toEqual(backward.slice(0, 2));
      expect(await all(store.list({ reverse: true, item: "1" }))).toEqual([orders[3], orders[1]]);
      const [, cancelled = anOrder(), ...newer] = orders;
      const { order } = await store.closeOrder({
        id: cancelled.id,
        cancelledAt: cancelled.placedAt,
      });
      const others = [...newer.toReversed(), orders[0]];
      expect(await all(store.list({ reverse: true }))).toEqual(others);
      expect(await all(store.list({ reverse: true, state: "any" }))).toEqual(
        others.toSpliced(3, 0, order),
      );
    });

    it("lists and counts by time, both ends included", async () => {
      const [early, middle, late] = [1, 2, 3].map((day) =>
        anOrder({ placedAt: `2026-01-0${day}T00:00:00.000Z` }),
      ) as [ReturnType<typeof anOrder>, ReturnType<typeof anOrder>, ReturnType<typeof anOrder>];
      for (const order of [early, middle, late]) await store.save(order);
      const since = middle.placedAt;
      expect(await all(store.list({ since }))).toEqual([middle, late]);
      expect(await all(store.list({ until: since }))).toEqual([early, middle]);
      expect(await all(store.list({ since, until: since }))).toEqual([middle]);
      expect(await all(store.list({ since, newest: 1 }))).toEqual([late]);
      expect(await store.count({ since })).toBe(2);
      expect(await store.count()).toBe(3);
    });

    it("keeps whom an order is for and its note, and lists by the name", async () => {
      const plain = anOrder();
      const named = anOrder({ for: 'Ada "],"note":"', note: '\\"],"claim":{' });
      const noted = anOrder({ note: "\u{1f514}".repeat(2048) });
      for (const order of [plain, named]) await store.save(order);
      expect(await store.saveIfNew(noted)).toEqual({ order: noted, replayed: false });
      expect(await all(store.list())).toEqual([plain, named, noted]);
      expect(await all(store.list({ for: 'ADA "],"note":"' }))).toEqual([named]);
      expect(await store.count({ for: "Ada" })).toBe(0);
      expect(await store.findByIdPrefix(named.id, 1)).toEqual([named]);
      await expect(store.saveIfNew({ ...noted, note: "another" })).rejects.toMatchObject({
        code: "conflict",
      });
    });

    it("finds the text of an item, whatever other characters are beside it", async () => {
      const letters = fc.constantFrom(...'aAbİıſKßS,[]"\\: {}é\u0301\n\u202e');
      const text = fc.string({ unit: letters, minLength: 1, maxLength: 4 });
      const plain = fc.string({ unit: fc.constantFrom(..."aAbBsk, "), minLength: 1, maxLength: 4 });
      const items = fc.array(fc.oneof(text, plain), { minLength: 1, maxLength: 3 });
      const orders = fc
        .sample(items, 60)
        .map((each) => anOrder({ items: each.map((one) => `${one}.`) }));
      for (const order of orders) await store.save(order);
      await fc.assert(
        fc.asyncProperty(
          fc.oneof(text, plain),
          fc.option(plain, { nil: undefined }),
          async (one, other) => {
            const item = other === undefined ? [one] : [one, other];
            const matching = orders.filter(orderMatcher({ item }));
            expect(await all(store.list({ item }))).toEqual(matching);
            expect(await store.count({ item })).toBe(matching.length);
          },
        ),
        { numRuns: 100 },
      );
    });

    it("lists by text of an item, whatever its case and its way of composing accents", async () => {
      const [tv, carpet, cafe] = [
        ["100 inch TV"],
        ["magic carpet", "tv stand"],
        ["cafe\u0301"],
      ].map((items) => anOrder({ items })) as [
        ReturnType<typeof anOrder>,
        ReturnType<typeof anOrder>,
        ReturnType<typeof anOrder>,
      ];
      for (const order of [tv, carpet, cafe]) await store.save(order);
      expect(await all(store.list({ item: "tV" }))).toEqual([tv, carpet]);
      expect(await all(store.list({ item: "CAFÉ" }))).toEqual([cafe]);
      expect(await all(store.list({ item: "sofa" }))).toEqual([]);
    });

    it.each([
      ["istanbul", "Kilim aus İSTANBUL"],
      ["İstanbul", "kilim aus istanbul"],
      ["STRASSE", "Schild: Straße"],
      ["straße", "SCHILD: STRASSE"],
      ["ΟΔΟΣ", "οδοσήμανση"],
      ["οδός", "ΟΔΌΣ"],
      ["ﬁlter", "FILTER"],
      ["CAFE\u0301", "café"],
    ])("finds '%s' in '%s' as full case folding does", async (item, held) => {
      const order = anOrder({ items: ["other", held] });
      await store.save(order);
      await store.save(anOrder({ items: ["other"] }));
      expect(await all(store.list({ item }))).toEqual([order]);
    });

    it("lists by the whole name that an order is for, as full case folding does", async () => {
      const [kim, kimono] = [anOrder({ for: "\u212aim" }), anOrder({ for: "Kimono", note: "kim" })];
      for (const order of [kim, kimono]) await store.save(order);
      expect(await all(store.list({ for: "KIM" }))).toEqual([kim]);
      expect(await all(store.list({ for: "kimono", reverse: true }))).toEqual([kimono]);
      expect(await store.count({ for: "kim", item: "kim" })).toBe(0);
    });

    it("lists by several texts, each of which has to be in some item", async () => {
      const [one, two, both] = [["red tv"], ["tv", "big desk"], ["big tv", "red desk"]].map(
        (items) => anOrder({ items }),
      ) as [Order, Order, Order];
      for (const order of [one, two, both]) await store.save(order);
      expect(await all(store.list({ item: ["TV", "desk"] }))).toEqual([two, both]);
      expect(await store.count({ item: ["red", "big"] })).toBe(1);
      expect(await all(store.list({ item: ["tv"] }))).toEqual([one, two, both]);
      expect(await store.count({ item: [] })).toBe(3);
    });

    it("finds orders by the beginning of their ids, oldest first", async () => {
      const orders = [3, 1, 2].map((n) =>
        anOrder({ id: `aaaa0f3${n}-91b6-430f-86e6-997935ae61b4`, placedAt: minute(n) }),
      );
      for (const order of orders) await store.save(order);
      expect(await store.findByIdPrefix("aaaa", 10)).toEqual(byTime(orders));
    });

    it("finds no more orders by the beginning of their ids than asked", async () => {
      const ids = ["aaaa0", "aaaa1", "aaab0"].map(
        (start) => `${start}f32-91b6-430f-86e6-997935ae61b4`,
      );
      const orders = ids.map((id) => anOrder({ id, items: ["aaaa"] }));
      for (const order of orders) await store.save(order);
      expect(await store.findByIdPrefix("aaaa", 10)).toEqual(orders.slice(0, 2));
      expect(await store.findByIdPrefix("aaaa", 1)).toEqual(orders.slice(0, 1));
      expect(await store.findByIdPrefix(ids[2] as string, 10)).toEqual(orders.slice(2));
      expect(await store.findByIdPrefix("ffff", 10)).toEqual([]);
      expect(await store.findByIdPrefix("", 2)).toEqual(orders.slice(0, 2));
    });

    it("stores an order under the id that its caller chose", async () => {
      const order = anOrder();
      expect(await store.saveIfNew(order)).toEqual({ order, replayed: false });
      expect(await all(store.list())).toEqual([order]);
    });

    it("stores, lists and finds orders under UUIDs of every version", async () => {
      const orders = [1, 2, 3, 4, 5, 6, 7, 8].map((version) =>
        anOrder({ id: `019ab3d0-39e5-${version}4bc-bf5e-eab0c6f897ff` }),
      );
      for (const order of orders) await store.saveIfNew(order);
      expect(await all(store.list())).toEqual(orders);
      for (const order of orders) expect(await store.findByIdPrefix(order.id, 2)).toEqual([order]);
      expect(await store.findByIdPrefix("019ab3d0", 9)).toEqual(orders);
      expect(await store.check()).toMatchObject({ orders: orders.length, damage: [] });
    });

    it("answers a repeated order of the same id and items with the one that it holds", async () => {
      const [order, saved] = [anOrder({ items: ["tv", "desk"] }), anOrder()];
      await store.saveIfNew(order);
      await store.save(saved);
      for (const held of [order, saved, order]) {
        const again = { ...held, placedAt: "2026-02-01T00:00:00.000Z" };
        expect(await store.saveIfNew(again)).toEqual({ order: held, replayed: true });
      }
      expect(await all(store.list())).toEqual([order, saved]);
    });

    it.each([[["desk", "tv"]], [["tv"]], [["tv", "desk", "desk"]], [["tv, desk"]]])(
      "refuses an id that an order of other items holds (%j) and stores nothing",
      async (items) => {
        const order = anOrder({ items: ["tv", "desk"] });
        await store.saveIfNew(order);
        await expect(store.saveIfNew({ ...order, items })).rejects.toMatchObject({
          name: "OrdersError",
          code: "conflict",
        });
        expect(await all(store.list())).toEqual([order]);
      },
    );

    it("gives an id to one of many that claim it at once for the same items", async () => {
      const { id } = anOrder();
      const claims = Array.from({ length: 50 }, (_, second) =>
        anOrder({ id, placedAt: `2026-01-31T09:30:${String(second).padStart(2, "0")}.000Z` }),
      );
      const answers = await Promise.all(claims.map((claim) => store.saveIfNew(claim)));
      const [held] = await holders(id);
      expect(claims).toContainEqual(held);
      for (const { order } of answers) expect(order).toEqual(held);
      expect(answers.filter(({ replayed }) => !replayed)).toHaveLength(1);
    });

    it("gives an id to one of many that claim it at once for different items", async () => {
      const { id } = anOrder();
      const claims = Array.from({ length: 50 }, (_, n) => anOrder({ id, items: [`item ${n}`] }));
      const answers = await Promise.allSettled(claims.map((claim) => store.saveIfNew(claim)));
      const [held] = await holders(id);
      for (const [index, answer] of answers.entries()) {
        if (claims[index]?.items[0] === held?.items[0]) {
          expect(answer).toMatchObject({ value: { order: held, replayed: false } });
        } else {
          expect(answer).toMatchObject({ reason: { code: "conflict" } });
        }
      }
    });

    it("gives each of many ids that are claimed at once to its own order", async () => {
      const orders = Array.from({ length: 50 }, () => anOrder());
      const answers = await Promise.all(orders.map((order) => store.saveIfNew(order)));
      expect(answers).toEqual(orders.map((order) => ({ order, replayed: false })));
      expect(await all(store.list())).toEqual(orders);
    });

    it("finds no damage when it checks itself, and counts its orders", async () => {
      expect(await store.check()).toMatchObject({ orders: 0, damage: [] });
      const order = anOrder();
      await store.saveIfNew(order);
      await store.saveIfNew(order);
      await store.save(anOrder());
      expect(await store.check()).toMatchObject({ orders: 2, damage: [] });
    });

    it("can be left in the middle of a list", async () => {
      for (let n = 0; n < 3; n++) await store.save(anOrder());
      for await (const _ of store.list()) break;
      expect(await store.count()).toBe(3);
    });

    function minute(n: number): string {
      return `2026-01-31T09:0${n}:00.000Z`;
    }

    /** The one order of an id, by every way of looking for it. */
    async function holders(id: string): Promise<readonly Order[]> {
      const found = await store.findByIdPrefix(id, 2);
      expect(found).toHaveLength(1);
      expect(await all(store.list())).toEqual(found);
      expect(await all(store.list({ newest: 5 }))).toEqual(found);
      expect(await store.check()).toMatchObject({ orders: 1, damage: [] });
      return found;
    }
  });
}
