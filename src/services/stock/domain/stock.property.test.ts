import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { decideAdjust, decideOpen } from "./adjust.ts";
import { type Reservation, reservationKey } from "./reservation.ts";
import { decideReserve } from "./reserve.ts";
import { decideCommit, decideExpire, decideRelease } from "./settle.ts";
import type { Sku } from "./sku.ts";
import { later, muchLater, noon, replay, shelf } from "./testing.ts";

const skuIds = ["itm_a", "itm_b", "itm_c"];
const lineIds = ["oln_1", "oln_2", "oln_3"];
const orderId = fc.constantFrom("ord_1", "ord_2", "ord_3", "ord_4");
const line = fc.record({
  orderLineId: fc.constantFrom(...lineIds),
  skuId: fc.constantFrom(...skuIds),
  quantity: fc.integer({ min: 1, max: 4 }),
});
const command = fc.oneof(
  fc.record({ do: fc.constant("reserve" as const), orderId, lines: fc.array(line, { minLength: 1, maxLength: 4 }) }),
  fc.record({ do: fc.constant("commit" as const), orderId }),
  fc.record({ do: fc.constant("expire" as const), orderId }),
  fc.record({
    do: fc.constant("release" as const),
    orderId,
    restock: fc.boolean(),
    orderLineIds: fc.option(fc.subarray(lineIds), { nil: undefined }),
  }),
  fc.record({ do: fc.constant("adjust" as const), skuId: fc.constantFrom(...skuIds), available: fc.nat({ max: 9 }) }),
  fc.record({ do: fc.constant("unlimited" as const), skuId: fc.constantFrom(...skuIds) }),
);
type Command = typeof command extends fc.Arbitrary<infer Value> ? Value : never;

function run(here: ReturnType<typeof shelf>, what: Command): unknown {
  if (what.do === "adjust" || what.do === "unlimited") {
    const change = what.do === "adjust" ? { available: what.available } : { unlimited: true };
    return here.take(decideAdjust(here.sku(what.skuId), { ...change, reason: "x" }));
  }
  const reservation = here.reservation(reservationKey(what.orderId));
  switch (what.do) {
    case "reserve":
      return here.take(decideReserve(reservation, here.sku, { ...what, expiresAt: later }, noon));
    case "commit":
      return here.take(decideCommit(reservation, here.sku));
    case "expire":
      return here.take(decideExpire(reservation, here.sku, muchLater));
    case "release":
      return here.take(decideRelease(reservation, here.sku, { ...what, reason: "x" }));
  }
}

test("in whatever order: counters add up, nothing is negative, a repeat is silent, replay equals live", () => {
  fc.assert(
    fc.property(fc.array(command, { maxLength: 60, size: "max" }), (commands) => {
      const here = shelf();
      const offers = skuIds.map((skuId) => {
        return { skuId, itemId: skuId, storeId: "str_a", name: skuId, unlimited: skuId === "itm_c" };
      });
      here.take(decideOpen(here.sku, offers, noon));
      for (const what of commands) {
        run(here, what);
        if (what.do !== "adjust" && what.do !== "unlimited") assert.notEqual(run(here, what), "changed");
        checkShelf(here.rows());
      }
      assert.deepEqual(replay(here.facts), here.rows());
    }),
    { numRuns: 300 },
  );
});

function checkShelf(rows: ReadonlyMap<string, Reservation | Sku>): void {
  const lines = [...rows.values()].flatMap((row) => ("lines" in row ? row.lines : [])).filter((line) => line.counted);
  for (const row of rows.values()) {
    if ("lines" in row) continue;
    const sum = (...statuses: string[]) =>
      lines
        .filter(({ skuId, status, restocked }) => {
          return skuId === row.skuId && statuses.includes(restocked === false ? "WRITTEN_OFF" : status);
        })
        .reduce((all, line) => all + line.quantity, 0);
    assert.ok(row.available >= 0 && row.reserved >= 0, "a counter is negative");
    assert.equal(row.reserved, sum("PENDING"));
    assert.equal(row.committed - row.returned, sum("COMMITTED", "WRITTEN_OFF"));
  }
}
