import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import Value from "typebox/value";
import { createItem } from "#contracts/catalog/operations.ts";
import * as orders from "#contracts/order/operations.ts";
import * as sellers from "#contracts/order/seller-operations.ts";
import { confirmPayment, getOrderPayment, startAttempt } from "#contracts/payment/buyer-operations.ts";
import { getAvailability, releaseStock } from "#contracts/stock/operations.ts";
import { editStore } from "#contracts/store/operations.ts";
import type { Caller } from "#platform/core/operation.ts";
import type { TestApp } from "#platform/testing/app.ts";
import { nobody, service } from "#platform/testing/people.ts";
import { allServices } from "./services.ts";
import * as markets from "./testing/market.ts";

const { done, newBuyer, openStall, orderInput, payWithToss, putItem } = markets;
let gateways: markets.Gateways;
let market: TestApp;
let food: markets.Stall;
let clay: markets.Stall;
let tea: markets.Stall;
before(async () => {
  gateways = await markets.startGateways();
  market = await markets.startMarket(gateways);
  food = await openStall(market, "FOOD", "마당분식");
  clay = await openStall(market, "GOODS", "흙과불");
  tea = await openStall(market, "GOODS", "다원");
});
after(async () => {
  await market.close();
  await gateways.close();
});

/** Buys with KakaoPay: ready, the page, approve. */
async function payWithKakao(order: { readonly paymentId?: string | undefined; readonly payable: number }, who: Caller) {
  const { paymentId = "", payable: amount } = order;
  const { attemptId, redirectUrl = "" } = done(
    await market.call(startAttempt, { paymentId, gateway: "kakaopay" }, who),
  );
  const agreed = gateways.kakaopay.authorize(new URL(redirectUrl).pathname.slice("/pay/".length));
  assert.ok(!("error" in agreed));
  return done(await market.call(confirmPayment, { paymentId, attemptId, amount, pgToken: agreed.pg_token }, who));
}

