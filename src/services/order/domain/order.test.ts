import assert from "node:assert/strict";
import { test } from "node:test";
import { won } from "#platform/core/money.ts";
import type { Instant } from "#platform/core/time.ts";
import { given } from "#platform/testing/given.ts";
import { cancelOrder, endOrder, finishCancel } from "./cancel-order.ts";
import { moveStoreOrder, secureOrder } from "./move-store-order.ts";
import type { Order, Status } from "./order.ts";
import { declinePayment, payOrder, undoPaid } from "./pay-order.ts";
import { placeOrder } from "./place-order.ts";
import {
  after,
  approved,
  at,
  buyerId,
  heard,
  paid,
  pending,
  placedAs,
  placing,
  pottery,
  priced,
  received,
  snackBar,
  teaHouse,
} from "./testing.ts";

const seller = (order: Order, to: Status, index = 0) => {
  const part = order.storeOrders[index];
  return { storeOrderId: part?.storeOrderId ?? "", to, by: "seller" as const, accountId: part?.sellerId ?? "" };
};
const step = (order: Order, to: Status, index = 0) =>
  after(order, moveStoreOrder(order, seller(order, to, index), at) as never);

test("an order is placed at the total that the buyer was shown", () => {
  given({ order: undefined, last: undefined })
    .when((known) => placeOrder(known, placing(priced(snackBar)), at))
    .gives("OrderPlaced");
});

test("another total than shown is refused, and nothing is charged", () => {
  const command = placing(priced(snackBar), { expectedTotal: won(8900) });
  given({ order: undefined, last: undefined })
    .when((known) => placeOrder(known, command, at))
    .rejects("order.price_changed");
});

test("an id that is taken answers as if it were not there", () => {
  given({ order: pending(), last: undefined })
    .when((known) => placeOrder(known, placing(priced(snackBar)), at))
    .rejects("order.not_found");
});

test("the same basket again within half a minute looks like a mistake, unless it is meant", () => {
  const last = { fingerprint: "떡볶이 1", at };
  const soon = "2026-11-21T03:00:29.000Z" as Instant;
  const later = "2026-11-21T03:00:31.000Z" as Instant;
  const known = { order: undefined, last };
  given(known)
    .when((it) => placeOrder(it, placing(priced(snackBar)), soon))
    .rejects("order.looks_doubled");
  given(known)
    .when((it) => placeOrder(it, placing(priced(snackBar), { evenIfDouble: true }), soon))
    .gives("OrderPlaced");
  given(known)
    .when((it) => placeOrder(it, placing(priced(snackBar)), later))
    .gives("OrderPlaced");
});

test("it waits for its money until the deadline, and what is held for it is held for longer", () => {
  const order = pending();
  assert.deepEqual([order.status, order.paymentId], ["PENDING_PAYMENT", "pay_1"]);
  assert.equal(order.payBy, "2026-11-21T03:10:00.000Z");
  assert.equal(order.holdsUntil, "2026-11-21T03:25:00.000Z");
});

test("what costs nothing is paid as it is placed, and reaches its sellers when its stock is committed", () => {
  const free = { ...priced(snackBar), payable: won(0) };
  const gift = { priced: free, expectedTotal: won(0) };
  given({ order: undefined, last: undefined })
    .when((known) => placeOrder(known, placing(free, gift), at))
    .gives("OrderPlaced", "OrderPaid");
  given({ order: undefined, last: undefined })
    .when((known) => placeOrder(known, placing(free, { ...gift, isHeld: false }), at))
    .gives("OrderPlaced", "OrderPaid");
  assert.equal(placedAs(gift).paymentId, undefined);
  assert.equal(placedAs(gift).isSecured, undefined);
  const received = placedAs({ ...gift, isHeld: false });
  assert.deepEqual([received.isSecured, received.storeOrders[0]?.acceptBy], [true, "2026-11-21T03:05:00.000Z"]);
});

