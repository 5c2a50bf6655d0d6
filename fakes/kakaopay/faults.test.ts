import assert from "node:assert/strict";
import { test } from "node:test";
import { faultsAfterEffect, faultsBeforeEffect, faultsOfAnswer, faultsOfTime } from "../shared/faults.ts";
import { ask } from "../shared/testing.ts";
import { kakaoPayFor } from "./testing.ts";

const before: readonly string[] = faultsBeforeEffect;

for (const kind of [...faultsBeforeEffect, ...faultsOfTime, ...faultsAfterEffect, ...faultsOfAnswer]) {
  test(`${kind}: the truth is what the name says, for an approve and for a cancel`, async (t) => {
    const { agreed, paid, call, cancel, truth, fault, kakaoPay } = await kakaoPayFor(t);
    const ms = kind.startsWith("slow") ? 50 : 150;
    const approval = await agreed("order-1");
    await fault({ operation: "approve", kind, ms, orderId: "order-1" });
    await call("approve", approval).catch(() => undefined);
    assert.equal((await truth("order-1")).captured, before.includes(kind) ? 0 : 15_000);

    const tid = await paid("order-2");
    await fault({ operation: "cancel", kind, ms, orderId: "order-2" });
    await cancel(tid, 4_000).catch(() => undefined);
    assert.equal((await truth("order-2")).refunded, before.includes(kind) ? 0 : 4_000);
    assert.deepEqual(kakaoPay.faults.list(), []);
  });
}

test("spoilt answers are spoilt in the way they were ordered", async (t) => {
  const { paid, call, fault } = await kakaoPayFor(t);
  const tid = await paid("order-1");
  await paid("order-2");
  const spoilt = async (kind: string) => {
    await fault({ operation: "order", kind });
    return call("order", { tid });
  };
  assert.match((await spoilt("html")).text, /^<!doctype html>/);
  assert.equal((await spoilt("empty")).text, "");
  assert.equal((await spoilt("truncated")).value, undefined);
  assert.equal((await spoilt("extra-fields")).value.fakeExtraText, "unknown");
  assert.equal((await spoilt("nulls")).value.payment_action_details, null);
  assert.equal((await spoilt("wrong-amount")).value.amount.total, 16_000);
  assert.equal((await spoilt("other-payments-answer")).value.partner_order_id, "order-2");
});

test("a decline ends the payment and says what the method said", async (t) => {
  const { agreed, call, fault, truth } = await kakaoPayFor(t);
  const approval = await agreed("order-1");
  await fault({ operation: "approve", kind: "decline:USER_LOCKED" });
  const { status, value } = await call("approve", approval);
  assert.deepEqual([status, value.error_code, value.extras.method_result_code], [400, -780, "USER_LOCKED"]);
  assert.equal((await call("order", { tid: approval.tid })).value.status, "FAIL_PAYMENT");
  assert.equal((await truth("order-1")).captured, 0);
});

test("reset, calls and clock answer as at Toss", async (t) => {
  const { kakaoPay, paid } = await kakaoPayFor(t);
  await paid("order-1");
  const calls = (await ask(`${kakaoPay.url}/fake/calls`)).value;
  assert.deepEqual(calls, { ready: 1, approve: 1, order: 0, cancel: 0, authorize: 1 });
  await ask(`${kakaoPay.url}/fake/reset`, { method: "POST" });
  assert.equal((await ask(`${kakaoPay.url}/fake/truth`)).value.captured, 0);
  assert.equal((await ask(`${kakaoPay.url}/fake/clock`, { body: { advanceMs: -1 } })).status, 400);
});
