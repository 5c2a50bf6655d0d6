import assert from "node:assert/strict";
import { test } from "node:test";
import { won } from "#platform/core/money.ts";
import type { Instant } from "#platform/core/time.ts";
import { afterCheck, applyGatewayAnswer, mayResend } from "./apply-gateway-answer.ts";
import { decideAttempt } from "./decide-attempt.ts";
import { evolveAll, type PaymentFact } from "./facts.ts";
import type { GatewayAnswer } from "./gateway-answer.ts";
import { closePayment, offered } from "./open-payment.ts";
import type { Payment } from "./payment.ts";
import { acceptRefund, startCancel } from "./refund-payment.ts";
import { openCheckout, startConfirm } from "./start-attempt.ts";
import * as given from "./testing.ts";

const { after, attemptId, buyerId, closed, confirming, must, now, offer, orderId, paymentId, unbegun } = given;
const command = { attemptId, buyerId, amount: won(12_000), paymentKey: "tgen_1", pgToken: undefined };
const close = (force: boolean) => ({ paymentId, orderId, force });
const refund = (n: number, amount: number, of = [given.line(1, amount)]) => ({
  ...{ refundId: `rfd_01jd7x000000000000000000r${n}`, amount: won(amount), lines: of, reason: "취소" },
});
const later = "2026-11-21T03:00:05.000Z" as Instant;

function heard(payment: Payment, answer: GatewayAnswer, id: string = attemptId): Payment {
  return must(evolveAll(payment, applyGatewayAnswer(payment, id, { answer, now }).facts));
}
function accepted(payment: Payment | undefined, facts: readonly PaymentFact[] | object): Payment {
  assert.ok(Array.isArray(facts), JSON.stringify(facts));
  return must(evolveAll(payment, facts));
}
function cancelling(payment: Payment, refundId: string, id: string, at: Instant = later): Payment {
  const step = startCancel(payment, refundId, { attemptId: id, pauseMs: 1_100, now: at });
  assert.ok("start" in step, JSON.stringify(step));
  return must(evolveAll(payment, step.start));
}
const approved = () => heard(after(...confirming()), given.view("captured"));

test("a payment is opened with what its order asks for, by whatever its buyer begins with, and only by that", () => {
  assert.equal(offered(undefined, { paymentId, offer: undefined, now }), undefined);
  const window = openCheckout(unbegun, { attemptId, gateway: "toss" }, { buyerId, now });
  const attempt = startConfirm(unbegun, command, now);
  for (const begun of [accepted(undefined, window), accepted(undefined, attempt)]) {
    assert.deepEqual(begun.opened, { ...offer, at: now });
    assert.deepEqual([begun.paymentId, begun.orderId, begun.status], [paymentId, orderId, "IN_PROGRESS"]);
  }
  const [second] = startConfirm(accepted(undefined, window), command, later) as readonly PaymentFact[];
  assert.ok(second?.type === "AttemptStarted" && second.data.opens === undefined);
});

test("a payment closed before its buyer began cannot be begun any more", () => {
  const tombstone = accepted(undefined, closePayment(undefined, close(false), now));
  const begun = offered(tombstone, { paymentId, offer, now });
  assert.deepEqual(startConfirm(begun, command, now), { refused: "payment.expired" });
});

test("opening twice, closing twice and refunding twice change nothing", () => {
  const begun = after(...confirming());
  assert.equal(offered(begun, { paymentId, offer: { ...offer, amount: won(11_999) }, now }), begun);
  assert.deepEqual(closePayment(accepted(unbegun, [closed]), close(true), now), []);
  const once = accepted(approved(), acceptRefund(approved(), refund(1, 1_000), now));
  assert.deepEqual(acceptRefund(once, refund(1, 1_000), now), []);
});

test("another person's payment is not found", () => {
  const stranger = { ...command, buyerId: "acc_01jd7x0000000000000000othr" };
  assert.deepEqual(startConfirm(unbegun, stranger, now), { refused: "payment.not_found" });
});

test("an amount that differs from the stored one is refused before the gateway is asked", () => {
  const answer = startConfirm(unbegun, { ...command, amount: won(11_999) }, now);
  assert.equal("refused" in answer && answer.refused, "payment.amount_mismatch");
});

test("an attempt id that we have not handed out is not found", () => {
  const made = { ...command, attemptId: "att_01jd7x0000000000000000made" };
  assert.deepEqual(startConfirm(unbegun, made, now), { refused: "payment.attempt_not_found" });
});

test("after its deadline, its close or its capture a payment takes no confirm", () => {
  const again = (payment: Payment, at: Instant = now) => {
    const fresh = { ...payment, checkouts: [{ attemptId: "att_2", gateway: "toss" as const }] };
    const answer = startConfirm(fresh, { ...command, attemptId: "att_2" }, at);
    return "refused" in answer ? answer.refused : "accepted";
  };
  assert.equal(again(unbegun, given.expiresAt), "payment.expired");
  assert.equal(again(accepted(unbegun, [closed])), "payment.expired");
  assert.equal(again(approved()), "payment.not_open");
  assert.equal(again(after(...confirming())), "payment.in_progress");
  assert.equal(again(unbegun), "accepted");
});

