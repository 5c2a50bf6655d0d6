import { getOrderForPayment } from "#contracts/order/operations.ts";
import { isRefusal } from "#platform/core/decision.ts";
import { siblingId } from "#platform/core/ids.ts";
import { won } from "#platform/core/money.ts";
import type { Caller } from "#platform/core/operation.ts";
import type { Instant } from "#platform/core/time.ts";
import type { Deps } from "../deps.ts";
import { type Offer, offered } from "../domain/open-payment.ts";
import type { Payment } from "../domain/payment.ts";

/** What the payment's order asks for; undefined when there is no such order, or nothing to pay for it. */
export async function offerOf(deps: Deps, paymentId: string, caller: Caller): Promise<Offer | undefined> {
  const orderId = siblingId("order", paymentId);
  const answer = await deps.call(getOrderForPayment, { orderId }, { ...caller, kind: "service", id: "payment" });
  if (isRefusal(answer)) return undefined;
  const { amount, expiresAt, ...offer } = answer;
  return { ...offer, amount: won(amount), expiresAt: expiresAt as Instant };
}

/** The payment as it is; before its buyer has begun to pay, as its order asks for it. */
export async function paymentNow(deps: Deps, paymentId: string, caller: Caller): Promise<Payment | undefined> {
  const kept = (await deps.records.read([paymentId])).get<Payment>(paymentId);
  if (kept?.opened) return kept;
  const offer = await offerOf(deps, paymentId, caller);
  return offered(kept, { paymentId, offer, now: deps.clock.now() });
}
