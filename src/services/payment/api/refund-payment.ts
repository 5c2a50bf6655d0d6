import * as contract from "#contracts/payment/operations.ts";
import { isRefusal, reject } from "#platform/core/decision.ts";
import { siblingId } from "#platform/core/ids.ts";
import { won } from "#platform/core/money.ts";
import { handle } from "#platform/service.ts";
import type { Deps } from "../deps.ts";
import { evolveAll } from "../domain/facts.ts";
import { type Payment, refundOf } from "../domain/payment.ts";
import { acceptRefund } from "../domain/refund-payment.ts";
import { refundSteps } from "../flow/record-answer.ts";

/** Accepts; the ledger, the gateway and the event follow as work. The answer says how far it is. */
export const refundPayment = handle(contract.refundPayment, async (input, caller, deps: Deps) => {
  const paymentId = siblingId("payment", input.orderId);
  const { refundId, lines, reason } = input;
  const command = { refundId, amount: won(input.amount), lines, reason };
  const outcome = await deps.records.change<"payment.not_found" | "payment.refund_exceeds">({
    keys: [paymentId],
    ...(caller.command ? { command: caller.command } : {}),
    traceparent: caller.traceparent,
    decide(rows, now) {
      const before = rows.get<Payment>(paymentId);
      const facts = acceptRefund(before, command, now);
      if (isRefusal(facts)) return facts;
      const after = evolveAll(before, facts);
      return { facts, work: after ? facts.flatMap((fact) => refundSteps(deps, after, fact, now)) : [] };
    },
  });
  if (isRefusal(outcome)) return outcome as never;
  const refund = refundOf(outcome.rows.get<Payment>(paymentId), refundId);
  return refund ? { status: refund.status } : reject("payment.not_found");
});
