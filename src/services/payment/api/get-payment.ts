import * as contract from "#contracts/payment/buyer-operations.ts";
import { reject } from "#platform/core/decision.ts";
import { siblingId } from "#platform/core/ids.ts";
import type { Caller } from "#platform/core/operation.ts";
import { handle } from "#platform/service.ts";
import type { Deps } from "../deps.ts";
import { isOpened, isOwn } from "../domain/start-attempt.ts";
import { paymentNow } from "../flow/offer.ts";
import { paymentView } from "./payment-view.ts";

export const getPayment = handle(contract.getPayment, (input, caller, deps: Deps) =>
  ownPayment(deps, input.paymentId, caller),
);

/** An order has one payment, and its id follows from the order's. */
export const getOrderPayment = handle(contract.getOrderPayment, (input, caller, deps: Deps) =>
  ownPayment(deps, siblingId("payment", input.orderId), caller),
);

async function ownPayment(deps: Deps, paymentId: string, caller: Caller) {
  const payment = await paymentNow(deps, paymentId, caller);
  if (caller.id === undefined || !isOpened(payment) || !isOwn(payment, caller.id)) return reject("payment.not_found");
  return paymentView(payment);
}
