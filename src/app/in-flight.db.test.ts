import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import { placeOrder } from "#contracts/order/operations.ts";
import { isRefusal } from "#platform/core/decision.ts";
import type { Caller } from "#platform/core/operation.ts";
import type { Boundary } from "#platform/facts/boundary.ts";
import type { TestApp } from "#platform/testing/app.ts";
import { withKey } from "#platform/testing/people.ts";
import * as markets from "./testing/market.ts";

const { done, newBuyer, openStall, orderInput, putItem, startMarket } = markets;
let gateways: markets.Gateways;
let market: TestApp;
let stall: markets.Stall;
let itemId: string;
before(async () => {
  gateways = await markets.startGateways();
  market = await startMarket(gateways);
  stall = await openStall(market, "FOOD", "마당분식");
  itemId = await putItem(market, stall, "라면", 5000);
});
after(async () => {
  await market.close();
  await gateways.close();
});

const basket = () => orderInput(market, { stalls: [stall], lines: [{ itemId, quantity: 1 }], total: 5000 });

/** Another process on the market's database, whose first call to stock stays under way until it is let go. */
async function slowProcess(work: { leaseMs: number }) {
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
  const slow = await startMarket(gateways, { boundary, database, clock, batch: work, work });
  return { slow, letGo: gate.resolve, reached: reached.promise };
}

async function untilAnswered(wish: ReturnType<typeof basket>, who: Caller) {
  for (let tries = 0; ; tries++) {
    const answer = await market.call(placeOrder, wish, who);
    if (!isRefusal(answer) || tries === 300) return done(answer);
    assert.equal(answer.refused, "request.in_flight");
    await pause(10);
  }
}

test("a repeat that reaches another process while the holds are taken is told to come again", async () => {
  const { slow, letGo, reached } = await slowProcess({ leaseMs: 30_000 });
  try {
    const wish = basket();
    const once = withKey(newBuyer(market), placeOrder, "two-doors");
    const first = slow.call(placeOrder, wish, once);
    await reached;
    for (let repeat = 0; repeat < 3; repeat++) {
      assert.deepEqual(await market.call(placeOrder, wish, once), { refused: "request.in_flight" });
    }
    letGo();
    const told = done(await first);
    assert.equal(told.status, "PENDING_PAYMENT");
    assert.ok(told.paymentId);
    assert.deepEqual(done(await market.call(placeOrder, wish, once)), told);
  } finally {
    letGo();
    await slow.close();
  }
});

test("if the process that takes the holds dies, another takes them, and the repeat is told the outcome", async () => {
  const { slow, reached } = await slowProcess({ leaseMs: 300 });
  const wish = basket();
  const once = withKey(newBuyer(market), placeOrder, "died-between");
  void slow.call(placeOrder, wish, once).catch(() => undefined);
  await reached;
  slow.crash();
  const told = await untilAnswered(wish, once);
  assert.equal(told.orderId, wish.orderId);
  assert.equal(told.status, "PENDING_PAYMENT");
  assert.ok(told.paymentId);
});
