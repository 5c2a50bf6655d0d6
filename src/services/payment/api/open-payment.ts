import * as contract from "#contracts/payment/operations.ts";
import { isRefusal } from "#platform/core/decision.ts";
import { siblingId } from "#platform/core/ids.ts";
import { won } from "#platform/core/money.ts";
import type { Instant } from "#platform/core/time.ts";
import { handle } from "#platform/service.ts";
import type { Deps } from "../deps.ts";
import { openPayment as decideOpen } from "../domain/open-payment.ts";
import type { Payment } from "../domain/payment.ts";

export const openPayment = handle(contract.openPayment, async (input, caller, deps: Deps) => {
  const paymentId = siblingId("payment", input.orderId);
  const command = { ...input, paymentId, amount: won(input.amount), expiresAt: input.expiresAt as Instant };
  const outcome = await deps.records.change<"payment.closed" | "request.key_reused">({
    keys: [paymentId],
    makes: [paymentId],
    // One payment for an order: a repeat finds it opened and changes nothing.
    idempotent: true,
    traceparent: caller.traceparent,
    decide(rows, now) {
      const facts = decideOpen(rows.get<Payment>(paymentId), command, now);
      return isRefusal(facts) ? facts : { facts };
    },
  });
  return isRefusal(outcome) ? (outcome as never) : { paymentId };
});
