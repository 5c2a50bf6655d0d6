import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import * as orders from "#contracts/order/operations.ts";
import * as sellers from "#contracts/order/seller-operations.ts";
import { confirmPayment, startAttempt } from "#contracts/payment/buyer-operations.ts";
import { refundPayment } from "#contracts/payment/operations.ts";
import { reserveStock } from "#contracts/stock/operations.ts";
import { postRefundIntent } from "#contracts/wallet/operations.ts";
import { isRefusal } from "#platform/core/decision.ts";
import type { Caller, InputOf, Operation } from "#platform/core/operation.ts";
import { plus } from "#platform/core/time.ts";
import { forgetCommands } from "#platform/facts/forget-commands.ts";
import type { TestApp } from "#platform/testing/app.ts";
import { service, withKey } from "#platform/testing/people.ts";
import { allServices } from "./services.ts";
import * as markets from "./testing/market.ts";

let gateways: markets.Gateways;
let market: TestApp;
before(async () => {
  gateways = await markets.startGateways();
  market = await markets.startMarket(gateways);
});
after(async () => {
  await market.close();
  await gateways.close();
});

interface Asked {
  readonly operation: Operation;
  readonly again: () => Promise<unknown>;
}
const asked: Asked[] = [];

/** Asks with a key, and remembers how to ask the very same again. */
async function ask<Op extends Operation>(operation: Op, input: InputOf<Op>, who: Caller) {
  const keyed = withKey(who, operation, `key-${asked.length}`);
  const again = () => market.call(operation, input, keyed);
  asked.push({ operation, again });
  return again();
}

async function paid(who: Caller, stall: markets.Stall, itemId: string, total: number) {
  const input = markets.orderInput(market, { stalls: [stall], lines: [{ itemId, quantity: 1 }], total });
  const { orderId, paymentId = "", storeOrders } = markets.done(await ask(orders.placeOrder, input, who));
  const { attemptId } = markets.done(await ask(startAttempt, { paymentId, gateway: "toss" }, who));
  const { paymentKey } = gateways.toss.authorize({ orderId: attemptId, amount: total });
  markets.done(await ask(confirmPayment, { paymentId, attemptId, amount: total, paymentKey }, who));
  await market.settle();
  return { orderId, storeOrderId: storeOrders[0]?.storeOrderId ?? "" };
}

/** What the services ask of each other for a cancelled order, as their own work did. */
async function askAsServices(orderId: string): Promise<void> {
  type Accepted = Omit<InputOf<typeof refundPayment>, never>;
  const [fact] = await market.sql<{ data: Accepted & { at?: string } }>(
    "payment",
    "select data from facts where type = 'RefundAccepted' and data ->> 'orderId' = $1",
    [orderId],
  );
  assert.ok(fact);
  const { at: _, ...refund } = fact.data;
  await ask(refundPayment, refund, service("order"));
  await ask(postRefundIntent, { ...refund, gateway: "toss" }, service("payment"));
  const expiresAt = plus(market.clock.now(), { hours: 1 });
  const [held] = await market.sql<{ data: Pick<InputOf<typeof reserveStock>, "lines"> }>(
    "stock",
    "select data from states where key = $1",
    [`reservation:${orderId}`],
  );
  const reserved = held?.data.lines.map(({ orderLineId, skuId, quantity }) => ({ orderLineId, skuId, quantity })) ?? [];
  assert.ok(reserved.length > 0);
  await ask(reserveStock, { orderId, lines: reserved, expiresAt }, service("order"));
}

async function forgetAll(): Promise<number> {
  let gone = 0;
  for (const { name } of allServices) {
    const rows = <Row>(_: string, text: string, values: readonly unknown[]) => market.sql<Row>(name, text, values);
    gone += await forgetCommands(name, { rows }, { now: market.clock.now(), keptDays: 14, wait: async () => {} });
  }
  return gone;
}

/** All that has happened: facts, stock, journals, and what the gateway did. */
async function world(): Promise<unknown> {
  const facts = allServices.map(({ name }) => `select '${name}' as service, count(*)::int from "${name}".facts`);
  return [await market.adminSql(facts.join(" union all ")), gateways.toss.truth.totals()];
}

test("money does not hang on a key: forgotten ones, sent again, move nothing and order nothing (R4)", async () => {
  const clay = await markets.openStall(market, "GOODS", "흙과불");
  const snacks = await markets.openStall(market, "FOOD", "마당분식");
  const bowl = await markets.putItem(market, clay, "밥그릇", 18_000, 5);
  const noodles = await markets.putItem(market, snacks, "라면", 5_000);
  const who = markets.newBuyer(market);
  const cancelled = await paid(who, clay, bowl, 20_500);
  markets.done(await ask(orders.cancelOrder, { orderId: cancelled.orderId, reason: "그만둘래요" }, who));
  await market.settle();
  const eaten = await paid(who, snacks, noodles, 5_000);
  const { acceptStoreOrder, prepareStoreOrder, readyStoreOrder, handOverStoreOrder } = sellers;
  for (const step of [acceptStoreOrder, prepareStoreOrder, readyStoreOrder, handOverStoreOrder]) {
    markets.done(await ask(step, eaten, snacks.owner));
  }
  await market.settle();
  await askAsServices(cancelled.orderId);
  await market.settle();
  const before = await world();

  market.clock.turn({ days: 15 });
  await market.settle();
  assert.ok((await forgetAll()) > asked.length);
  const answers: [string, unknown][] = [];
  for (const { operation, again } of asked) {
    const answer = await again();
    answers.push([operation.name, isRefusal(answer) ? answer.refused : "done"]);
  }
  await market.settle();
  assert.deepEqual(await world(), before, JSON.stringify(answers));
  assert.deepEqual(
    answers.filter(([name]) => name === "placeOrder").map(([, answer]) => answer),
    ["order.not_found", "order.not_found"],
  );
});