test("the same attempt again sends nothing", () => {
  assert.deepEqual(startConfirm(after(...confirming()), command, now), []);
});

test("a confirm under way makes a close undecided, and force closes all the same", () => {
  const payment = after(...confirming());
  assert.deepEqual(closePayment(payment, close(false), now), { refused: "payment.undecided" });
  assert.equal(accepted(payment, closePayment(payment, close(true), now)).closedAt, now);
});

test("a success after the close never counts: it is late and refunds itself", () => {
  const payment = after(...confirming(), closed);
  const { facts } = applyGatewayAnswer(payment, attemptId, { answer: given.view("captured"), now });
  assert.deepEqual(
    facts.map((one) => one.type),
    ["PaymentApproved", "RefundAccepted"],
  );
  const next = must(evolveAll(payment, facts));
  assert.equal(next.capture?.late, true);
  assert.equal(next.refunds[0]?.amount, 12_000);
  assert.equal(next.status, "CANCEL_IN_PROGRESS");
});

test("a declined attempt leaves the payment open for another one", () => {
  const payment = heard(after(...confirming()), given.refused("REJECT_CARD_PAYMENT", "declined"));
  assert.equal(payment.status, "FAILED");
  assert.equal(given.attempt(payment).status, "DECLINED");
});

test("unknown is said once, and only evidence ends it", () => {
  const payment = heard(after(...confirming()), given.unknown("TIMEOUT"));
  assert.equal(payment.status, "UNKNOWN");
  assert.deepEqual(applyGatewayAnswer(payment, attemptId, { answer: given.unknown("HTTP_500"), now }).facts, []);
  assert.deepEqual(applyGatewayAnswer(payment, attemptId, { answer: given.view("pending"), now }).facts, []);
  assert.equal(heard(payment, given.view("captured")).status, "APPROVED");
  assert.equal(heard(payment, given.view("failed")).status, "FAILED");
});

test("a no is believed only when the gateway's record does not contradict it", () => {
  const payment = after(...confirming());
  const attempt = given.attempt(payment);
  const no = given.refused("REJECT_CARD_PAYMENT", "declined");
  const checked = (first: GatewayAnswer, check: GatewayAnswer) => afterCheck(payment, attempt, { first, check });
  assert.equal(checked(no, given.view("captured")).outcome, "done");
  assert.equal(checked(no, given.view("pending")), no);
  assert.equal(checked(no, given.unknown("TIMEOUT")).outcome, "unknown");
  assert.equal(checked(no, given.refused("NOT_FOUND_PAYMENT", "session_gone")), no);
  assert.equal(checked(given.unknown("HTTP_500"), given.view("captured")).outcome, "done");
});

test("refunds together never exceed what was captured, in sum or on a line", () => {
  const payment = approved();
  const first = accepted(payment, acceptRefund(payment, refund(1, 8_000), now));
  const refusedOf = (of: ReturnType<typeof refund>) => {
    const answer = acceptRefund(first, of, now);
    return "refused" in answer ? answer.refused : "accepted";
  };
  assert.equal(refusedOf(refund(2, 4_001, [given.line(1, 1_000), given.line(2, 3_001)])), "payment.refund_exceeds");
  assert.equal(refusedOf(refund(2, 1_001)), "payment.refund_exceeds");
  assert.equal(refusedOf(refund(2, 2_000, [given.line(1, 1_000)])), "payment.refund_exceeds");
  assert.equal(refusedOf(refund(2, 1_000, [given.line(9, 1_000)])), "payment.refund_exceeds");
  assert.equal(refusedOf(refund(2, 4_000, [given.line(1, 1_000), given.line(2, 3_000)])), "accepted");
  assert.deepEqual(acceptRefund(unbegun, refund(1, 1_000), now), { refused: "payment.not_found" });
});

test("cancels of one payment go one after the other, apart, each guarded by what is left", () => {
  const one = refund(1, 1_000);
  const two = refund(2, 2_000, [given.line(2, 2_000)]);
  let payment = accepted(approved(), acceptRefund(approved(), one, now));
  payment = accepted(payment, acceptRefund(payment, two, now));
  payment = cancelling(payment, one.refundId, "att_c1");
  assert.equal(given.attempt(payment, "att_c1").guardAmount, 12_000);
  const waits = startCancel(payment, two.refundId, { attemptId: "att_c2", pauseMs: 1_100, now: later });
  assert.ok("waitUntil" in waits);
  payment = heard(payment, given.view("captured", 1_000), "att_c1");
  const tooSoon = startCancel(payment, two.refundId, { attemptId: "att_c2", pauseMs: 1_100, now });
  assert.deepEqual(tooSoon, { waitUntil: "2026-11-21T03:00:01.100Z" });
  payment = cancelling(payment, two.refundId, "att_c2");
  assert.equal(given.attempt(payment, "att_c2").guardAmount, 11_000);
  payment = heard(payment, given.view("captured", 3_000), "att_c2");
  assert.equal(payment.status, "PARTIALLY_CANCELLED");
});

