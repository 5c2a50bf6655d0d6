import * as contract from "#contracts/stock/operations.ts";
import { isRefusal } from "#platform/core/decision.ts";
import { handle } from "#platform/service.ts";
import type { Deps } from "../deps.ts";
import { decideRelease } from "../domain/settle.ts";
import { settleReservation } from "./settle-reservation.ts";

export const releaseStock = handle(contract.releaseStock, async (input, caller, deps: Deps) => {
  const outcome = await settleReservation(deps, {
    orderId: input.orderId,
    orderLineIds: input.orderLineIds,
    ...(caller.command ? { command: caller.command } : {}),
    traceparent: caller.traceparent,
    decide: (reservation, skuOf) => decideRelease(reservation, skuOf, input),
  });
  return isRefusal(outcome) ? outcome : {};
});
