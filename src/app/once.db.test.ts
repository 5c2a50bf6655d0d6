import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import * as orders from "#contracts/order/operations.ts";
import { rejectStoreOrder } from "#contracts/order/seller-operations.ts";
import { isRefusal } from "#platform/core/decision.ts";
import type { TestApp } from "#platform/testing/app.ts";
import { withKey } from "#platform/testing/people.ts";
import * as markets from "./testing/market.ts";

const { done, newBuyer, openStall, orderInput, payWithToss, putItem } = markets;
let gateways: markets.Gateways;
let market: TestApp;
let stall: markets.Stall;
let itemId: string;
before(async () => {
  gateways = await markets.startGateways();
  market = await markets.startMarket(gateways, { work: { leaseMs: 10_000 } });
  stall = await openStall(market, "FOOD", "마당분식");
  itemId = await putItem(market, stall, "라면", 5000);
});
after(async () => {
  await market.close();
  await gateways.close();
});

const basket = () => orderInput(market, { stalls: [stall], lines: [{ itemId, quantity: 1 }], total: 5000 });

test("the same order sent a hundred times at once is one order, told to all (R4)", async () => {
  const who = newBuyer(market);
  const wish = basket();
  const once = withKey(who, orders.placeOrder, "one-click");
  const answers = await Promise.all(Array.from({ length: 100 }, () => market.call(orders.placeOrder, wish, once)));
  // Whoever was quicker than the holds is told to come again; asked again, all are told the same.
  const isInFlight = (answer: unknown) => isRefusal(answer) && answer.refused === "request.in_flight";
  const told = answers.filter((answer) => !isInFlight(answer));
  const later = await Promise.all(Array.from({ length: 3 }, () => market.call(orders.placeOrder, wish, once)));
  const [first] = [...told, ...later].map((answer) => done(answer));
  assert.equal(first?.status, "PENDING_PAYMENT");
  for (const answer of [...told, ...later]) assert.deepEqual(done(answer), first);
  assert.equal(done(await market.call(orders.listOrders, {}, who)).orders.length, 1);
  const again = await market.call(
    orders.placeOrder,
    { ...basket(), expectedTotal: 1 },
    {
      ...once,
      command: { id: once.command?.id ?? "", bodyHash: "another" },
    },
  );
  assert.ok(isRefusal(again));
  assert.equal(again.refused, "request.key_reused");
});

const HELD = `select count(*) filter (where a.xact_start < now() - interval '20 ms')::int as open,
    (select count(*) from pg_locks
     where locktype in ('tuple', 'transactionid') and pid <> pg_backend_pid())::int as locks
  from pg_stat_activity a where a.datname = current_database() and a.pid <> pg_backend_pid()`;

test("while a gateway keeps its answer, no transaction is open and no row is locked (R2)", async () => {
  const who = newBuyer(market);
  const placed = done(await market.call(orders.placeOrder, basket(), who));
  gateways.toss.faults.order({ operation: "confirm", kind: "slow-answer", ms: 1_500 });
  const paying = payWithToss(market, gateways, placed, who);
  const asked = () => gateways.toss.calls.counts().confirm === 1;
  for (let tries = 0; tries < 100 && !asked(); tries++) await pause(10);
  // Others write too, for a moment; what the payment held open would stand in every look.
  const looks: { open: number; locks: number }[] = [];
  for (let look = 0; look < 5; look++) {
    await pause(40);
    looks.push(...(await market.adminSql<{ open: number; locks: number }>(HELD)));
  }
  assert.ok(asked());
  assert.equal(Math.min(...looks.map(({ open }) => open)), 0);
  assert.equal(Math.min(...looks.map(({ locks }) => locks)), 0);
  assert.equal(done(await paying).status, "APPROVED");
});

test("a buyer who cancels while the seller rejects gets the money back once (R35)", async () => {
  const who = newBuyer(market);
  const placed = done(await market.call(orders.placeOrder, basket(), who));
  done(await payWithToss(market, gateways, placed, who));
  await market.settle();
  const { refunded } = gateways.toss.truth.totals();
  const { orderId } = placed;
  const part = { orderId, storeOrderId: placed.storeOrders[0]?.storeOrderId ?? "" };
  const answers = await Promise.all([
    market.call(orders.cancelOrder, { orderId, reason: "그만둘래요" }, who),
    market.call(rejectStoreOrder, { ...part, reason: "재료 소진" }, stall.owner),
    market.call(orders.cancelOrder, { orderId, reason: "두 번 눌렀어요" }, who),
  ]);
  assert.equal(answers.filter((answer) => !isRefusal(answer)).length, 1);
  for (let tries = 0; tries < 200; tries++) {
    const order = done(await market.call(orders.getOrder, { orderId }, who));
    if (order.status === "CANCELLED") break;
    await pause(10);
  }
  await market.settle();
  assert.equal(gateways.toss.truth.totals().refunded - refunded, 5000);
  const facts = await market.sql("payment", "select 1 from facts where stream = $1 and type = 'RefundAccepted'", [
    `pay_${orderId.slice(4)}`,
  ]);
  assert.equal(facts.length, 1);
});
