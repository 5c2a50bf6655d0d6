import assert from "node:assert/strict";
import { test } from "node:test";
import { ask } from "../shared/testing.ts";
import { basicAuthorization } from "./authorization.ts";
import { tossFor } from "./testing.ts";

const key = (value: string) => ({ "Idempotency-Key": value });
const dayMs = 24 * 60 * 60 * 1000;

test("the same key gives the same bytes and captures once, even after a cancel", async (t) => {
  const { toss, merchant } = await tossFor(t);
  const authorized = toss.authorize({ orderId: "order-1", amount: 15_000 });
  const first = await merchant.confirm(authorized, key("confirm:1"));
  await merchant.cancel(authorized.paymentKey);
  const again = await merchant.confirm(authorized, key("confirm:1"));
  assert.equal(again.status, 200);
  assert.equal(again.text, first.text);
  assert.equal(again.headers.get("idempotency-key"), "confirm:1");
  assert.equal((await merchant.truth("order-1")).captures, 1);
});

test("the body is not part of the key: another payment's answer comes back", async (t) => {
  const { toss, merchant } = await tossFor(t);
  await merchant.confirm(toss.authorize({ orderId: "order-1", amount: 15_000 }), key("k"));
  const other = await merchant.confirm(toss.authorize({ orderId: "order-2", amount: 20_000 }), key("k"));
  assert.deepEqual([other.status, other.value.orderId], [200, "order-1"]);
  assert.equal((await merchant.truth("order-2")).captured, 0);
});

test("a 4xx is pinned for 15 days, so the corrected request needs a new key", async (t) => {
  const { toss, merchant, paid } = await tossFor(t);
  const { paymentKey } = await paid("order-1");
  const wrong = await merchant.cancel(paymentKey, { cancelAmount: 20_000 }, key("cancel:1"));
  assert.deepEqual([wrong.status, wrong.value.code], [403, "NOT_CANCELABLE_AMOUNT"]);
  toss.clock.advance(15 * dayMs - 1_000);
  const pinned = await merchant.cancel(paymentKey, { cancelAmount: 1_000 }, key("cancel:1"));
  assert.equal(pinned.text, wrong.text);
  toss.clock.advance(2_000);
  assert.equal((await merchant.cancel(paymentKey, { cancelAmount: 1_000 }, key("cancel:1"))).status, 200);
});

test("a second call while the first is under way is 409 and not pinned", async (t) => {
  const { toss, merchant } = await tossFor(t);
  const authorized = toss.authorize({ orderId: "order-1", amount: 15_000 });
  await merchant.fault({ operation: "confirm", kind: "slow", ms: 150 });
  const first = merchant.confirm(authorized, key("k"));
  await new Promise((resolve) => setTimeout(resolve, 50));
  const second = await merchant.confirm(authorized, key("k"));
  assert.deepEqual([second.status, second.value.code], [409, "IDEMPOTENT_REQUEST_PROCESSING"]);
  assert.equal((await first).status, 200);
  assert.equal((await merchant.confirm(authorized, key("k"))).text, (await first).text);
});

test("429 and 5xx are not pinned", async (t) => {
  const { toss, merchant } = await tossFor(t);
  const authorized = toss.authorize({ orderId: "order-1", amount: 15_000 });
  await merchant.fault({ operation: "confirm", kind: "429" });
  assert.equal((await merchant.confirm(authorized, key("k"))).status, 429);
  const forced = { ...key("k"), "TossPayments-Test-Code": "COMMON_ERROR" };
  assert.equal((await merchant.confirm(authorized, forced)).status, 500);
  assert.equal((await merchant.confirm(authorized, key("k"))).status, 200);
});

test("another URL, another API key and a GET have nothing to do with a key", async (t) => {
  const { toss, merchant } = await tossFor(t, { secretKeys: ["test_sk_fakeTossOfMadang", "test_sk_second"] });
  const authorized = toss.authorize({ orderId: "order-1", amount: 15_000 });
  await merchant.confirm(authorized, key("k"));
  assert.equal(
    (await merchant.cancel(authorized.paymentKey, { cancelAmount: 500 }, key("k"))).value.balanceAmount,
    14_500,
  );
  const headers = { authorization: basicAuthorization("test_sk_second"), ...key("k") };
  const second = await ask(`${toss.url}/v1/payments/confirm`, { body: authorized, headers });
  assert.equal(second.value.code, "ALREADY_PROCESSED_PAYMENT");
  assert.equal((await merchant.get(authorized.paymentKey)).value.balanceAmount, 14_500);
});

test("a key of 300 characters is taken, one of 301 refused", async (t) => {
  const { merchant } = await tossFor(t);
  const code = async (length: number) => (await merchant.confirm({}, key("x".repeat(length)))).value.code;
  assert.equal(await code(300), "INVALID_REQUEST");
  assert.equal(await code(301), "INVALID_IDEMPOTENCY_KEY");
});

test("two keys on one URL are two requests", async (t) => {
  const { toss, merchant } = await tossFor(t);
  await merchant.confirm(toss.authorize({ orderId: "order-1", amount: 15_000 }), key("k1"));
  const second = await merchant.confirm(toss.authorize({ orderId: "order-2", amount: 20_000 }), key("k2"));
  assert.equal(second.value.orderId, "order-2");
});