test("without stock to commit it reaches its sellers as it is paid, unless the buyer had asked to end it", () => {
  const order = placedAs({ isHeld: false });
  given(order)
    .when((it) => payOrder(it, approved, heard) as never)
    .gives("OrderPaid");
  const received = after(order, payOrder(order, approved, heard) as never);
  assert.deepEqual([received.isSecured, received.storeOrders[0]?.acceptBy], [true, "2026-11-21T03:05:00.000Z"]);
  const ending = after(order, cancelOrder(order, { by: "buyer", accountId: buyerId, reason: "그만" }) as never);
  given(ending)
    .when((it) => payOrder(it, approved, heard) as never)
    .gives("OrderPaid");
  assert.equal(after(ending, payOrder(ending, approved, heard) as never).isSecured, undefined);
});

test("only the payment's event pays it, and only once", () => {
  given(pending())
    .when((order) => payOrder(order, approved, heard) as never)
    .gives("OrderPaid");
  assert.deepEqual(payOrder(paid(), approved, heard), { ignore: "already_paid" });
  const ended = after(pending(), endOrder(pending(), { expired: true }));
  assert.deepEqual(payOrder(ended, approved, heard), { ignore: "order_is_over" });
});

test("a late approval never pays it", () => {
  assert.deepEqual(payOrder(pending(), { ...approved, late: true }, heard), { ignore: "payment_was_late" });
});

test("a declined card leaves the order payable until its deadline", () => {
  const order = pending();
  const failed = after(order, declinePayment(order, "REJECT_CARD_PAYMENT"));
  assert.equal(failed.status, "PAYMENT_FAILED");
  given(failed)
    .when((it) => payOrder(it, approved, heard) as never)
    .gives("PaymentRetried", "OrderPaid");
});

test("sellers may not touch an order whose stock is not committed", () => {
  given(paid())
    .when((order) => moveStoreOrder(order, seller(order, "ACCEPTED"), at))
    .rejects("order.wrong_state");
  given(received())
    .when((order) => moveStoreOrder(order, seller(order, "ACCEPTED"), at))
    .gives("StoreOrderMoved");
});

test("goods are accepted by themselves, food waits for its seller", () => {
  assert.equal(received(pottery).status, "ACCEPTED");
  assert.equal(received(snackBar).status, "PAID");
  assert.equal(received(snackBar).storeOrders[0]?.acceptBy, "2026-11-21T03:05:00.000Z");
  given(received())
    .when((order) => secureOrder(order, at, { minutes: 5 }))
    .gives();
});

test("food by pickup goes accept, prepare, ready, handed over; a step left out is refused", () => {
  const order = received();
  given(order)
    .when((it) => moveStoreOrder(it, seller(it, "READY"), at))
    .rejects("order.wrong_state");
  const ready = (["ACCEPTED", "PREPARING", "READY"] as const).reduce((it, to) => step(it, to), order);
  given(ready)
    .when((it) => moveStoreOrder(it, seller(it, "OUT_FOR_DELIVERY"), at))
    .rejects("order.wrong_state");
  const [fact] = given(ready)
    .when((it) => moveStoreOrder(it, seller(it, "COMPLETED"), at))
    .gives("StoreOrderMoved");
  assert.equal((fact?.data as { completed?: unknown[] } | undefined)?.completed?.length, 1);
});

test("the same step twice changes nothing, and another seller's order does not exist", () => {
  const accepted = step(received(), "ACCEPTED");
  given(accepted)
    .when((it) => moveStoreOrder(it, seller(it, "ACCEPTED"), at))
    .gives();
  given(accepted)
    .when((it) => moveStoreOrder(it, { ...seller(it, "PREPARING"), accountId: "acc_other" }, at))
    .rejects("order.not_found");
});

