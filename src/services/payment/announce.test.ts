import assert from "node:assert/strict";
import { test } from "node:test";
import Value from "typebox/value";
import * as contracts from "#contracts/payment/events.ts";
import { isRefusal } from "#platform/core/decision.ts";
import { won } from "#platform/core/money.ts";
import type { StoredFact } from "#platform/facts/change.ts";
import { announce } from "./announce.ts";
import { applyGatewayAnswer } from "./domain/apply-gateway-answer.ts";
import { evolveAll, fact, type PaymentFact } from "./domain/facts.ts";
import type { GatewayAnswer } from "./domain/gateway-answer.ts";
import { openCheckout, startConfirm } from "./domain/start-attempt.ts";
import * as given from "./domain/testing.ts";

const events = Object.values(contracts).filter((one) => "type" in one && "data" in one && "example" in one);
const meta = { traceparent: "00-0123456789abcdef0123456789abcdef-0123456789abcdef-01" };

function spoken(facts: readonly PaymentFact[]) {
  const stored = (one: PaymentFact, n: number): StoredFact => ({
    ...one,
    position: n,
    version: n,
    at: given.now,
    meta,
  });
  return facts.flatMap((one, n) => announce(stored(one, n)));
}
function outcome(answer: GatewayAnswer, isClosed = false): readonly PaymentFact[] {
  const payment = given.after(...given.confirming(), ...(isClosed ? [given.closed] : []));
  return applyGatewayAnswer(payment, given.attemptId, { answer, now: given.now }).facts;
}
const ids = { orderId: given.orderId, refundId: "rfd_01jd7x0000000000000000refd", attemptId: given.attemptId };
const said = { ...ids, gateway: "toss" as const, at: given.now };
const completed = fact(given.paymentId, "RefundCompleted", { ...said, amount: won(12_000), lines: given.lines });
const refused = fact(given.paymentId, "RefundRefused", { ...said, code: "NOT_CANCELABLE_PAYMENT" });

test("every event that is said keeps its contract, and each contract is said", () => {
  const facts = [
    ...given.confirming(),
    given.closed,
    ...outcome(given.view("captured")),
    ...outcome(given.view("captured"), true),
    ...outcome(given.refused("REJECT_CARD_PAYMENT", "declined")),
    ...outcome(given.unknown("TIMEOUT")),
    completed,
    refused,
  ];
  const announcements = spoken(facts);
  for (const { type, data } of announcements) {
    const contract = events.find((one) => one.type === type);
    assert.ok(contract, type);
    assert.deepEqual([...Value.Errors(contract.data, data)], [], type);
  }
  assert.deepEqual(new Set(announcements.map((one) => one.type)), new Set(events.map((one) => one.type)));
});

test("the examples of the contracts keep them", () => {
  for (const { type, data, example } of events) assert.deepEqual([...Value.Errors(data, example)], [], type);
});

test("a payment is said to be requested once, by the first thing that its buyer begins with", () => {
  const { attemptId, buyerId, expiresAt, now, orderId, paymentId, unbegun } = given;
  const window = openCheckout(unbegun, { attemptId, gateway: "toss" }, { buyerId, now });
  assert.ok(!isRefusal(window));
  const command = { attemptId, buyerId, amount: won(12_000), paymentKey: "tgen_1", pgToken: undefined };
  const attempt = startConfirm(given.after(...window), command, now);
  assert.ok(!isRefusal(attempt));
  const requested = { type: "payment.requested.v1", data: { paymentId, orderId, buyerId, amount: 12_000, expiresAt } };
  for (const facts of [[...window, ...attempt], given.confirming()]) {
    assert.deepEqual(
      spoken(facts).map(({ type, data }) => ({ type, data })),
      [requested],
    );
  }
});

test("a tombstone is told to nobody, and an unknown cancel is no news about the payment", () => {
  const tombstone = fact(given.paymentId, "PaymentClosed", {
    ...{ orderId: given.orderId, forced: false, opened: false, at: given.now },
  });
  assert.deepEqual(spoken([tombstone]), []);
  const uncertain = fact(given.paymentId, "AttemptUncertain", { ...said, operation: "cancel", code: "TIMEOUT" });
  assert.deepEqual(spoken([uncertain]), []);
});

test("a late capture says so, and its refund says what went back", () => {
  const late = spoken(outcome(given.view("captured"), true));
  assert.deepEqual(
    late.map((one) => (one.data as { late?: boolean }).late),
    [true],
  );
  assert.ok(
    evolveAll(given.after(...given.confirming(), given.closed), outcome(given.view("captured"), true))?.capture,
  );
});
