import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { Instant } from "#platform/core/time.ts";
import { decideAdjust, decideOpen } from "./adjust.ts";
import { reservationKey } from "./reservation.ts";
import { decideReserve } from "./reserve.ts";
import { decideCommit, decideExpire, decideRelease } from "./settle.ts";
import { later, muchLater, noon, shelf } from "./testing.ts";

const order = "ord_a";
const goods = "itm_goods";
const food = "itm_food";

function stocked(available = 3) {
  const here = shelf();
  const offer = { itemId: goods, storeId: "str_a", name: "머그컵" };
  here.take(
    decideOpen(
      here.sku,
      [
        { ...offer, skuId: goods, unlimited: false },
        { ...offer, skuId: food, unlimited: true },
      ],
      noon,
    ),
  );
  if (available > 0) here.take(decideAdjust(here.sku(goods), { available, reason: "입고" }));
  const key = reservationKey(order);
  return {
    ...here,
    reserve: (quantity: number, skuId = goods, now = noon, expiresAt = later) => {
      const lines = [
        { orderLineId: "oln_1", skuId, quantity },
        { orderLineId: "oln_2", skuId: food, quantity: 9 },
      ];
      return here.take(decideReserve(here.reservation(key), here.sku, { orderId: order, lines, expiresAt }, now));
    },
    reserveLines: (...lines: [string, string, number][]) =>
      here.take(
        decideReserve(
          here.reservation(key),
          here.sku,
          {
            orderId: order,
            expiresAt: later,
            lines: lines.map(([orderLineId, skuId, quantity]) => ({ orderLineId, skuId, quantity })),
          },
          noon,
        ),
      ),
    commit: () => here.take(decideCommit(here.reservation(key), here.sku)),
    release: (restock = true, orderLineIds?: string[]) =>
      here.take(decideRelease(here.reservation(key), here.sku, { orderId: order, restock, orderLineIds, reason: "x" })),
    expire: (now = muchLater) => here.take(decideExpire(here.reservation(key), here.sku, now)),
    held: () => here.reservation(key),
    counters: () => {
      const sku = here.sku(goods);
      return [sku?.available, sku?.reserved, sku?.committed, sku?.returned];
    },
  };
}

describe("a reservation", () => {
  test("takes pieces, turns into a sale and comes back on a refund", () => {
    const { reserve, commit, release, counters } = stocked();
    assert.equal(reserve(2), "changed");
    assert.deepEqual(counters(), [1, 2, 0, 0]);
    assert.equal(commit(), "changed");
    assert.deepEqual(counters(), [1, 0, 2, 0]);
    assert.equal(release(), "changed");
    assert.deepEqual(counters(), [3, 0, 2, 2]);
  });

  test("changes nothing when any command is repeated", () => {
    const { reserve, commit, release } = stocked();
    assert.deepEqual([reserve(2), reserve(2)], ["changed", "nothing"]);
    assert.deepEqual([commit(), commit(), reserve(2)], ["changed", "nothing", "nothing"]);
    assert.deepEqual([release(), release()], ["changed", "nothing"]);
  });

  test("is held for longer when its order comes again later, and only while it is pending", () => {
    const { reserve, commit, held, counters } = stocked();
    reserve(2);
    assert.equal(reserve(2, goods, noon, muchLater), "changed");
    assert.deepEqual([held()?.expiresAt, counters()], [muchLater, [1, 2, 0, 0]]);
    assert.deepEqual([reserve(2), commit()], ["nothing", "changed"]);
    assert.equal(reserve(2, goods, noon, "2026-11-23T03:00:00.000Z" as Instant), "nothing");
  });

  test("takes all lines or none, and names the line that is short", () => {
    const { reserveLines, counters } = stocked();
    assert.deepEqual(reserveLines(["oln_1", goods, 2], ["oln_2", goods, 2]), {
      refused: "stock.sold_out",
      field: "lines.1.quantity",
      details: { skuId: goods, name: "머그컵", left: 1 },
    });
    assert.deepEqual(counters(), [3, 0, 0, 0]);
  });

  test("names a SKU that it does not know", () => {
    assert.deepEqual(stocked().reserveLines(["oln_1", "itm_none", 1]), {
      refused: "stock.unknown_sku",
      field: "lines.0.skuId",
      details: { skuId: "itm_none" },
    });
  });

  test("is refused when its release came first", () => {
    const { reserve, release } = stocked();
    assert.deepEqual([release(), release()], ["changed", "nothing"]);
    assert.deepEqual(reserve(1), { refused: "stock.reservation_over" });
  });

  test("is refused when its time is over before it is made", () => {
    assert.deepEqual(stocked().reserve(1, goods, muchLater), { refused: "stock.reservation_over" });
  });

  test("cannot be committed once it was released, and holds nothing", () => {
    const { reserve, release, commit, counters } = stocked();
    reserve(2);
    release();
    assert.deepEqual(commit(), { refused: "stock.reservation_over" });
    assert.deepEqual(reserve(2), { refused: "stock.reservation_over" });
    assert.deepEqual(counters(), [3, 0, 0, 0]);
  });

  test("cannot be committed when it was never made", () => {
    assert.deepEqual(stocked().commit(), { refused: "stock.reservation_over" });
  });

  test("gives back one seller's lines and keeps the rest", () => {
    const { reserveLines, release, commit, counters, held } = stocked();
    reserveLines(["oln_1", goods, 1], ["oln_2", goods, 2]);
    release(true, ["oln_1"]);
    assert.deepEqual(counters(), [1, 2, 0, 0]);
    commit();
    assert.deepEqual(
      held()?.lines.map((line) => line.status),
      ["RELEASED", "COMMITTED"],
    );
    release(true, ["oln_1"]);
    assert.deepEqual(counters(), [1, 0, 2, 0]);
  });

  test("writes prepared food off instead of putting it back", () => {
    const { reserve, commit, release, counters, held } = stocked();
    reserve(2);
    commit();
    release(false);
    assert.deepEqual(counters(), [1, 0, 2, 0]);
    assert.deepEqual(held()?.lines[0], {
      orderLineId: "oln_1",
      skuId: goods,
      quantity: 2,
      counted: true,
      status: "RETURNED",
      restocked: false,
    });
    assert.equal(release(true), "nothing", "goods that were written off cannot be returned later");
  });

  test("ends by itself after its time, but not before and not when it was committed", () => {
    const first = stocked();
    first.reserve(2);
    assert.equal(first.expire(noon), "nothing");
    assert.equal(first.expire(), "changed");
    assert.deepEqual(first.counters(), [3, 0, 0, 0]);
    assert.deepEqual(first.commit(), { refused: "stock.reservation_over" });
    const second = stocked();
    second.reserve(2);
    second.commit();
    assert.equal(second.expire(), "nothing");
  });

  test("of food alone moves no counter and needs no row", () => {
    const { reserve, facts } = stocked(0);
    const before = facts.length;
    assert.equal(reserve(1, food), "nothing");
    assert.equal(facts.length, before);
  });
});

