import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { startAttempt } from "#contracts/payment/buyer-operations.ts";
import * as operatorContract from "#contracts/payment/operator-operations.ts";
import type { Log, LogFields } from "#platform/telemetry/log.ts";
import { buyer, nobody, operator } from "#platform/testing/people.ts";
import { firstAttemptId } from "./domain/start-attempt.ts";
import { invariants } from "./invariants.ts";
import * as tills from "./testing/till.ts";
import { type Order, payAtKakaoPay, payAtToss, placed, said, stateOf, type Till, turn, until } from "./testing/till.ts";

let till: Till;
const lines: LogFields[] = [];
const keep = (fields: LogFields) => void lines.push(fields);
const log: Log = { debug: () => {}, info: () => {}, warn: keep, error: keep };
before(async () => {
  till = await tills.openTill({ log });
});
after(() => till.close());

const reference = (order: Order) => firstAttemptId(order.paymentId);
const statusOf = async (order: Order) => (await stateOf(till, order)).status;

/** A payment whose confirm was answered by silence. */
async function unknown(kind: "effect-then-hang" | "hang-before" = "effect-then-hang"): Promise<Order> {
  const order = placed(till);
  till.toss.faults.order({ operation: "confirm", kind, ms: 1_000, orderId: reference(order) });
  const answer = await payAtToss(till, order);
  assert.ok(!("refused" in answer) && answer.status === "UNKNOWN");
  return order;
}
const webhook = (body: object, id = `whtrans_${tills.makeId("webhook")}`, ip = "127.0.0.1") => {
  const raw = { body: JSON.stringify(body), headers: { "tosspayments-webhook-transmission-id": id } };
  return till.test.call(operatorContract.receiveTossWebhook, {}, { ...nobody, ip, raw } as typeof nobody);
};
const reasonOf = async (id: string) => {
  const text = "select data ->> 'reason' as reason from states where key = $1";
  return (await till.test.sql<{ reason: string | null }>("payment", text, [`webhook:toss:${id}`]))[0]?.reason;
};

test("a gateway that is dark for three days loses nothing: its first answer ends the attempt", async () => {
  const order = await unknown();
  till.toss.faults.order({ operation: "get", kind: "dark", times: "forever" });
  for (let day = 0; day < 3; day++) {
    turn(till, 86_400);
    await new Promise((resolve) => setTimeout(resolve, 60));
    await till.test.settle();
    assert.equal(await statusOf(order), "UNKNOWN", "age alone never ends an attempt");
  }
  till.toss.faults.clear();
  turn(till, 300);
  await until(async () => (await statusOf(order)) === "APPROVED");
});

test("what the gateway lets expire is declined by its record, never before", async () => {
  const order = await unknown("hang-before");
  // Past the payment's deadline nothing is sent again; at Toss the buyer's consent ends by itself.
  turn(till, 1_900);
  await until(async () => (await statusOf(order)) === "FAILED");
  assert.equal(till.toss.truth.of(reference(order)).captured, 0);
});

test("an operator sees what is unresolved, and two of them end it together", async () => {
  const order = await unknown();
  till.toss.faults.order({ operation: "get", kind: "dark", times: "forever" });
  const [ann, ben] = [operator(tills.makeId("account")), operator(tills.makeId("account"))];
  const list = await till.test.call(operatorContract.listUnresolvedAttempts, { limit: 100 }, ann);
  assert.ok(!("refused" in list));
  const found = list.attempts.find((one) => one.paymentId === order.paymentId);
  assert.equal(found?.status, "UNKNOWN");
  assert.equal(found?.evidence.at(-1)?.code, "TIMEOUT");
  const decide = (who: typeof ann, outcome: "SUCCEEDED" | "DECLINED") => {
    const input = { paymentId: order.paymentId, attemptId: reference(order), outcome, note: "상점관리자에서 확인했음" };
    return till.test.call(operatorContract.decideAttempt, input, who);
  };
  assert.deepEqual(await decide(ann, "SUCCEEDED"), { state: "PROPOSED", status: "UNKNOWN" });
  const alone = await decide(ann, "SUCCEEDED");
  assert.ok("refused" in alone && alone.refused === "payment.same_operator");
  assert.deepEqual(await decide(ben, "SUCCEEDED"), { state: "DECIDED", status: "SUCCEEDED" });
  assert.equal(await statusOf(order), "APPROVED");
  const again = await decide(ben, "DECLINED");
  assert.ok("refused" in again && again.refused === "payment.attempt_decided");
  till.toss.faults.clear();
});

