import * as contract from "#contracts/stock/operations.ts";
import { isRefusal } from "#platform/core/decision.ts";
import { handle } from "#platform/service.ts";
import type { Deps } from "../deps.ts";
import { decideCommit } from "../domain/settle.ts";
import { settleReservation } from "./settle-reservation.ts";

export const commitStock = handle(contract.commitStock, async (input, caller, deps: Deps) => {
  const outcome = await settleReservation(deps, {
    orderId: input.orderId,
    idempotent: true,
    traceparent: caller.traceparent,
    decide: decideCommit,
  });
  return isRefusal(outcome) ? outcome : {};
});
