import * as contract from "#contracts/stock/operations.ts";
import { isRefusal, reject } from "#platform/core/decision.ts";
import type { Instant } from "#platform/core/time.ts";
import { handle } from "#platform/service.ts";
import type { Deps } from "../deps.ts";
import { type Reservation, reservationKey } from "../domain/reservation.ts";
import { decideReserve, type ReserveProblem } from "../domain/reserve.ts";
import type { Sku } from "../domain/sku.ts";

/** Takes all lines of an order or none; the repeated call is answered from the reservation as it is now. */
export const reserveStock = handle(contract.reserveStock, async (input, caller, deps: Deps) => {
  const key = reservationKey(input.orderId);
  const skuIds = [...new Set(input.lines.map((line) => line.skuId))].sort();
  const expiresAt = input.expiresAt as Instant;
  const outcome = await deps.records.change<ReserveProblem>({
    keys: [key, ...skuIds],
    makes: [key],
    // The reservation itself says that it was made: a repeat finds it and changes nothing.
    idempotent: true,
    traceparent: caller.traceparent,
    decide(rows, now) {
      const skuOf = (skuId: string) => rows.get<Sku>(skuId);
      const facts = decideReserve(rows.get<Reservation>(key), skuOf, { ...input, expiresAt }, now);
      return isRefusal(facts) ? facts : { facts };
    },
  });
  if (isRefusal(outcome)) return outcome;
  const reservation = outcome.rows.get<Reservation>(key);
  if (reservation?.status === "OVER") return reject("stock.reservation_over");
  return { isHeld: reservation !== undefined };
});
