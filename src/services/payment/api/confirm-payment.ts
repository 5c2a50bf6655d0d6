import * as contract from "#contracts/payment/buyer-operations.ts";
import { reject } from "#platform/core/decision.ts";
import { won } from "#platform/core/money.ts";
import { handle } from "#platform/service.ts";
import type { Deps } from "../deps.ts";
import { isOpened } from "../domain/start-attempt.ts";
import { confirm } from "../flow/confirm.ts";
import { offerOf, paymentNow } from "../flow/offer.ts";
import { returnPage } from "./return-page.ts";

export const confirmPayment = handle(contract.confirmPayment, async (input, caller, deps: Deps) => {
  const { paymentId, attemptId, paymentKey, pgToken } = input;
  if (caller.id === undefined) return reject("payment.not_found");
  const command = { attemptId, buyerId: caller.id, amount: won(input.amount), paymentKey, pgToken };
  const offer = await offerOf(deps, paymentId, caller);
  return (await confirm(deps, { paymentId, command, caller, offer })) as never;
});

/**
 * The buyer's browser comes back without a token. What vouches for it is the gateway's own key or token, which the
 * gateway itself checks; KakaoPay sends no amount back, so there the stored one stands.
 */
export const returnFromGateway = handle(
  contract.returnFromGateway,
  async (input, caller, deps: Deps) => {
    const { paymentId, attemptId, paymentKey, pg_token: pgToken, orderId: reference } = input;
    if (reference !== undefined && reference !== attemptId) return reject("payment.attempt_not_found");
    const payment = await paymentNow(deps, paymentId, caller);
    if (!isOpened(payment)) return reject("payment.not_found");
    if (paymentKey === undefined && pgToken === undefined) return reject("payment.token_missing");
    const amount = input.amount === undefined ? payment.opened.amount : won(input.amount);
    const command = { attemptId, buyerId: undefined, amount, paymentKey, pgToken };
    return (await confirm(deps, { paymentId, command, caller, offer: payment.opened })) as never;
  },
  returnPage,
);

export const returnWithoutPayment = handle(
  contract.returnWithoutPayment,
  async (input, caller, deps: Deps) => {
    const { paymentId, code } = input;
    const payment = await paymentNow(deps, paymentId, caller);
    if (!isOpened(payment)) return reject("payment.not_found");
    return { paymentId, status: payment.status, ...(code === undefined ? {} : { code }) };
  },
  returnPage,
);
