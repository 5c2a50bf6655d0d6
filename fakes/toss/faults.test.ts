import assert from "node:assert/strict";
import { test } from "node:test";
import { faultsAfterEffect, faultsBeforeEffect, faultsOfAnswer, faultsOfTime } from "../shared/faults.ts";
import { ask } from "../shared/testing.ts";
import { tossFor } from "./testing.ts";

/** How the merchant sees each fault of a confirm: an HTTP status, or no answer at all within the time-out. */
const seen: Record<string, number | "nothing"> = {
  "fail-before": 500,
  "drop-before": "nothing",
  "hang-before": "nothing",
  "429": 429,
  dark: "nothing",
  "dark-hang": "nothing",
  slow: 200,
  "slow-answer": 200,
  "effect-then-drop": "nothing",
  "effect-then-500": 500,
  "effect-then-500-remembered": 500,
  "effect-then-hang": "nothing",
  html: 200,
  empty: 200,
  truncated: 200,
  cut: "nothing",
  "extra-fields": 200,
  nulls: 200,
  "other-payments-answer": 200,
  "wrong-amount": 200,
};
const before: readonly string[] = faultsBeforeEffect;

for (const kind of [...faultsBeforeEffect, ...faultsOfTime, ...faultsAfterEffect, ...faultsOfAnswer]) {
  test(`${kind}: the truth is what the name says, for a confirm and for a cancel`, async (t) => {
    const { toss, merchant, paid } = await tossFor(t);
    const ms = kind.startsWith("slow") ? 50 : 150;
    const authorized = toss.authorize({ orderId: "order-1", amount: 15_000 });
    await merchant.fault({ operation: "confirm", kind, ms, orderId: "order-1" });
    const status = await merchant.confirm(authorized).then(
      (answer) => answer.status,
      () => "nothing",
    );
    assert.equal(status, seen[kind]);
    assert.equal((await merchant.truth("order-1")).captured, before.includes(kind) ? 0 : 15_000);

    const { paymentKey } = await paid("order-2");
    await merchant.fault({ operation: "cancel", kind, ms });
    await merchant.cancel(paymentKey, { cancelAmount: 4_000 }).catch(() => undefined);
    assert.equal((await merchant.truth("order-2")).refunded, before.includes(kind) ? 0 : 4_000);
    assert.deepEqual((await ask(`${toss.url}/fake/faults`)).value, []);
  });
}

test("a decline aborts the payment with its code and captures nothing", async (t) => {
  const { toss, merchant } = await tossFor(t);
  const authorized = toss.authorize({ orderId: "order-1", amount: 15_000 });
  await merchant.fault({ operation: "confirm", kind: "decline:REJECT_CARD_PAYMENT" });
  const answer = await merchant.confirm(authorized);
  assert.deepEqual([answer.status, answer.value.code], [403, "REJECT_CARD_PAYMENT"]);
  const { value } = await merchant.get(authorized.paymentKey);
  assert.deepEqual([value.status, value.failure.code], ["ABORTED", "REJECT_CARD_PAYMENT"]);
  assert.equal((await merchant.confirm(authorized)).value.code, "NOT_FOUND_PAYMENT_SESSION");
  assert.equal((await merchant.truth("order-1")).captured, 0);
});

test("spoilt answers are spoilt in the way they were ordered", async (t) => {
  const { merchant, paid } = await tossFor(t);
  const { paymentKey } = await paid("order-1");
  await paid("order-2");
  const spoilt = async (kind: string) => {
    await merchant.fault({ operation: "get", kind });
    return merchant.get(paymentKey);
  };
  assert.match((await spoilt("html")).text, /^<!doctype html>/);
  assert.equal((await spoilt("empty")).text, "");
  assert.equal((await spoilt("truncated")).value, undefined);
  assert.equal((await spoilt("extra-fields")).value.fakeExtraText, "unknown");
  assert.equal((await spoilt("nulls")).value.approvedAt, null);
  assert.equal((await spoilt("wrong-amount")).value.totalAmount, 16_000);
  assert.equal((await spoilt("other-payments-answer")).value.orderId, "order-2");
  assert.equal((await merchant.get(paymentKey)).value.orderId, "order-1");
});

test("after effect-then-500 the same key acts again; when it was remembered, the true answer comes back", async (t) => {
  const { toss, merchant, paid } = await tossFor(t);
  const key = { "Idempotency-Key": "cancel:1" };
  for (const [orderId, kind, code] of [
    ["order-1", "effect-then-500", "NOT_MATCHES_REFUNDABLE_AMOUNT"],
    ["order-2", "effect-then-500-remembered", undefined],
  ] as const) {
    const { paymentKey } = await paid(orderId);
    await merchant.fault({ operation: "cancel", kind });
    const guarded = { cancelAmount: 4_000, refundableAmount: 15_000 };
    assert.equal((await merchant.cancel(paymentKey, guarded, key)).status, 500);
    toss.clock.advance(1_000);
    assert.equal((await merchant.cancel(paymentKey, guarded, key)).value.code, code);
    assert.equal((await merchant.truth(orderId)).refunded, 4_000);
  }
});

test("a fault counts down, can be meant for one order, for all operations, or for ever", async (t) => {
  const { toss, merchant, paid } = await tossFor(t);
  const { paymentKey } = await paid("order-1");
  const other = await paid("order-2");
  await merchant.fault({ operation: "get", kind: "429", times: 2, orderId: "order-1" });
  assert.equal((await merchant.get(other.paymentKey)).status, 200);
  const statuses = [];
  for (let count = 0; count < 3; count += 1) statuses.push((await merchant.get(paymentKey)).status);
  assert.deepEqual(statuses, [429, 429, 200]);
  await merchant.fault({ kind: "dark", times: "forever" });
  for (let count = 0; count < 3; count += 1) await assert.rejects(merchant.get(paymentKey));
  await assert.rejects(merchant.cancel(paymentKey));
  await ask(`${toss.url}/fake/faults`, { method: "DELETE" });
  assert.equal((await merchant.get(paymentKey)).value.balanceAmount, 15_000);
});

test("a fault that nobody knows is refused, so that no test runs without its fault", async (t) => {
  const { merchant } = await tossFor(t);
  for (const wrong of [{ kind: "explode" }, { kind: "slow", operation: "pay" }, { kind: "slow", times: 0 }, {}]) {
    assert.equal((await merchant.fault(wrong)).status, 400);
  }
});

test("reset brings an empty gateway back", async (t) => {
  const { toss, merchant, paid } = await tossFor(t);
  const { paymentKey } = await paid("order-1");
  await merchant.fault({ kind: "dark", times: "forever" });
  await ask(`${toss.url}/fake/reset`, { method: "POST" });
  assert.equal((await merchant.get(paymentKey)).status, 404);
  assert.deepEqual((await ask(`${toss.url}/fake/truth`)).value, { captured: 0, refunded: 0, payments: [] });
});
