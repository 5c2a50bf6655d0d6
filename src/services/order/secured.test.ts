import assert from "node:assert/strict";
import { test } from "node:test";
import type { StoredFact } from "#platform/facts/change.ts";
import { announce } from "./announce.ts";
import { cancelOrder } from "./domain/cancel-order.ts";
import { checkout, type PlacedFact } from "./domain/checkout.ts";
import type { OrderFact } from "./domain/facts.ts";
import { secureOrder } from "./domain/move-store-order.ts";
import type { Order } from "./domain/order.ts";
import { declinePayment, payOrder } from "./domain/pay-order.ts";
import type { KnownStore } from "./domain/price-order.ts";
import { after, approved, at, buyerId, heard, paid, placedAs, pottery, snackBar, teaHouse } from "./domain/testing.ts";

const acceptBy = "2026-11-21T03:05:00.000Z";
const unlimited = (...stores: readonly KnownStore[]) => placedAs({ isHeld: false }, ...stores);
const pay = (order: Order) => payOrder(order, approved, heard) as readonly OrderFact[];
const secure = (order: Order) => secureOrder(order, at, { minutes: 5 });

/** What is said, and the work that is put and taken away, fact by fact. */
function whatFollows(before: Order, facts: readonly OrderFact[]) {
  let order = before;
  return facts.map((fact, index) => {
    order = after(order, [fact]);
    const placed = { ...fact, version: index + 2, at };
    const said = announce(placed as unknown as StoredFact).map(({ type, data }) => {
      const { storeOrderId = "", status = "" } = data as { storeOrderId?: string; status?: string };
      return `${type} ${storeOrderId} ${status}`.trim();
    });
    const steps = checkout(order, placed as PlacedFact).map((step) => {
      if ("settle" in step) return `settle ${step.settle}`;
      if ("ignore" in step) return `ignore ${step.ignore}`;
      const { key, kind, dueAt, data } = step.put;
      return `${kind} ${key} ${dueAt} ${JSON.stringify(data)}`;
    });
    return { type: fact.type, said, steps };
  });
}

const waits = (storeOrderId: string) =>
  `reject-unaccepted ${storeOrderId}.accept ${acceptBy} {"storeOrderId":"${storeOrderId}","cause":"ord_1.2"}`;
const accepted = (storeOrderId: string) => ({
  type: "StoreOrderMoved",
  said: [`store-order.moved.v1 ${storeOrderId} ACCEPTED`],
  steps: ["ignore sellers_go_on"],
});

test("paid with nothing held, its seller hears of it at once, and has from then on to accept", () => {
  const order = unlimited(snackBar);
  assert.deepEqual(whatFollows(order, pay(order)), [
    {
      type: "OrderPaid",
      said: ["order.paid.v1", "store-order.moved.v1 sto_1 PAID"],
      steps: ["settle ord_1", waits("sto_1")],
    },
  ]);
});

test("paid with stock held, its seller hears of it when the stock is committed, and has from then on to accept", () => {
  const order = paid(snackBar);
  assert.deepEqual(whatFollows(order, secure(order)), [
    { type: "StockCommitted", said: ["store-order.moved.v1 sto_1 PAID"], steps: [waits("sto_1")] },
  ]);
});

test("of several sellers those wait who do not accept by themselves; the others have accepted", () => {
  const order = unlimited(snackBar, teaHouse);
  assert.deepEqual(whatFollows(order, pay(order)), [
    {
      type: "OrderPaid",
      said: ["order.paid.v1", "store-order.moved.v1 sto_1 PAID"],
      steps: ["settle ord_1", waits("sto_1")],
    },
    accepted("sto_2"),
  ]);
  const received = after(order, pay(order));
  assert.deepEqual(
    received.storeOrders.map((part) => [part.status, part.acceptBy]),
    [
      ["PAID", acceptBy],
      ["ACCEPTED", undefined],
    ],
  );
});

test("when all accept by themselves nobody is waited for", () => {
  const order = paid(pottery, teaHouse);
  assert.deepEqual(whatFollows(order, secure(order)), [
    { type: "StockCommitted", said: [], steps: ["ignore sellers_go_on"] },
    accepted("sto_1"),
    accepted("sto_2"),
  ]);
});

test("paid by a second card it waits for its seller as if by the first", () => {
  const order = unlimited(snackBar);
  const failed = after(order, declinePayment(order, "REJECT_CARD_PAYMENT"));
  const { status, isSecured, storeOrders } = after(failed, pay(failed));
  assert.deepEqual([status, isSecured, storeOrders[0]?.acceptBy], ["PAID", true, acceptBy]);
});

test("a part that its buyer took back before the stock was committed waits for nobody", () => {
  const order = paid(snackBar);
  const cancelled = cancelOrder(order, { by: "buyer", accountId: buyerId, reason: "그만" });
  const cancelling = after(order, cancelled as readonly OrderFact[]);
  assert.deepEqual(whatFollows(cancelling, secure(cancelling)), [
    { type: "StockCommitted", said: [], steps: ["ignore sellers_go_on"] },
  ]);
});
