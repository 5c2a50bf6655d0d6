import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import {
  adjustStock,
  commitStock,
  getAvailability,
  listStoreStock,
  reserveStock,
} from "#contracts/stock/operations.ts";
import { isRefusal } from "#platform/core/decision.ts";
import { startApp, type TestApp } from "#platform/testing/app.ts";
import { nobody, withKey } from "#platform/testing/people.ts";
import { releaseExpiredReservations } from "./jobs/release-expired-reservations.ts";
import { stock } from "./service.ts";

import {
  commit,
  counters,
  depsOf,
  everythingSaid,
  food,
  goods,
  id,
  inGroupsOf,
  later,
  mine,
  open,
  order,
  other,
  release,
  reserve,
  sound,
  storeId,
} from "./testing.ts";

describe("stock", () => {
  let app: TestApp;
  before(async () => {
    app = await startApp({ services: [stock] });
    await open(app);
  });
  after(() => app.close());

  test("goes from the shelf to a buyer and back again", async () => {
    const sku = await goods(app, 10, 5);
    assert.deepEqual(await reserve(app, 10, sku, 2), { isHeld: true });
    assert.deepEqual(await counters(app, sku), [3, 2, 0, 0]);
    assert.deepEqual([await commit(app, 10), await commit(app, 10)], [{}, {}]);
    assert.deepEqual(await counters(app, sku), [3, 0, 2, 0]);
    assert.deepEqual([await release(app, 10), await release(app, 10)], [{}, {}]);
    assert.deepEqual(await counters(app, sku), [5, 0, 2, 2]);
    const anew = await app.call(commitStock, { orderId: id("ord", 10) }, order);
    assert.deepEqual(anew, { refused: "stock.reservation_over" });
    await sound(app);
  });

  test("answers a repeated command as before, but not once it was released", async () => {
    const sku = await goods(app, 11, 5);
    const input = {
      orderId: id("ord", 11),
      lines: [{ orderLineId: id("oln", 22), skuId: sku, quantity: 2 }],
      expiresAt: later(app),
    };
    const keyed = withKey(order, reserveStock, "step-1");
    const first = await app.call(reserveStock, input, keyed);
    assert.deepEqual(first, { isHeld: true });
    assert.deepEqual(await app.call(reserveStock, input, keyed), first);
    assert.deepEqual(await app.call(reserveStock, input, order), first);
    assert.deepEqual(await counters(app, sku), [3, 2, 0, 0]);
    await release(app, 11);
    const over = { refused: "stock.reservation_over" };
    assert.deepEqual(await app.call(reserveStock, input, keyed), over);
    assert.deepEqual(await app.call(reserveStock, input, order), over);
    assert.deepEqual(await counters(app, sku), [5, 0, 0, 0]);
  });

  test("refuses a reserve that comes after its own release", async () => {
    const sku = await goods(app, 12, 5);
    await release(app, 12);
    assert.deepEqual(await reserve(app, 12, sku), { refused: "stock.reservation_over" });
    assert.deepEqual(await counters(app, sku), [5, 0, 0, 0]);
  });

  test("tells which line is short and takes nothing then", async () => {
    const sku = await goods(app, 13, 1);
    assert.deepEqual(await reserve(app, 13, sku, 2), {
      refused: "stock.sold_out",
      field: "lines.0.quantity",
      details: { skuId: sku, name: "머그컵 13", left: 1 },
    });
    assert.ok(!isRefusal(await reserve(app, 13, sku, 1)), "a refusal is not remembered");
    assert.deepEqual(await reserve(app, 14, id("itm", 999)), {
      refused: "stock.unknown_sku",
      field: "lines.0.skuId",
      details: { skuId: id("itm", 999) },
    });
  });

  test("sells exactly 200 of 200 to 400 buyers, 64 at a time, in two processes", async () => {
    const sku = await goods(app, 20, 200);
    const second = await startApp({ services: [stock], database: app.database });
    const answers = await inGroupsOf(64, 400, (n) => reserve(n % 2 === 0 ? app : second, 1_000 + n, sku));
    const sold = answers.filter((answer) => !isRefusal(answer)).length;
    const soldOut = answers.filter((answer) => isRefusal(answer) && answer.refused === "stock.sold_out").length;
    assert.deepEqual([sold, soldOut], [200, 200]);
    assert.deepEqual(await counters(app, sku), [0, 200, 0, 0]);
    // All of them pay or give up at once, from both processes.
    await inGroupsOf(64, 400, (n) => {
      const where = n % 2 === 0 ? second : app;
      return n % 3 === 0 ? release(where, 1_000 + n) : commit(where, 1_000 + n);
    });
    const [available, reserved, committed, returned] = await counters(app, sku);
    assert.equal(reserved, 0);
    assert.equal((available ?? 0) + (committed ?? 0), 200);
    assert.equal(returned, 0);
    await second.close();
    await sound(app);
  });

  test("writes no row of a dish without limit", async () => {
    const version = async () =>
      (await app.sql<{ version: number }>("stock", "select version from states where key = $1", [food]))[0]?.version;
    const before = await version();
    const answers = await inGroupsOf(64, 128, (n) => reserve(app, 2_000 + n, food));
    for (const answer of answers) assert.deepEqual(answer, { isHeld: false });
    assert.equal(await version(), before);
    assert.deepEqual(
      await app.sql("stock", "select key from states where key = $1", [`reservation:${id("ord", 2_000)}`]),
      [],
    );
  });

  test("gives back what nobody paid for, and never what was committed at the same moment", async () => {
    const sku = await goods(app, 30, 100);
    await inGroupsOf(50, 50, (n) => reserve(app, 3_000 + n, sku));
    const deps = depsOf(app);
    await releaseExpiredReservations.run(deps);
    assert.deepEqual(await counters(app, sku), [50, 50, 0, 0]);
    app.clock.turn({ minutes: 26 });
    const [answers] = await Promise.all([
      Promise.all(Array.from({ length: 25 }, (_, n) => commit(app, 3_000 + n))),
      releaseExpiredReservations.run(deps),
      releaseExpiredReservations.run(deps),
    ]);
    const committed = answers.filter((answer) => !isRefusal(answer)).length;
    assert.deepEqual(await counters(app, sku), [100 - committed, 0, committed, 0]);
    assert.deepEqual(await reserve(app, 3_049, sku), { refused: "stock.reservation_over" });
    await sound(app);
  });

  test("cannot be made negative by any statement", async () => {
    const sku = await goods(app, 31, 1);
    const negative = `update states set facets = facets || '{"available": -1}' where key = $1`;
    await assert.rejects(app.sql("stock", negative, [sku]), { code: "23514", constraint: "available_is_not_negative" });
  });

  test("is adjusted by its seller alone, on what they have seen", async () => {
    const sku = await goods(app, 40, 5);
    const adjust = (over: object, caller = mine) =>
      app.call(adjustStock, { skuId: sku, available: 7, reason: "실사", ...over }, caller);
    const none = { refused: "stock.not_found" };
    assert.deepEqual(await adjust({}, other), none);
    assert.deepEqual(await adjust({ skuId: id("itm", 998) }), none);
    assert.deepEqual(await adjust({ unlimited: true }), {
      refused: "stock.amount_needed",
      field: "available",
      details: {},
    });
    await reserve(app, 40, sku, 2);
    assert.deepEqual(await adjust({ version: 2 }), {
      refused: "stock.changed",
      field: "version",
      details: { version: 3 },
    });
    const view = { skuId: sku, itemId: sku, storeId, name: "머그컵 40", unlimited: false };
    const keyed = withKey(mine, adjustStock, "adjust-1");
    const expected = { ...view, available: 7, reserved: 2, sold: 0, version: 4 };
    assert.deepEqual(await adjust({ version: 3 }, keyed), expected);
    assert.deepEqual(await adjust({ version: 3 }, keyed), expected);
    assert.deepEqual(await adjust({ available: undefined, unlimited: true }), {
      ...view,
      unlimited: true,
      available: 0,
      reserved: 2,
      sold: 0,
      version: 5,
    });
    assert.ok(!isRefusal(await reserve(app, 41, sku, 1_000)));
    await release(app, 41);
    await sound(app);
  });

  test("is listed to its seller page by page, each SKU once, and to nobody else", async () => {
    const seen: string[] = [];
    let cursor: string | undefined;
    do {
      const page = await app.call(listStoreStock, { storeId, limit: 3, ...(cursor ? { cursor } : {}) }, mine);
      assert.ok(!isRefusal(page));
      seen.push(...page.stock.map((sku) => sku.skuId));
      cursor = page.nextCursor;
    } while (cursor !== undefined);
    const sql = "select count(*) as n from states where store_id = $1";
    const [count] = await app.sql<{ n: number }>("stock", sql, [storeId]);
    assert.deepEqual([seen.length, new Set(seen).size], [count?.n, count?.n]);
    const none = { refused: "stock.store_not_found" };
    assert.deepEqual(await app.call(listStoreStock, { storeId }, other), none);
    assert.deepEqual(await app.call(listStoreStock, { storeId: id("str", 9) }, mine), none);
    const broken = { refused: "stock.cursor_invalid", field: "cursor", details: {} };
    assert.deepEqual(await app.call(listStoreStock, { storeId, cursor: "rubbish" }, mine), broken);
  });

  test("tells everybody what is sold out, and says so when it changes", async () => {
    const sku = await goods(app, 50, 2);
    const ask = () => app.call(getAvailability, { skuIds: `${sku},${food},${id("itm", 997)}` }, nobody);
    assert.deepEqual(await ask(), {
      skus: [
        { skuId: sku, soldOut: false, available: 2 },
        { skuId: food, soldOut: false },
      ],
    });
    await reserve(app, 50, sku, 2);
    assert.deepEqual((await ask()) as unknown, {
      skus: [
        { skuId: sku, soldOut: true, available: 0 },
        { skuId: food, soldOut: false },
      ],
    });
    await release(app, 50);
    const said = (await everythingSaid(app)).filter((event) => event.key === sku).map(({ type, data }) => [type, data]);
    const movement = { skuId: sku, orderId: id("ord", 50), orderLineId: id("oln", 100), quantity: 2 };
    assert.deepEqual(said, [
      ["stock.availability.v1", { skuId: sku, soldOut: true }],
      ["stock.adjusted.v1", { skuId: sku, unlimited: false, available: 2, reason: "입고" }],
      ["stock.availability.v1", { skuId: sku, soldOut: false }],
      ["stock.reserved.v1", movement],
      ["stock.availability.v1", { skuId: sku, soldOut: true }],
      ["stock.released.v1", movement],
      ["stock.availability.v1", { skuId: sku, soldOut: false }],
    ]);
  });
});
