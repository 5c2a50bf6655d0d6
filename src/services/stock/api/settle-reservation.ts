import { assert } from "#platform/core/assert.ts";
import { isRefusal, type NewFact, type Refusal, reject } from "#platform/core/decision.ts";
import type { Instant } from "#platform/core/time.ts";
import type { Change, CommandRefusal, Outcome } from "#platform/facts/change.ts";
import type { Deps } from "../deps.ts";
import { type Reservation, reservationKey } from "../domain/reservation.ts";
import { skusToMove } from "../domain/settle.ts";
import type { Sku } from "../domain/sku.ts";

interface Settle<Code extends string> extends Pick<Change, "command" | "idempotent" | "traceparent"> {
  readonly orderId: string;
  readonly orderLineIds?: readonly string[] | undefined;
  decide(
    reservation: Reservation | undefined,
    skuOf: (skuId: string) => Sku | undefined,
    now: Instant,
  ): readonly NewFact[] | Refusal<Code>;
}

const rowsNeeded = "stock.rows_needed";

/**
 * Changes a reservation together with the SKUs it counts on. Which these are stands in the reservation itself, so the
 * first try asks for the reservation alone: for food, which is unlimited, that is all there is. Otherwise the decision
 * names the rows it needs and is made again with them; a reservation's lines never change, so twice is always enough.
 */
export async function settleReservation<Code extends string>(
  deps: Deps,
  settle: Settle<Code>,
): Promise<Outcome | Refusal<Code | CommandRefusal>> {
  const key = reservationKey(settle.orderId);
  const attempt = (skuIds: readonly string[]) =>
    deps.records.change<Code | typeof rowsNeeded>({
      keys: [key, ...skuIds],
      ...(settle.command ? { command: settle.command } : {}),
      ...(settle.idempotent ? { idempotent: true } : {}),
      traceparent: settle.traceparent,
      decide(rows, now) {
        const reservation = rows.get<Reservation>(key);
        const needed = skusToMove(reservation, settle.orderLineIds);
        if (needed.some((skuId) => !skuIds.includes(skuId))) return reject(rowsNeeded, { skuIds: needed });
        const facts = settle.decide(reservation, (skuId) => rows.get<Sku>(skuId), now);
        return isRefusal(facts) ? facts : { facts };
      },
    });
  // A reservation may appear between the two tries of a release that found none; hence a third.
  let skuIds: readonly string[] = [];
  for (let tries = 0; tries < 3; tries++) {
    const outcome = await attempt(skuIds);
    if (!isRefusal(outcome)) return outcome;
    if (outcome.refused !== rowsNeeded) return outcome as Refusal<Code | CommandRefusal>;
    skuIds = outcome.details?.skuIds as readonly string[];
  }
  assert(false, `the lines of ${key} have changed`);
}
