import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { won } from "#platform/core/money.ts";
import { applyGatewayAnswer } from "./apply-gateway-answer.ts";
import { evolveAll, type PaymentFact } from "./facts.ts";
import type { GatewayAnswer } from "./gateway-answer.ts";
import type { Payment } from "./payment.ts";
import { acceptRefund, startCancel } from "./refund-payment.ts";
import * as given from "./testing.ts";

const { attemptId, closed, confirming, must, now } = given;

function hear(payment: Payment, answers: readonly GatewayAnswer[], id: string = attemptId): Payment {
  return answers.reduce(
    (state, answer) => must(evolveAll(state, applyGatewayAnswer(state, id, { answer, now }).facts)),
    payment,
  );
}

/** What a gateway can truthfully say while it goes from waiting to captured, and all that is no information. */
const noise: readonly GatewayAnswer[] = [
  given.view("pending"),
  given.unknown("TIMEOUT"),
  given.unknown("GARBAGE"),
  given.unknown("MISMATCH_AMOUNT"),
  given.unknown("HTTP_429"),
];

test("any order of up to five answers about one truth ends in one state", () => {
  const truths = [given.view("captured"), given.view("failed"), given.refused("REJECT_CARD_PAYMENT", "declined")];
  const histories = fc
    .tuple(fc.constantFrom(...truths), fc.array(fc.constantFrom(...noise), { maxLength: 3 }), fc.boolean())
    .chain(([truth, rest, twice]) => {
      const all = twice ? [truth, truth, ...rest] : [truth, ...rest];
      return fc.tuple(
        fc.shuffledSubarray(all, { minLength: all.length }),
        fc.shuffledSubarray(all, { minLength: all.length }),
      );
    });
  fc.assert(
    fc.property(histories, fc.boolean(), ([one, other], isClosed) => {
      const payment = given.after(...confirming(), ...(isClosed ? [closed] : []));
      assert.deepEqual(withoutCodes(hear(payment, one)), withoutCodes(hear(payment, other)));
    }),
  );
});

test("only a listed no or the gateway's own record declines an attempt", () => {
  const answers = fc.oneof(
    fc.string().map(given.unknown),
    fc.string().map((code) => given.refused(code, "cancel_refused")),
    fc.string().map((code) => given.refused(code, "try_again")),
    fc.constant(given.view("pending")),
  );
  fc.assert(
    fc.property(fc.array(answers, { maxLength: 8 }), (some) => {
      const status = given.attempt(hear(given.after(...confirming()), some)).status;
      assert.equal(status, some.length === 0 ? "INTENT" : "UNKNOWN");
    }),
  );
});

test("whatever is refunded in whatever order, what goes back never exceeds what was captured, on no line", () => {
  const wish = fc.record({ first: fc.integer({ min: 0, max: 10_000 }), second: fc.integer({ min: 0, max: 4_000 }) });
  fc.assert(
    fc.property(fc.array(wish, { maxLength: 8 }), fc.infiniteStream(fc.boolean()), (wishes, coins) => {
      let payment = hear(given.after(...confirming()), [given.view("captured")]);
      let wentBack = 0;
      for (const [n, { first, second }] of wishes.entries()) {
        const lines = [given.line(1, first), given.line(2, second)].filter((line) => line.amount > 0);
        const refund = { refundId: `rfd_${n}`, amount: won(first + second), lines, reason: "취소" };
        payment = entered(payment, acceptRefund(payment, refund, now));
        const step = startCancel(payment, refund.refundId, { attemptId: `att_${n}`, pauseMs: 0, now });
        if (!("start" in step)) continue;
        payment = entered(payment, step.start);
        assert.equal(step.attempt.guardAmount, 12_000 - wentBack);
        if (coins.next().value) wentBack += refund.amount;
        payment = hear(payment, [given.unknown("TIMEOUT"), given.view("captured", wentBack)], `att_${n}`);
        if (payment.refunds.at(-1)?.status === "PROCESSING") {
          payment = hear(payment, [given.refused("NOT_CANCELABLE_PAYMENT", "cancel_refused")], `att_${n}`);
        }
        assert.ok(payment.refundingAmount <= payment.capturedAmount);
        assert.equal(payment.refundingAmount, wentBack);
      }
      for (const line of given.lines) {
        const back = payment.refunds
          .filter((refund) => refund.status === "COMPLETED")
          .flatMap((refund) => refund.lines)
          .reduce((sum, one) => (one.orderLineId === line.orderLineId ? sum + one.amount : sum), 0);
        assert.ok(back <= line.amount);
      }
    }),
  );
});

function entered(payment: Payment, facts: readonly PaymentFact[] | object): Payment {
  return Array.isArray(facts) ? must(evolveAll(payment, facts)) : payment;
}

/** The code of an unknown is what was heard first; the outcome does not depend on it. */
function withoutCodes(payment: Payment): unknown {
  return JSON.parse(JSON.stringify(payment, (key, value) => (key === "code" ? undefined : value)));
}
