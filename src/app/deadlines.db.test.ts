import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import * as orders from "#contracts/order/operations.ts";
import * as sellers from "#contracts/order/seller-operations.ts";
import { getAvailability } from "#contracts/stock/operations.ts";
import type { Caller } from "#platform/core/operation.ts";
import type { TestApp } from "#platform/testing/app.ts";
import { nobody } from "#platform/testing/people.ts";
import {
  done,
  type Gateways,
  newBuyer,
  openStall,
  orderInput,
  payWithToss,
  putItem,
  type Stall,
  startGateways,
  startMarket,
} from "./testing/market.ts";

let gateways: Gateways;
let market: TestApp;
let food: Stall;
let goods: Stall;
let noodles: string;
let bowl: string;
before(async () => {
  gateways = await startGateways();
  market = await startMarket(gateways);
  food = await openStall(market, "FOOD", "마당분식");
  goods = await openStall(market, "GOODS", "흙과불");
  noodles = await putItem(market, food, "잔치국수", 8000);
  bowl = await putItem(market, goods, "밥그릇", 18_000, 10);
});
after(async () => {
  await market.close();
  await gateways.close();
});

async function place(stall: Stall, itemId: string, total: number, who: Caller) {
  const input = orderInput(market, { stalls: [stall], lines: [{ itemId, quantity: 1 }], total });
  return done(await market.call(orders.placeOrder, input, who));
}

/** Waits for a state that must come by itself, five seconds at most (G18). */
async function reaches(orderId: string, status: string, who: Caller) {
  for (let tries = 0; ; tries++) {
    const order = done(await market.call(orders.getOrder, { orderId }, who));
    if (order.status === status || tries === 250) {
      assert.equal(order.status, status);
      return order;
    }
    await pause(20);
  }
}

async function left(skuId: string): Promise<number | undefined> {
  return done(await market.call(getAvailability, { skuIds: skuId }, nobody)).skus[0]?.available;
}

test("an order that nobody pays ends by itself and gives its stock back", async () => {
  const who = newBuyer(market);
  const order = await place(goods, bowl, 20_500, who);
  assert.equal(await left(bowl), 9);
  market.clock.turn({ minutes: 10, seconds: 1 });
  const over = await reaches(order.orderId, "CANCELLED", who);
  assert.equal(over.storeOrders[0]?.reason, "unpaid");
  await market.settle();
  assert.equal(await left(bowl), 10);
});

test("food that nobody accepts in five minutes is refunded by itself", async () => {
  const who = newBuyer(market);
  const order = await place(food, noodles, 8000, who);
  done(await payWithToss(market, gateways, order, who));
  await market.settle();
  market.clock.turn({ minutes: 5, seconds: 1 });
  const over = await reaches(order.orderId, "CANCELLED", who);
  assert.equal(over.storeOrders[0]?.status, "REJECTED");
  assert.equal(over.storeOrders[0]?.refunded, 8000);
  const truth = gateways.toss.truth.totals();
  assert.equal(truth.captured, truth.refunded);
});

test("goods that are delivered are confirmed by themselves after a week", async () => {
  const who = newBuyer(market);
  const order = await place(goods, bowl, 20_500, who);
  done(await payWithToss(market, gateways, order, who));
  await reaches(order.orderId, "ACCEPTED", who);
  const part = { orderId: order.orderId, storeOrderId: order.storeOrders[0]?.storeOrderId ?? "" };
  done(await market.call(sellers.prepareStoreOrder, part, goods.owner));
  done(await market.call(sellers.shipStoreOrder, { ...part, carrier: "마당택배", trackingNo: "1234" }, goods.owner));
  done(await market.call(sellers.deliverStoreOrder, part, goods.owner));
  market.clock.turn({ days: 6, hours: 23 });
  await pause(200);
  assert.equal(done(await market.call(orders.getOrder, { orderId: order.orderId }, who)).status, "DELIVERED");
  market.clock.turn({ hours: 1, seconds: 1 });
  await reaches(order.orderId, "COMPLETED", who);
});

test("a buyer who cancels before paying cannot pay any more", async () => {
  const who = newBuyer(market);
  const order = await place(goods, bowl, 20_500, who);
  done(await market.call(orders.cancelOrder, { orderId: order.orderId, reason: "그만둘래요" }, who));
  await reaches(order.orderId, "CANCELLED", who);
  const refused = await payWithToss(market, gateways, order, who).catch((error) => String(error));
  assert.match(JSON.stringify(refused), /payment\.(not_open|expired)/);
});

test("the past of an order can be looked at, and its last moment is what is live", async () => {
  const who = newBuyer(market);
  const order = await place(food, noodles, 8000, who);
  const asOperator: Caller = { ...who, roles: ["OPERATOR"], id: "acc_01jd7x00000000000000000per" };
  const before = market.clock.now();
  await pause(5);
  done(await payWithToss(market, gateways, order, who));
  await market.settle();
  const { orderId } = order;
  const then = done(await market.call(orders.getOrderAt, { orderId, at: before }, asOperator));
  const now = done(await market.call(orders.getOrderAt, { orderId, at: market.clock.now() }, asOperator));
  assert.equal(then.status, "PENDING_PAYMENT");
  assert.deepEqual(now, done(await market.call(orders.getOrder, { orderId }, who)));
});

test("an order whose payment's event is late at the deadline keeps its work, and goes on when it comes", async (t) => {
  const held = Promise.withResolvers<void>();
  const asked = Promise.withResolvers<void>();
  const slow = await startMarket(gateways, {
    boundary: async ({ kind, name }, run) => {
      if (kind === "deliver" && name.startsWith("payment>order")) await held.promise;
      const answer = await run();
      if (name === "order:end-unpaid") asked.resolve();
      return answer;
    },
  });
  t.after(() => slow.close());
  const stall = await openStall(slow, "GOODS", "늦은가게");
  const lines = [{ itemId: await putItem(slow, stall, "접시", 18_000, 10), quantity: 1 }];
  const who = newBuyer(slow);
  const order = done(
    await slow.call(orders.placeOrder, orderInput(slow, { stalls: [stall], lines, total: 20_500 }), who),
  );
  done(await payWithToss(slow, gateways, order, who));
  slow.clock.turn({ minutes: 10, seconds: 1 });
  await asked.promise;
  const work = await slow.sql<{ kind: string }>("order", "select kind from work where key = $1", [order.orderId]);
  assert.deepEqual(work, [{ kind: "end-unpaid" }]);
  held.resolve();
  await slow.settle();
  assert.equal(done(await slow.call(orders.getOrder, { orderId: order.orderId }, who)).status, "ACCEPTED");
});
