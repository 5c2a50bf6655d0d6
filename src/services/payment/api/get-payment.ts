import * as contract from "#contracts/payment/buyer-operations.ts";
import { reject } from "#platform/core/decision.ts";
import { siblingId } from "#platform/core/ids.ts";
import { handle } from "#platform/service.ts";
import type { Deps } from "../deps.ts";
import type { Payment } from "../domain/payment.ts";
import { isOpened, isOwn } from "../domain/start-attempt.ts";
import { paymentView } from "./payment-view.ts";

export const getPayment = handle(contract.getPayment, (input, caller, deps: Deps) =>
  ownPayment(deps, input.paymentId, caller.id),
);

/** An order has one payment, and its id follows from the order's. */
export const getOrderPayment = handle(contract.getOrderPayment, (input, caller, deps: Deps) =>
  ownPayment(deps, siblingId("payment", input.orderId), caller.id),
);

async function ownPayment(deps: Deps, paymentId: string, buyerId: string | undefined) {
  const payment = (await deps.records.read([paymentId])).get<Payment>(paymentId);
  if (buyerId === undefined || !isOpened(payment) || !isOwn(payment, buyerId)) return reject("payment.not_found");
  return paymentView(payment);
}