describe("a figure set by hand", () => {
  test("counts what can be reserved, and leaves buyers what they hold", () => {
    const { reserve, sku, take, counters } = stocked();
    reserve(2);
    take(decideAdjust(sku(goods), { available: 10, reason: "세어 봄" }));
    assert.deepEqual(counters(), [10, 2, 0, 0]);
  });

  test("is refused when the SKU moved since it was looked at", () => {
    const { reserve, sku } = stocked();
    const seen = sku(goods)?.version;
    reserve(1);
    assert.deepEqual(decideAdjust(sku(goods), { available: 10, version: seen, reason: "x" }), {
      refused: "stock.changed",
      field: "version",
      details: { version: 3 },
    });
  });

  test("needs either a number or no limit", () => {
    const { sku } = stocked();
    const refused = { refused: "stock.amount_needed", field: "available", details: {} };
    assert.deepEqual(decideAdjust(sku(goods), { reason: "x" }), refused);
    assert.deepEqual(decideAdjust(sku(goods), { unlimited: true, available: 1, reason: "x" }), refused);
    assert.deepEqual(decideAdjust(undefined, { available: 1, reason: "x" }), { refused: "stock.not_found" });
  });

  test("lets lines that were counted come back even when the SKU has no limit any more", () => {
    const { reserve, release, sku, take } = stocked();
    reserve(2);
    take(decideAdjust(sku(goods), { unlimited: true, reason: "x" }));
    release();
    assert.deepEqual([sku(goods)?.unlimited, sku(goods)?.reserved, sku(goods)?.available], [true, 0, 2]);
  });
});

test("a SKU says once that it sold out and once that it is back", () => {
  const { reserve, release, facts } = stocked(2);
  reserve(2);
  release();
  const said = facts.flatMap((fact) => (fact.data as { soldOut?: boolean }).soldOut ?? []);
  assert.deepEqual(said, [false, true, false]);
});

test("an item heard again opens nothing twice and only takes the new name", () => {
  const { sku, take, counters } = stocked();
  const offer = { skuId: goods, itemId: goods, storeId: "str_a", unlimited: false };
  assert.equal(take(decideOpen(sku, [{ ...offer, name: "머그컵" }], noon)), "nothing");
  assert.equal(take(decideOpen(sku, [{ ...offer, name: "큰 머그컵" }], noon)), "changed");
  assert.deepEqual([sku(goods)?.name, ...counters()], ["큰 머그컵", 3, 0, 0, 0]);
});