test("a webhook is stored, and makes the payment be read again sooner", async () => {
  const order = await unknown();
  const id = `whtrans_${tills.makeId("webhook")}`;
  const body = {
    eventType: "PAYMENT_STATUS_CHANGED",
    createdAt: "x",
    data: { orderId: reference(order), brandNew: null },
  };
  assert.deepEqual(await webhook(body, id), {});
  await until(async () => (await statusOf(order)) === "APPROVED");
  await until(async () => (await reasonOf(id)) === "read_again");
  const rows = await till.test.sql<{ raw: string }>(
    "payment",
    "select data ->> 'raw' as raw from states where key = $1",
    [`webhook:toss:${id}`],
  );
  assert.equal(rows[0]?.raw, JSON.stringify(body));
  assert.deepEqual(await webhook({ other: "body" }, id), {}, "the same transmission again is one row");
});

test("forged, foreign, repeated and unreadable webhooks move nothing", async () => {
  const order = placed(till);
  const window = { paymentId: order.paymentId, gateway: "kakaopay" as const };
  await till.test.call(startAttempt, window, buyer(order.buyerId));
  const before = await stateOf(till, order);
  const asked = till.toss.calls.counts().get;
  const done = { status: "DONE", totalAmount: 12_000, paymentKey: "tgen_forged" };
  for (const data of [
    { ...done, orderId: reference(order) },
    { ...done, orderId: "att_01jd7x0000000000000000forg" },
    { ...done, orderId: order.paymentId },
    { ...done, orderId: 7 },
    { ...done, orderId: "att_\u0000" },
    { ...done, orderId: "webhook:toss:x" },
  ]) {
    await webhook({ eventType: "PAYMENT_STATUS_CHANGED", data });
    await webhook(data);
  }
  await webhook([] as object);
  await till.test.settle();
  assert.deepEqual(await stateOf(till, order), before);
  assert.equal(till.toss.calls.counts().get, asked, "what we never sent is not even asked about");
});

test("a webhook that does not know the payment's secret is not followed", async () => {
  const order = placed(till);
  await payAtToss(till, order);
  const id = `whtrans_${tills.makeId("webhook")}`;
  await webhook({ eventType: "PAYMENT_STATUS_CHANGED", data: { orderId: reference(order), secret: "ps_wrong" } }, id);
  await until(async () => (await reasonOf(id)) === "wrong_secret");
});

test("secrets stand in no fact", async () => {
  const rows = await till.test.sql<{ n: number }>(
    "payment",
    'select count(*)::int as n from facts where data::text ~ \'ps_|pg_token|"token"|"secret"\'',
  );
  assert.equal(rows[0]?.n, 0);
  const order = placed(till);
  await payAtToss(till, order);
  assert.ok((await said(till, order)).length > 0);
});

for (const kind of ["effect-then-hang", "hang-before", "effect-then-drop"]) {
  test(`KakaoPay, found again by its tid alone, ends a confirm with ${kind} in one capture`, async () => {
    const order = placed(till);
    till.kakaopay.faults.order({ operation: "approve", kind, ms: 1_000 });
    const answer = await payAtKakaoPay(till, order);
    assert.ok(!("refused" in answer), JSON.stringify(answer));
    turn(till, 5);
    await until(async () => (await statusOf(order)) === "APPROVED");
    assert.equal(till.kakaopay.truth.of(answer.attemptId).captures, 1);
  });
}

test("what stays unknown is heard of at ten minutes and at an hour, and a lying gateway at once", async () => {
  const order = await unknown();
  till.toss.faults.order({ operation: "get", kind: "wrong-amount", times: "forever" });
  const heard = (code: string) => async () => {
    turn(till, 300);
    return lines.some((line) => line.code === code && (line.attemptId === reference(order) || line.critical === true));
  };
  await until(heard("payment.gateway_mismatch"));
  await until(heard("payment.attempt_old"));
  await until(heard("payment.attempt_very_old"));
  assert.equal(await statusOf(order), "UNKNOWN");
  till.toss.faults.clear();
  await until(async () => {
    // A question that was under way may have heard the lie once more, and the next one is due much later.
    turn(till, 300);
    return (await statusOf(order)) === "APPROVED";
  });
});

test("in the end every invariant of payment holds", async () => {
  for (const { id, sql } of invariants) assert.deepEqual(await till.test.adminSql(sql), [], id);
});
