import type { PaymentRequest } from "../adapters/gateway.ts";
import type { Deps } from "../deps.ts";
import { afterCheck } from "../domain/apply-gateway-answer.ts";
import type { Evidence, GatewayAnswer } from "../domain/gateway-answer.ts";
import { type Attempt, type Payment, refundOf } from "../domain/payment.ts";

/** An answer, and all that was heard on the way to it. */
export interface Heard {
  readonly answer: GatewayAnswer;
  readonly evidence: readonly Evidence[];
}

/**
 * Sends an attempt whose intent is committed, and reads the gateway's record when the answer is not a yes: a no needs
 * it to be believed, and an unknown may be over at once. No transaction is open here: a commit is one statement (R2).
 */
export async function sendAttempt(
  deps: Deps,
  payment: Payment,
  on: { readonly attempt: Attempt; readonly token?: string | undefined },
): Promise<Heard> {
  const { attempt } = on;
  const first = await send(deps, payment, on);
  noteFaults(deps, payment, attempt, first);
  const isFinal = first.outcome === "done" || (first.outcome === "refused" && first.refusalClass === "try_again");
  // After a timeout or with an open circuit the next question would only wait as long: the resolver asks later.
  const isSilent = first.outcome === "unknown" && (first.code === "TIMEOUT" || first.code === "NOT_SENT");
  if (isFinal || isSilent) return { answer: first, evidence: [first.evidence] };
  const check = await queryAttempt(deps, payment, attempt);
  return { answer: afterCheck(payment, attempt, { first, check }), evidence: [first.evidence, check.evidence] };
}

/** Reads what the gateway says of an attempt's payment. */
export async function queryAttempt(deps: Deps, payment: Payment, attempt: Attempt): Promise<GatewayAnswer> {
  const gateway = deps.gateways[attempt.gateway];
  const point = { kind: "gateway" as const, name: `${gateway.name}.query` };
  const answer = await deps.boundary(point, () => gateway.query(requestOf(payment, attempt)));
  noteFaults(deps, payment, attempt, answer);
  return answer;
}

function send(
  deps: Deps,
  payment: Payment,
  on: { readonly attempt: Attempt; readonly token?: string | undefined },
): Promise<GatewayAnswer> {
  const { attempt, token } = on;
  const gateway = deps.gateways[attempt.gateway];
  const request = { ...requestOf(payment, attempt), key: attempt.key };
  if (attempt.operation === "confirm") {
    const buyerId = payment.opened?.buyerId ?? "";
    const confirm = { ...request, buyerId, ...(token === undefined ? {} : { token }) };
    return deps.boundary({ kind: "gateway", name: `${gateway.name}.confirm` }, () => gateway.confirm(confirm));
  }
  const { amount, guardAmount } = attempt;
  const reason = refundOf(payment, attempt.refundId)?.reason ?? "환불";
  const cancel = { ...request, amount, guardAmount, reason };
  return deps.boundary({ kind: "gateway", name: `${gateway.name}.cancel` }, () => gateway.cancel(cancel));
}

function requestOf(payment: Payment, attempt: Attempt): PaymentRequest {
  const { gatewayPaymentId, reference } = attempt;
  return { gatewayPaymentId, reference, total: payment.opened?.amount ?? attempt.amount };
}

/** A gateway that answers about another payment, or that does not know us, is a matter for a person at once (R9). */
function noteFaults(deps: Deps, payment: Payment, attempt: Attempt, answer: GatewayAnswer): void {
  if (answer.outcome !== "unknown") return;
  const { code: gatewayCode } = answer;
  const ids = { paymentId: payment.paymentId, attemptId: attempt.attemptId, gateway: attempt.gateway, gatewayCode };
  if (gatewayCode.startsWith("MISMATCH_")) deps.log.error({ code: "payment.gateway_mismatch", critical: true, ...ids });
  if (gatewayCode.startsWith("OUR_FAULT_"))
    deps.log.error({ code: "payment.gateway_our_fault", critical: true, ...ids });
}
