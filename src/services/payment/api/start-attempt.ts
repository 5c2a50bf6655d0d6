import * as contract from "#contracts/payment/buyer-operations.ts";
import { isRefusal, reject } from "#platform/core/decision.ts";
import type { Caller } from "#platform/core/operation.ts";
import { handle } from "#platform/service.ts";
import type { WindowOpened } from "../adapters/gateway.ts";
import type { Deps } from "../deps.ts";
import { offered } from "../domain/open-payment.ts";
import type { Checkout, OpenPayment, Payment } from "../domain/payment.ts";
import {
  firstAttemptId,
  isFirstAttemptFree,
  isOpened,
  type NotPayable,
  openCheckout,
  refusePayable,
} from "../domain/start-attempt.ts";
import { paymentNow } from "../flow/offer.ts";

/**
 * Opens a payment window. The first one at Toss is answered without a commit, for its id follows from the payment's;
 * any other is remembered first, KakaoPay's with its tid, as nothing else finds that payment again.
 */
export const startAttempt = handle(contract.startAttempt, async (input, caller, deps: Deps) => {
  const { paymentId, gateway: name, method = "CARD" } = input;
  const payment = await paymentNow(deps, paymentId, caller);
  const refusal = refusePayable(payment, caller.id, deps.clock.now());
  if (refusal || !isOpened(payment)) return refusal ?? reject("payment.not_found");
  const gateway = deps.gateways[name];
  if (!gateway.isAvailable()) return reject("payment.gateway_unavailable");
  const isImplicit = name === "toss" && isFirstAttemptFree(payment);
  const attemptId = isImplicit ? firstAttemptId(paymentId) : deps.ids.make("attempt");
  const window = await openWindow(deps, payment, { attemptId, name, method });
  if (!window) return reject("payment.gateway_unavailable");
  if (isImplicit) return answerOf(deps, payment, { attemptId, gateway: name }, { window, method });
  const ids = window.kind === "redirect" ? window : {};
  const { gatewayPaymentId, redirectUrl } = { gatewayPaymentId: undefined, redirectUrl: undefined, ...ids };
  const checkout: Checkout = {
    ...{ attemptId, gateway: name },
    ...(gatewayPaymentId === undefined ? {} : { gatewayPaymentId }),
    ...(redirectUrl === undefined ? {} : { redirectUrl }),
  };
  const kept = await keepCheckout(deps, payment, { checkout, caller });
  return isRefusal(kept) ? kept : answerOf(deps, payment, kept, { window, method });
});

async function openWindow(
  deps: Deps,
  payment: OpenPayment,
  on: { readonly attemptId: string; readonly name: "toss" | "kakaopay"; readonly method: string },
): Promise<WindowOpened | undefined> {
  const gateway = deps.gateways[on.name];
  const request = {
    reference: on.attemptId,
    buyerId: payment.opened.buyerId,
    orderName: payment.opened.orderName,
    amount: payment.opened.amount,
    method: on.method,
    ...returnUrls(deps, payment, on.attemptId),
  };
  const answer = await deps.boundary({ kind: "gateway", name: `${on.name}.ready` }, () => gateway.openWindow(request));
  if (answer.outcome === "done") return answer.window;
  deps.log.warn({ code: "payment.window_not_opened", gateway: on.name, gatewayCode: answer.code });
  return undefined;
}

/** The addresses carry our own ids: KakaoPay adds nothing but its token, and Toss may leave the order id out (§1.2). */
function returnUrls(deps: Deps, payment: OpenPayment, attemptId: string) {
  const base = `${deps.settings.returnUrl.replace(/\/$/, "")}/payments/return/${payment.paymentId}/${attemptId}`;
  return { successUrl: `${base}/success`, failUrl: `${base}/fail` };
}

/** The checkout as it is kept: of a repeated command the first one, whatever `ready` answered this time. */
async function keepCheckout(deps: Deps, payment: OpenPayment, on: { checkout: Checkout; caller: Caller }) {
  const { paymentId } = payment;
  const { checkout, caller } = on;
  const outcome = await deps.records.change<NotPayable>({
    keys: [paymentId],
    ...(caller.command ? { command: caller.command } : {}),
    ...(caller.id === undefined ? {} : { actor: caller.id }),
    traceparent: caller.traceparent,
    decide(rows, now) {
      const kept = rows.get<Payment>(paymentId);
      const { opened: offer } = payment;
      const facts = openCheckout(offered(kept, { paymentId, offer, now }), checkout, { buyerId: offer.buyerId, now });
      return isRefusal(facts) ? facts : { facts };
    },
  });
  if (isRefusal(outcome)) return outcome as never;
  if (!outcome.repeated) return checkout;
  const kept = outcome.rows.get<Payment>(outcome.stream)?.checkouts;
  return kept?.findLast((one) => one.gateway === checkout.gateway) ?? reject("payment.not_found");
}

function answerOf(
  deps: Deps,
  payment: OpenPayment,
  checkout: Checkout,
  on: { readonly window: WindowOpened; readonly method: string },
) {
  const { attemptId, gateway, redirectUrl } = checkout;
  if (on.window.kind === "redirect") {
    return { attemptId, gateway, ...(redirectUrl === undefined ? {} : { redirectUrl }) } as const;
  }
  const { clientKey, pageUrl } = on.window;
  const { orderName, amount } = payment.opened;
  const urls = returnUrls(deps, payment, attemptId);
  const window = { clientKey, gatewayOrderId: attemptId, orderName, amount, method: on.method, pageUrl, ...urls };
  return { attemptId, gateway, checkout: window };
}
