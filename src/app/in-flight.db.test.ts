import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import { placeOrder } from "#contracts/order/operations.ts";
import { getAvailability, reserveStock } from "#contracts/stock/operations.ts";
import { isRefusal } from "#platform/core/decision.ts";
import { plus } from "#platform/core/time.ts";
import type { Boundary } from "#platform/facts/boundary.ts";
import type { TestApp } from "#platform/testing/app.ts";
import { nobody, service, withKey } from "#platform/testing/people.ts";
import * as markets from "./testing/market.ts";

const { done, newBuyer, openStall, orderInput, putItem, startMarket } = markets;
const PIECES = 10;
let gateways: markets.Gateways;
let market: TestApp;
let stall: markets.Stall;
let itemId: string;
before(async () => {
  gateways = await markets.startGateways();
  market = await startMarket(gateways);
  stall = await openStall(market, "FOOD", "마당분식");
  itemId = await putItem(market, stall, "라면", 5000, PIECES);
});
after(async () => {
  await market.close();
  await gateways.close();
});

const basket = () => orderInput(market, { stalls: [stall], lines: [{ itemId, quantity: 1 }], total: 5000 });

/** Another process on the market's database, whose first call to stock stays under way until it is let go. */
async function slowProcess() {
  const gate = Promise.withResolvers<void>();
  const reached = Promise.withResolvers<void>();
  const boundary: Boundary = async (point, run) => {
    if (point.name === "order>stock.reserveStock") {
      reached.resolve();
      await gate.promise;
    }
    return run();
  };
  const { database, clock } = market;
  const slow = await startMarket(gateways, { boundary, database, clock });
  return { slow, letGo: gate.resolve, reached: reached.promise };
}

async function left(): Promise<number | undefined> {
  return done(await market.call(getAvailability, { skuIds: itemId }, nobody)).skus[0]?.available;
}

test("a repeat that reaches another process while the holds are taken is one order with one hold, told to both", async () => {
  const before = (await left()) ?? 0;
  const { slow, letGo, reached } = await slowProcess();
  try {
    const wish = basket();
    const once = withKey(newBuyer(market), placeOrder, "two-doors");
    const first = slow.call(placeOrder, wish, once);
    await reached;
    const told = done(await market.call(placeOrder, wish, once));
    assert.equal(told.status, "PENDING_PAYMENT");
    letGo();
    assert.deepEqual(done(await first), told);
    assert.deepEqual(done(await market.call(placeOrder, wish, once)), told);
    assert.equal(await left(), before - 1);
  } finally {
    letGo();
    await slow.close();
  }
});

test("if the process dies that has taken the holds, the repeat is told of an order with these holds", async () => {
  const before = (await left()) ?? 0;
  const { slow, letGo, reached } = await slowProcess();
  const wish = basket();
  const once = withKey(newBuyer(market), placeOrder, "died-between");
  letGo();
  void slow.call(placeOrder, wish, once).catch(() => undefined);
  await reached;
  while ((await left()) === before) await pause(5);
  slow.crash();
  const told = done(await market.call(placeOrder, wish, once));
  assert.deepEqual([told.orderId, told.status], [wish.orderId, "PENDING_PAYMENT"]);
  assert.equal(await left(), before - 1);
});

test("an order that is refused after its holds were taken gives them back", async () => {
  const before = (await left()) ?? 0;
  const strict = await startMarket(gateways, {
    ...{ database: market.database, clock: market.clock },
    settings: { order: { doubleWithinSeconds: 30 } },
  });
  const who = newBuyer(market);
  const [one, other] = await Promise.all([basket(), basket()].map((wish) => strict.call(placeOrder, wish, who)));
  const refused = [one, other].filter((answer) => answer && isRefusal(answer));
  assert.deepEqual(
    refused.map((answer) => answer && isRefusal(answer) && answer.refused),
    ["order.looks_doubled"],
  );
  assert.equal(await left(), before - 1);
  await strict.close();
});

test("holds of an order that was never placed end by themselves", async () => {
  const before = (await left()) ?? 0;
  const { orderId, lines = [] } = basket();
  const held = [{ orderLineId: market.app.ids.make("orderLine"), skuId: itemId, quantity: lines[0]?.quantity ?? 1 }];
  const expiresAt = plus(market.clock.now(), { minutes: 25 });
  done(await market.call(reserveStock, { orderId, lines: held, expiresAt }, service("order")));
  assert.equal(await left(), before - 1);
  market.clock.turn({ minutes: 26 });
  // With those of the orders above, which nobody has paid.
  for (let tries = 0; (await left()) !== PIECES && tries < 250; tries++) await pause(20);
  assert.equal(await left(), PIECES);
});