test("a cancel whose answer was lost is told by how much went back", () => {
  const one = refund(1, 1_000);
  const start = cancelling(accepted(approved(), acceptRefund(approved(), one, now)), one.refundId, "att_c1");
  const lost = heard(start, given.unknown("TRANSPORT"), "att_c1");
  assert.equal(heard(lost, given.view("captured", 0), "att_c1").refunds[0]?.status, "PROCESSING");
  assert.equal(heard(lost, given.view("captured", 1_000), "att_c1").refunds[0]?.status, "COMPLETED");
  const elsewhere = applyGatewayAnswer(lost, "att_c1", { answer: given.view("captured", 700), now });
  assert.deepEqual([elsewhere.contradiction, elsewhere.facts], ["cancelled_elsewhere", []]);
});

test("a cancel that Toss dropped for coming too soon is tried again as a new intent with a new key", () => {
  const one = refund(1, 1_000);
  const start = cancelling(accepted(approved(), acceptRefund(approved(), one, now)), one.refundId, "att_c1");
  const dropped = heard(start, given.refused("FORBIDDEN_CONSECUTIVE_REQUEST", "try_again"), "att_c1");
  assert.equal(dropped.refunds[0]?.status, "PROCESSING");
  const again = cancelling(dropped, one.refundId, "att_c2");
  assert.notEqual(given.attempt(again, "att_c2").key, given.attempt(again, "att_c1").key);
});

test("a refund that the gateway refuses for good ends, and its amount may be asked for again", () => {
  const one = refund(1, 9_000);
  const start = cancelling(accepted(approved(), acceptRefund(approved(), one, now)), one.refundId, "att_c1");
  const over = heard(start, given.refused("NOT_CANCELABLE_PAYMENT", "cancel_refused"), "att_c1");
  assert.equal(over.refunds[0]?.status, "REFUSED");
  assert.equal(over.status, "APPROVED");
  assert.ok(Array.isArray(acceptRefund(over, refund(2, 9_000), now)));
});

test("an intent may be sent again until its deadline, a cancel until the gateway forgets its key", () => {
  const payment = after(...confirming());
  const attempt = given.attempt(payment);
  const keyMs = 14 * 24 * 60 * 60 * 1000;
  assert.equal(mayResend(payment, attempt, { now: later, keyMs }), true);
  assert.equal(mayResend(payment, attempt, { now: given.expiresAt, keyMs }), false);
  assert.equal(mayResend(after(...confirming(), closed), attempt, { now: later, keyMs }), false);
  const cancel = { ...attempt, operation: "cancel" as const };
  assert.equal(mayResend(payment, cancel, { now: "2026-12-04T03:00:00.000Z" as Instant, keyMs }), true);
  assert.equal(mayResend(payment, cancel, { now: "2026-12-06T03:00:00.000Z" as Instant, keyMs }), false);
});

test("two operators decide an unknown attempt together, one alone never does", () => {
  const payment = heard(after(...confirming()), given.unknown("TIMEOUT"));
  const say = (on: Payment, operatorId: string, outcome: "SUCCEEDED" | "DECLINED") =>
    decideAttempt(on, { attemptId, outcome, operatorId, note: "거래 내역에서 확인함" }, now);
  const proposed = accepted(payment, say(payment, "acc_a", "DECLINED"));
  assert.equal(given.attempt(proposed).status, "UNKNOWN");
  assert.deepEqual(say(proposed, "acc_a", "DECLINED"), { refused: "payment.same_operator" });
  assert.equal(given.attempt(accepted(proposed, say(proposed, "acc_b", "SUCCEEDED"))).status, "UNKNOWN");
  const decided = accepted(proposed, say(proposed, "acc_b", "DECLINED"));
  assert.equal(given.attempt(decided).status, "DECLINED");
  assert.deepEqual(say(decided, "acc_c", "DECLINED"), { refused: "payment.attempt_decided" });
  const tooEarly = say(after(...confirming()), "acc_a", "DECLINED");
  assert.deepEqual(tooEarly, { refused: "payment.attempt_decided" });
});

test("money that the gateway shows after a no is a contradiction for a person, never silence", () => {
  const payment = heard(after(...confirming()), given.refused("REJECT_CARD_PAYMENT", "declined"));
  const applied = applyGatewayAnswer(payment, attemptId, { answer: given.view("captured"), now });
  assert.deepEqual(applied, { facts: [], contradiction: "captured_after_decline" });
});
