import assert from "node:assert/strict";
import { test } from "node:test";
import { ask } from "../shared/testing.ts";
import { tidLifeMs } from "./payment.ts";
import { kakaoPayFor } from "./testing.ts";

const nowMs = Date.UTC(2026, 10, 21, 15, 30, 0);

test("ready gives a tid of 20 characters, three addresses and a Seoul time without offset", async (t) => {
  const { ready } = await kakaoPayFor(t, { now: () => nowMs });
  const { status, value } = await ready("order-1");
  assert.equal(status, 200);
  assert.equal(value.tid.length, 20);
  for (const name of ["app", "mobile", "pc"]) assert.match(value[`next_redirect_${name}_url`], /^http:.*\/pay\/T/);
  assert.equal(value.created_at, "2026-11-22T00:30:00");
});

test("approve captures once and answers with the fields of a card payment", async (t) => {
  const { agreed, call, truth } = await kakaoPayFor(t, { now: () => nowMs });
  const approval = await agreed("order-1", { tax_free_amount: 3_000, total_amount: 10_000 });
  const { status, value } = await call("approve", { ...approval, total_amount: 10_000 });
  assert.equal(status, 200);
  const amount = { total: 10_000, tax_free: 3_000, vat: 636, point: 0, discount: 0, green_deposit: 0 };
  assert.deepEqual(value.amount, amount);
  assert.equal(value.payment_method_type, "CARD");
  assert.equal(value.card_info.interest_free_install, "N");
  assert.equal(value.approved_at, "2026-11-22T00:30:00");
  const row = await truth("order-1");
  assert.deepEqual([row.captured, row.captures, row.payments[0].paymentKey], [10_000, 1, approval.tid]);
});

test("a pg_token works once, and only for its payment, order and buyer", async (t) => {
  const { agreed, call, truth } = await kakaoPayFor(t);
  const approval = await agreed("order-1");
  const code = async (input: object) => (await call("approve", { ...approval, ...input })).value.error_code;
  assert.equal(await code({ pg_token: "wrong" }), -708);
  assert.equal(await code({ partner_order_id: "order-2" }), -706);
  assert.equal(await code({ partner_user_id: "buyer-2" }), -707);
  assert.equal(await code({ total_amount: 1 }), -722);
  assert.equal(await code({ tid: "T0" }), -721);
  assert.equal(await code({}), undefined);
  assert.equal(await code({}), -702);
  assert.equal((await truth("order-1")).captures, 1);
});

test("before the buyer agreed there is nothing to approve, and after 15 minutes no more", async (t) => {
  const { kakaoPay, ready, agreed, call } = await kakaoPayFor(t);
  const { tid } = (await ready("order-1")).value;
  const early = { tid, pg_token: "x", partner_order_id: "order-1", partner_user_id: "buyer-1" };
  assert.equal((await call("approve", early)).value.error_code, -701);
  const approval = await agreed("order-2");
  kakaoPay.clock.advance(tidLifeMs);
  assert.equal((await call("approve", approval)).value.error_code, -723);
  assert.equal((await call("order", { tid: approval.tid })).value.status, "QUIT_PAYMENT");
});

test("order tells what became of a payment, action by action", async (t) => {
  const { agreed, call, cancel } = await kakaoPayFor(t);
  const approval = await agreed("order-1");
  const order = async () => (await call("order", { tid: approval.tid })).value;
  assert.equal((await order()).status, "AUTH_PASSWORD");
  assert.equal((await order()).cancel_available_amount.total, 0);
  await call("approve", approval);
  assert.equal((await order()).status, "SUCCESS_PAYMENT");
  await cancel(approval.tid, 4_000);
  const part = await order();
  assert.equal(part.status, "PART_CANCEL_PAYMENT");
  assert.deepEqual([part.canceled_amount.total, part.cancel_available_amount.total], [4_000, 11_000]);
  await cancel(approval.tid, 11_000);
  const all = await order();
  assert.equal(all.status, "CANCEL_PAYMENT");
  const types = all.payment_action_details.map((one: Record<string, unknown>) => one.payment_action_type);
  assert.deepEqual(types, ["PAYMENT", "CANCEL", "CANCEL"]);
});

test("a repeated cancel pays twice, unless cancel_available_amount guards it", async (t) => {
  const { paid, cancel, truth } = await kakaoPayFor(t);
  const bare = await paid("order-1");
  await cancel(bare, 4_000);
  await cancel(bare, 4_000);
  assert.equal((await truth("order-1")).refunded, 8_000);
  const guarded = await paid("order-2");
  const first = await cancel(guarded, 4_000, { cancel_available_amount: 15_000 });
  assert.equal(first.value.approved_cancel_amount.total, 4_000);
  const again = await cancel(guarded, 4_000, { cancel_available_amount: 15_000 });
  assert.deepEqual([again.status, again.value.error_code], [400, -722]);
  assert.equal((await truth("order-2")).refunded, 4_000);
});

test("more than is left cannot be cancelled", async (t) => {
  const { paid, cancel, truth } = await kakaoPayFor(t);
  const tid = await paid("order-1");
  assert.equal((await cancel(tid, 15_001)).value.error_code, -710);
  assert.equal((await truth("order-1")).refunded, 0);
});

test("a wrong key, a wrong CID, a missing field and an unknown path are refused", async (t) => {
  const { kakaoPay, call, ready } = await kakaoPayFor(t);
  const bare = await ask(`${kakaoPay.url}/online/v1/payment/order`, { body: { tid: "T" } });
  assert.deepEqual([bare.status, bare.value.error_code], [401, -401]);
  assert.equal((await call("order", { tid: "T", cid: "OTHER" })).status, 400);
  for (const wrong of [{ total_amount: 1.5 }, { approval_url: "x" }, { quantity: 0 }, { item_name: "" }]) {
    assert.equal((await ready("order-1", wrong)).status, 400);
  }
  assert.equal((await call("refund", {})).status, 404);
});

test("the buyer's page pays, fails or leaves, and returns to the matching address", async (t) => {
  const { kakaoPay, ready, call, truth } = await kakaoPayFor(t);
  const press = async (orderId: string, action: string) => {
    const { value } = await ready(orderId);
    const page = await ask(value.next_redirect_mobile_url);
    assert.equal(page.text.match(/<button/g)?.length, 3);
    assert.match(page.text, /가짜\(FAKE\).*15,000원/s);
    const headers = { "content-type": "application/x-www-form-urlencoded" };
    const { headers: answered } = await ask(value.next_redirect_pc_url, { body: `action=${action}`, headers });
    return { tid: value.tid, location: new URL(answered.get("location") ?? "http://none") };
  };
  const { tid, location } = await press("order-1", "pay");
  assert.deepEqual([location.pathname, location.searchParams.get("try")], ["/kakao/order-1/approve", "1"]);
  const pg_token = location.searchParams.get("pg_token");
  const approval = { tid, pg_token, partner_order_id: "order-1", partner_user_id: "buyer-1" };
  assert.equal((await call("approve", approval)).status, 200);
  const left = await press("order-2", "cancel");
  assert.equal(left.location.pathname, "/kakao/order-2/cancel");
  assert.equal((await call("order", { tid: left.tid })).value.status, "QUIT_PAYMENT");
  assert.equal((await press("order-3", "decline")).location.pathname, "/kakao/order-3/fail");
  assert.equal(kakaoPay.calls.counts().authorize, 3);
  assert.equal((await truth("order-2")).captured, 0);
});
