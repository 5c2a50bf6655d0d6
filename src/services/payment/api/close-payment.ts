import * as contract from "#contracts/payment/operations.ts";
import { isRefusal } from "#platform/core/decision.ts";
import { siblingId } from "#platform/core/ids.ts";
import { handle } from "#platform/service.ts";
import type { Deps } from "../deps.ts";
import { closeOutcome, closePayment as decideClose } from "../domain/open-payment.ts";
import type { Payment } from "../domain/payment.ts";

/** `undecided` is not remembered with the command: the same question later is decided anew. */
export const closePayment = handle(contract.closePayment, async (input, caller, deps: Deps) => {
  const paymentId = siblingId("payment", input.orderId);
  const outcome = await deps.records.change<"payment.undecided">({
    keys: [paymentId],
    ...(caller.command ? { command: caller.command } : {}),
    traceparent: caller.traceparent,
    decide(rows, now) {
      const facts = decideClose(rows.get<Payment>(paymentId), { ...input, paymentId }, now);
      return isRefusal(facts) ? facts : { facts };
    },
  });
  if (isRefusal(outcome)) {
    return outcome.refused === "payment.undecided" ? { outcome: "undecided" as const } : (outcome as never);
  }
  const state = closeOutcome(outcome.rows.get<Payment>(paymentId));
  return { outcome: state === "open" ? ("undecided" as const) : state };
});