/** Waits for what the market does by itself. */
async function reaches(orderId: string, wanted: string, who: Caller) {
  for (let tries = 0; ; tries++) {
    await market.settle();
    const order = done(await market.call(orders.getOrder, { orderId }, who));
    if (order.status === wanted || tries === 200) {
      assert.equal(order.status, wanted);
      return order;
    }
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

type Step = (typeof sellers)["prepareStoreOrder"];

async function walk(part: { orderId: string; storeOrderId: string }, who: Caller, ...steps: readonly Step[]) {
  for (const step of steps) done(await market.call(step, part, who));
}

async function spicyNoodles() {
  const options = (...names: string[]) => names.map((name, at) => ({ name, priceDelta: at * 1500 }));
  const optionGroups = [
    { name: "맵기", min: 1, max: 1, options: options("순한맛", "매운맛") },
    { name: "추가", min: 0, max: 2, options: options("김", "치즈") },
  ];
  const wish = { storeId: food.storeId, name: "비빔국수", basePrice: 8000, category: "01", optionGroups };
  const item = done(await market.call(createItem, wish, food.owner));
  await market.settle();
  const pick = (at: number) => item.optionGroups[at]?.options[1]?.optionId ?? "";
  return { itemId: item.itemId, optionIds: [pick(0), pick(1)] };
}

test("delivered food with options costs what its quote said, fee included, to the last won in the ledger", async () => {
  const who = newBuyer(market);
  const { itemId, optionIds } = await spicyNoodles();
  const { handovers, orderId } = orderInput(market, { stalls: [clay], lines: [], total: 0 });
  const delivery = handovers.map((one) => ({ ...one, storeId: food.storeId, fulfilment: "DELIVERY" as const }));
  const basket = { lines: [{ itemId, optionIds, quantity: 2 }], handovers: delivery };
  const quote = done(await market.call(orders.quoteOrder, basket, who));
  assert.deepEqual([quote.itemsTotal, quote.deliveryFee, quote.payable], [22_000, 3000, 25_000]);
  const wish = { ...basket, orderId, expectedTotal: quote.payable };
  const placed = done(await market.call(orders.placeOrder, wish, who));
  const { captured } = gateways.toss.truth.totals();
  done(await payWithToss(market, gateways, placed, who));
  assert.equal(gateways.toss.truth.totals().captured - captured, quote.payable);
  const paid = await reaches(orderId, "PAID", who);
  const part = { orderId, storeOrderId: paid.storeOrders[0]?.storeOrderId ?? "" };
  const { storeOrders } = done(await market.call(sellers.listStoreOrders, { storeId: food.storeId }, food.owner));
  assert.ok(storeOrders.find((one) => one.orderId === orderId)?.acceptBy, "the queue tells until when to accept");
  const { acceptStoreOrder, prepareStoreOrder, readyStoreOrder, sendOutStoreOrder, deliverStoreOrder } = sellers;
  const { estimatedMinutes } = done(await market.call(acceptStoreOrder, { ...part, estimatedMinutes: 25 }, food.owner));
  assert.equal(estimatedMinutes, 25);
  await walk(part, food.owner, prepareStoreOrder, readyStoreOrder, sendOutStoreOrder, deliverStoreOrder);
  done(await market.call(orders.confirmPurchase, part, who));
  const over = await reaches(orderId, "COMPLETED", who);
  assert.equal(
    over.storeOrders[0]?.lines.reduce((sum, line) => sum + line.amount, 0),
    quote.payable,
  );
});

test("what is eaten in is handed over at its table", async () => {
  const who = newBuyer(market);
  const fulfilments = ["PICKUP" as const, "DINE_IN" as const, "DELIVERY" as const];
  done(await market.call(editStore, { storeId: food.storeId, fulfilments }, food.owner));
  const itemId = await putItem(market, food, "김밥", 4000);
  const { orderId, ...basket } = orderInput(market, {
    stalls: [food],
    lines: [{ itemId, quantity: 1 }],
    total: 4000,
  });
  const handovers = [{ storeId: food.storeId, fulfilment: "DINE_IN" as const, table: "7" }];
  const placed = done(await market.call(orders.placeOrder, { ...basket, orderId, handovers }, who));
  await payWithKakao(placed, who);
  const paid = await reaches(orderId, "PAID", who);
  const part = { orderId, storeOrderId: paid.storeOrders[0]?.storeOrderId ?? "" };
  assert.equal(paid.storeOrders[0]?.table, "7");
  const { acceptStoreOrder, prepareStoreOrder, readyStoreOrder, handOverStoreOrder } = sellers;
  await walk(part, food.owner, acceptStoreOrder, prepareStoreOrder, readyStoreOrder, handOverStoreOrder);
  await reaches(orderId, "COMPLETED", who);
});

async function bowlAndTea(who: Caller) {
  const bowl = await putItem(market, clay, "밥그릇", 18_000, 5);
  const citron = await putItem(market, tea, "유자차", 15_000, 5);
  const lines = [bowl, citron].map((itemId) => ({ itemId, quantity: 1 }));
  const input = orderInput(market, { stalls: [clay, tea], lines, total: 38_000 });
  return { bowl, citron, placed: done(await market.call(orders.placeOrder, input, who)) };
}

async function left(skuId: string) {
  return done(await market.call(getAvailability, { skuIds: skuId }, nobody)).skus[0]?.available;
}

test("of two sellers one is cancelled: that part's money and stock come back, the other goes on", async () => {
  const who = newBuyer(market);
  const { bowl, citron, placed } = await bowlAndTea(who);
  const { orderId } = placed;
  await payWithKakao(placed, who);
  const { storeOrders } = await reaches(orderId, "ACCEPTED", who);
  const of = (stall: markets.Stall) => storeOrders.find((one) => one.storeId === stall.storeId)?.storeOrderId ?? "";
  const cancel = { orderId, storeOrderId: of(tea), reason: "하나만 필요해요" };
  done(await market.call(orders.cancelOrder, cancel, who));
  const kept = { orderId, storeOrderId: of(clay) };
  await walk(kept, clay.owner, sellers.prepareStoreOrder);
  const sent = { ...kept, carrier: "마당택배", trackingNo: "1234" };
  done(await market.call(sellers.shipStoreOrder, sent, clay.owner));
  await walk(kept, clay.owner, sellers.deliverStoreOrder);
  done(await market.call(orders.confirmPurchase, kept, who));
  const over = await reaches(orderId, "COMPLETED", who);
  const told = over.storeOrders.map((one) => [one.storeId, one.status, one.refunded]);
  assert.deepEqual(
    told.sort(),
    [
      [clay.storeId, "COMPLETED", 0],
      [tea.storeId, "CANCELLED", 17_500],
    ].sort(),
  );
  const payment = done(await market.call(getOrderPayment, { orderId }, who));
  assert.deepEqual([payment.status, payment.refundedAmount], ["PARTIALLY_CANCELLED", 17_500]);
  assert.deepEqual([await left(bowl), await left(citron)], [4, 5]);
});

test("paid but short: an order whose hold is gone is cancelled and refunded without a person (D8)", async () => {
  const who = newBuyer(market);
  const { placed } = await bowlAndTea(who);
  const { orderId } = placed;
  done(await market.call(releaseStock, { orderId, restock: true, reason: "stocktaking" }, service("order")));
  done(await payWithToss(market, gateways, placed, who));
  const over = await reaches(orderId, "CANCELLED", who);
  assert.deepEqual(
    over.storeOrders.map((one) => [one.refunded, one.cancelledBy]),
    [
      [20_500, "system"],
      [17_500, "system"],
    ],
  );
});

const traceOf = (n: number) => `00-${String(n).padStart(32, "a")}-00000000000000b7-01`;

test("all that follows from a request carries its trace, in the facts of every service", async () => {
  const itemId = await putItem(market, food, "라면", 5000, 1);
  const who = { ...newBuyer(market), traceparent: traceOf(1) };
  const input = orderInput(market, { stalls: [food], lines: [{ itemId, quantity: 1 }], total: 5000 });
  const placed = done(await market.call(orders.placeOrder, input, who));
  done(await payWithToss(market, gateways, placed, { ...who, traceparent: traceOf(2) }));
  await reaches(placed.orderId, "PAID", who);
  const mine = placed.orderId.slice(4);
  for (const { name, traces } of [
    { name: "order", traces: [1, 2] },
    { name: "stock", traces: [1, 2] },
    { name: "payment", traces: [2] },
    { name: "wallet", traces: [2] },
  ]) {
    const rows = await market.sql<{ trace: string }>(
      name,
      `select distinct substr(meta ->> 'traceparent', 4, 32) as trace from facts
       where stream like '%' || $1 order by 1`,
      [mine],
    );
    const expected = traces.map((n) => traceOf(n).slice(3, 35));
    assert.deepEqual(
      rows.map((row) => row.trace),
      expected,
      name,
    );
  }
});

test("a thousand orders have a thousand numbers, with the day in Seoul in front (G4)", async () => {
  const itemId = await putItem(market, food, "어묵", 1000);
  const place = () =>
    market.call(
      orders.placeOrder,
      orderInput(market, { stalls: [food], lines: [{ itemId, quantity: 1 }], total: 1000 }),
      newBuyer(market),
    );
  const answers: Awaited<ReturnType<typeof place>>[] = [];
  for (let hundreds = 0; hundreds < 10; hundreds++) {
    answers.push(...(await Promise.all(Array.from({ length: 100 }, place))));
  }
  const placed = answers.map((answer) => done(answer));
  assert.equal(new Set(placed.map((order) => order.orderNo)).size, 1000);
  for (const { orderNo } of placed) assert.match(orderNo, /^\d{6}-[0-9A-HJKMNP-TV-Z]{5}-[0-9A-HJKMNP-TV-Z]{5}$/);
});

test("every event that was said is one that its service announces, and keeps its contract", async () => {
  await market.settle();
  const said = new Set<string>();
  for (const { name, announces } of allServices) {
    const { events } = (await market.app.feeds.get(name)?.read(0, 100_000)) ?? { events: [] };
    for (const event of events) {
      const contract = announces.find((one) => one.type === event.type);
      assert.ok(contract, `${name} says ${event.type}, and announces it to nobody`);
      assert.ok(Value.Check(contract.data, event.data), `${event.type} ${JSON.stringify(event.data)}`);
      said.add(event.type);
    }
  }
  const heard = allServices.flatMap((one) => [
    ...(one.reactions ?? []).map((reaction) => reaction.on.type),
    ...(one.views ?? []).flatMap((view) => view.projections.map((projection) => projection.on.type)),
  ]);
  const unheard = ["payment.failed.v1", "payment.cancel-refused.v1", "account.registered.v1", "account.changed.v1"];
  assert.deepEqual([...new Set(heard)].filter((type) => !said.has(type)).sort(), unheard.sort());
});