test("goods are shipped, delivered, and confirmed by their buyer", () => {
  const shipped = (["PREPARING", "SHIPPED", "DELIVERED"] as const).reduce((it, to) => step(it, to), received(pottery));
  const confirm = { storeOrderId: "sto_1", to: "COMPLETED" as const, by: "buyer" as const };
  given(shipped)
    .when((it) => moveStoreOrder(it, { ...confirm, accountId: "acc_other" }, at))
    .rejects("order.not_found");
  given(shipped)
    .when((it) => moveStoreOrder(it, { ...confirm, accountId: buyerId }, at))
    .gives("StoreOrderMoved");
});

test("the history tells each step once, with its time and who made it (G15)", () => {
  const { storeOrders } = step(received(), "ACCEPTED");
  assert.deepEqual(
    storeOrders[0]?.history.map(({ status, actor }) => [status, actor]),
    ["PENDING_PAYMENT", "PAID", "ACCEPTED"].map((status) => [status, "test"]),
  );
});

test("the order shows its least advanced living part", () => {
  const order = step(received(pottery, teaHouse), "PREPARING", 0);
  assert.equal(order.status, "ACCEPTED");
  assert.equal(step(order, "PREPARING", 1).status, "PREPARING");
});

test("a buyer cancels paid food before it is accepted, goods until they are prepared", () => {
  const cancel = { by: "buyer" as const, accountId: buyerId, reason: "마음이 바뀜" };
  given(received())
    .when((it) => cancelOrder(it, cancel))
    .gives("CancelStarted");
  given(step(received(), "ACCEPTED"))
    .when((it) => cancelOrder(it, cancel))
    .rejects("order.too_late_to_cancel");
  given(received(pottery))
    .when((it) => cancelOrder(it, cancel))
    .gives("CancelStarted");
  given(step(received(pottery), "PREPARING"))
    .when((it) => cancelOrder(it, cancel))
    .rejects("order.too_late_to_cancel");
});

test("one seller's part is cancelled alone, and its refund is one intent however often it is asked", () => {
  const order = received(pottery, teaHouse);
  const cancel = { by: "buyer" as const, accountId: buyerId, reason: "하나만", storeOrderId: "sto_2" };
  const facts = given(order)
    .when((it) => cancelOrder(it, cancel))
    .gives("CancelStarted");
  const cancelling = after(order, facts);
  given(cancelling)
    .when((it) => cancelOrder(it, cancel))
    .rejects("order.already_cancelled");
  const over = after(cancelling, finishCancel(cancelling, cancelling.storeOrders[1]?.refundId ?? "", won(9000)));
  assert.equal(over.status, "ACCEPTED");
  assert.equal(over.storeOrders[1]?.status, "CANCELLED");
  given(over)
    .when((it) => finishCancel(it, "rfd_2", won(9000)))
    .gives();
});

test("food that is being prepared does not come back to the shelf", () => {
  const preparing = step(step(received(), "ACCEPTED"), "PREPARING");
  const cancel = { by: "seller" as const, accountId: snackBar.sellerId, reason: "재료 소진" };
  const [fact] = given(preparing)
    .when((it) => cancelOrder(it, cancel))
    .gives("CancelStarted");
  assert.equal((fact?.data as { restock?: boolean } | undefined)?.restock, false);
});

test("an unpaid order is ended by asking the payment first, and only whole", () => {
  const cancel = { by: "buyer" as const, accountId: buyerId, reason: "그만" };
  const order = pending(pottery, teaHouse);
  given(order)
    .when((it) => cancelOrder(it, { ...cancel, storeOrderId: "sto_1" }))
    .rejects("order.too_late_to_cancel");
  const asked = after(
    order,
    given(order)
      .when((it) => cancelOrder(it, cancel))
      .gives("EndAsked"),
  );
  assert.equal(asked.status, "PENDING_PAYMENT");
  given(asked)
    .when((it) => cancelOrder(it, cancel))
    .gives();
  assert.equal(after(asked, endOrder(asked, { expired: false })).status, "CANCELLED");
});

test("what was paid while the buyer was cancelling, or can no longer be had, goes back by itself", () => {
  given(paid())
    .when((order) => undoPaid(order, "system", "stock.reservation_over"))
    .gives("CancelStarted");
});
