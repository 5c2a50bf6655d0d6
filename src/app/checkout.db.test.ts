import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import * as orders from "#contracts/order/operations.ts";
import * as sellers from "#contracts/order/seller-operations.ts";
import { getOrderLedger } from "#contracts/wallet/operations.ts";
import { isRefusal } from "#platform/core/decision.ts";
import type { TestApp } from "#platform/testing/app.ts";
import { operator } from "#platform/testing/people.ts";
import {
  done,
  type Gateways,
  newBuyer,
  openStall,
  orderInput,
  payWithToss,
  putItem,
  startGateways,
  startMarket,
} from "./testing/market.ts";

let gateways: Gateways;
let market: TestApp;
before(async () => {
  gateways = await startGateways();
  // Four hundred orders at once on a busy machine: no piece of work may outlive its lease, or its caller is told early.
  market = await startMarket(gateways, { batch: { leaseMs: 30_000 }, work: { leaseMs: 30_000 } });
});
after(async () => {
  await market.close();
  await gateways.close();
});

test("a food order is placed, paid, cooked and fetched, and its money ends with the seller and the house", async () => {
  const stall = await openStall(market, "FOOD", "마당분식");
  const itemId = await putItem(market, stall, "국물떡볶이", 9000);
  const who = newBuyer(market);
  const placed = done(
    await market.call(
      orders.placeOrder,
      orderInput(market, { stalls: [stall], lines: [{ itemId, quantity: 2 }], total: 18_000 }),
      who,
    ),
  );
  assert.equal(placed.status, "PENDING_PAYMENT");
  const confirmed = done(await payWithToss(market, gateways, placed, who));
  assert.equal(confirmed.status, "APPROVED");
  await market.settle();
  const { orderId } = placed;
  const paid = done(await market.call(orders.getOrder, { orderId }, who));
  assert.equal(paid.status, "PAID");
  const part = { orderId, storeOrderId: paid.storeOrders[0]?.storeOrderId ?? "" };
  const queue = done(await market.call(sellers.listStoreOrders, { storeId: stall.storeId }, stall.owner));
  assert.deepEqual(
    queue.storeOrders.map((one) => [one.orderId, one.status]),
    [[orderId, "PAID"]],
  );
  for (const step of [
    sellers.acceptStoreOrder,
    sellers.prepareStoreOrder,
    sellers.readyStoreOrder,
    sellers.handOverStoreOrder,
  ]) {
    done(await market.call(step, part, stall.owner));
  }
  await market.settle();
  const completed = done(await market.call(orders.getOrder, { orderId }, who));
  assert.equal(completed.status, "COMPLETED");
  const ledger = done(await market.call(getOrderLedger, { orderId }, operator("acc_01jd7x00000000000000000per")));
  assert.equal(ledger.journals.length, 2);
});

test("a paid order that the seller rejects gives the money back by itself", async () => {
  const stall = await openStall(market, "FOOD", "바쁜분식");
  const itemId = await putItem(market, stall, "라면", 5000);
  const who = newBuyer(market);
  const placed = done(
    await market.call(
      orders.placeOrder,
      orderInput(market, { stalls: [stall], lines: [{ itemId, quantity: 1 }], total: 5000 }),
      who,
    ),
  );
  done(await payWithToss(market, gateways, placed, who));
  await market.settle();
  const { orderId } = placed;
  const part = { orderId, storeOrderId: placed.storeOrders[0]?.storeOrderId ?? "" };
  done(await market.call(sellers.rejectStoreOrder, { ...part, reason: "재료 소진" }, stall.owner));
  await market.settle();
  await new Promise((resolve) => setTimeout(resolve, 300));
  await market.settle();
  const over = done(await market.call(orders.getOrder, { orderId }, who));
  assert.equal(over.storeOrders[0]?.status, "REJECTED");
  assert.equal(over.storeOrders[0]?.refunded, 5000);
});

test("200 pieces and 400 buyers: 200 orders wait for payment and 200 are told sold out", async () => {
  const stall = await openStall(market, "GOODS", "한정판");
  const itemId = await putItem(market, stall, "한정 수건", 10_000, 200);
  const answers = await Promise.all(
    Array.from({ length: 400 }, async () => {
      const input = orderInput(market, { stalls: [stall], lines: [{ itemId, quantity: 1 }], total: 12_500 });
      return market.call(orders.placeOrder, input, newBuyer(market));
    }),
  );
  const waiting = answers.filter((answer) => !isRefusal(answer) && answer.status === "PENDING_PAYMENT");
  assert.equal(waiting.length, 200);
  assert.equal(answers.filter((answer) => isRefusal(answer) && answer.refused === "order.sold_out").length, 200);
});
