import assert from "node:assert/strict";
import { test } from "node:test";
import { ask } from "../shared/testing.ts";
import { vatInside } from "../shared/won.ts";
import { basicAuthorization } from "./authorization.ts";
import { tossFor } from "./testing.ts";

test("the Basic header of the reference's public keys is as published", () => {
  assert.equal(
    basicAuthorization("test_sk_zXLkKEypNArWmo50nX3lmeaxYG5R"),
    "Basic dGVzdF9za196WExrS0V5cE5BcldtbzUwblgzbG1lYXhZRzVSOg==",
  );
  assert.equal(
    basicAuthorization("test_gsk_docs_OaPz8L5KdmQXkzRz3y47BMw6"),
    "Basic dGVzdF9nc2tfZG9jc19PYVB6OEw1S2RtUVhrelJ6M3k0N0JNdzY6",
  );
});

test("the tax inside a price is the reference's", () => {
  assert.equal(vatInside(15_000), 1_364);
  assert.equal(vatInside(10_000, 3_000), 636);
});

test("a missing colon, a foreign key, a client key and no key are told apart", async (t) => {
  const { toss } = await tossFor(t);
  const basic = (text: string) => `Basic ${Buffer.from(text).toString("base64")}`;
  const with_ = async (authorization?: string) => {
    const headers: Record<string, string> = authorization === undefined ? {} : { authorization };
    const { status, value } = await ask(`${toss.url}/v1/payments/orders/order-1`, { headers });
    return [status, value.code];
  };
  assert.deepEqual(await with_(), [401, "UNAUTHORIZED_KEY"]);
  assert.deepEqual(await with_(basic("test_sk_other:")), [401, "UNAUTHORIZED_KEY"]);
  assert.deepEqual(await with_(basic("test_sk_fakeTossOfMadang")), [403, "INCORRECT_BASIC_AUTH_FORMAT"]);
  assert.deepEqual(await with_("Bearer x"), [403, "INCORRECT_BASIC_AUTH_FORMAT"]);
  assert.deepEqual(await with_(basic("test_ck_client:")), [400, "INVALID_API_KEY"]);
});

test("a confirmed payment has the fields of a card payment, and sums that hold", async (t) => {
  const { toss, merchant } = await tossFor(t, { now: () => Date.UTC(2026, 10, 21, 12, 0, 0) });
  const authorized = toss.authorize({
    orderId: "order-1",
    amount: 10_000,
    orderName: "된장찌개",
    taxFreeAmount: 3_000,
  });
  const { status, value } = await merchant.confirm(authorized);
  assert.equal(status, 200);
  assert.equal(value.status, "DONE");
  assert.equal(value.method, "카드");
  assert.equal(value.paymentKey, authorized.paymentKey);
  assert.equal(value.approvedAt, "2026-11-21T21:00:00+09:00");
  assert.equal(value.balanceAmount, 10_000);
  assert.equal(value.vat, 636);
  assert.equal(value.suppliedAmount + value.vat + value.taxFreeAmount + value.taxExemptionAmount, value.totalAmount);
  assert.equal(value.card.amount, 10_000);
  assert.equal(value.cancels, null);
  assert.deepEqual((await merchant.get(authorized.paymentKey)).value, value);
  assert.deepEqual((await merchant.getByOrder("order-1")).value, value);
});

test("an order nobody knows is 404 NOT_FOUND_PAYMENT, and so is a broken escape", async (t) => {
  const { merchant } = await tossFor(t);
  for (const orderId of ["order-0", "%E0%A4%A"]) {
    const { status, value } = await merchant.getByOrder(orderId);
    assert.deepEqual([status, value.code], [404, "NOT_FOUND_PAYMENT"]);
  }
});

test("an order is captured once, whatever payment key comes second", async (t) => {
  const { toss, merchant, paid } = await tossFor(t);
  await paid("order-1");
  const second = await merchant.confirm(toss.authorize({ orderId: "order-1", amount: 15_000 }));
  assert.deepEqual([second.status, second.value.code], [400, "DUPLICATED_ORDER_ID"]);
  assert.equal((await merchant.getByOrder("order-1")).value.status, "DONE");
  assert.equal((await merchant.truth("order-1")).captures, 1);
});

test("a session that nobody confirms is EXPIRED by the clock", async (t) => {
  const { toss, merchant } = await tossFor(t);
  const authorized = toss.authorize({ orderId: "order-1", amount: 15_000 });
  await ask(`${toss.url}/fake/clock`, { body: { advanceMs: 10 * 60 * 1000 } });
  const late = await merchant.confirm(authorized);
  assert.deepEqual([late.status, late.value.code], [404, "NOT_FOUND_PAYMENT_SESSION"]);
  const { value } = await merchant.get(authorized.paymentKey);
  assert.deepEqual([value.status, value.method, value.failure.code], ["EXPIRED", null, "EXPIRED_PAYMENT"]);
});

test("cancels are listed with keys of their own and told to the truth", async (t) => {
  const { toss, merchant, paid } = await tossFor(t);
  const { paymentKey } = await paid("order-1");
  await merchant.cancel(paymentKey, { cancelAmount: 4_000, refundableAmount: 15_000 });
  toss.clock.advance(1_000);
  const { value } = await merchant.cancel(paymentKey);
  assert.deepEqual([value.status, value.balanceAmount], ["PARTIAL_CANCELED", 0]);
  const truth = await merchant.truth("order-1");
  assert.deepEqual([truth.captured, truth.refunded, truth.captures], [15_000, 15_000, 1]);
  const keys = (rows: { transactionKey: string }[]) => rows.map((row) => row.transactionKey);
  assert.deepEqual(keys(truth.cancels), keys(value.cancels));
  assert.equal(new Set(keys(value.cancels)).size, 2);
});

test("a cancel needs a reason and an amount in whole won", async (t) => {
  const { merchant, paid } = await tossFor(t);
  const { paymentKey } = await paid("order-1");
  const code = async (input: object) => (await merchant.cancel(paymentKey, input)).value.code;
  assert.equal(await code({ cancelReason: "" }), "INVALID_REQUEST");
  assert.equal(await code({ cancelReason: "x".repeat(201) }), "INVALID_REQUEST");
  for (const cancelAmount of [0, -1, 1.5, "1000"]) assert.equal(await code({ cancelAmount }), "INVALID_REFUND_AMOUNT");
  assert.equal((await merchant.truth("order-1")).refunded, 0);
});

test("a test code forces its error before the key is looked at, and moves nothing", async (t) => {
  const { merchant } = await tossFor(t);
  const forced = (code: string) => merchant.confirm({ paymentKey: "any" }, { "TossPayments-Test-Code": code });
  const rejected = await forced("REJECT_CARD_PAYMENT");
  assert.deepEqual([rejected.status, rejected.value.code], [403, "REJECT_CARD_PAYMENT"]);
  assert.deepEqual((await forced("NO_SUCH_CODE")).value.code, "INVALID_TEST_CODE");
});

test("calls are counted per operation", async (t) => {
  const { toss, merchant, paid } = await tossFor(t);
  const { paymentKey } = await paid("order-1");
  await merchant.get(paymentKey);
  await merchant.getByOrder("order-1");
  const calls = (await ask(`${toss.url}/fake/calls`)).value;
  assert.deepEqual(calls, { confirm: 1, get: 2, cancel: 0, authorize: 1, expire: 0 });
});
