import type { NewFact } from "#platform/core/decision.ts";
import { evolveReservation, type Reservation, type ReservationFact } from "./reservation.ts";
import { evolveSku, type Sku, type SkuFact } from "./sku.ts";

/** The row after a fact: a reservation's or a SKU's. The replay of all facts gives the live rows (D7, a test). */
export function evolve(before: unknown, fact: NewFact & { readonly version: number }): Reservation | Sku {
  if (fact.type.startsWith("Reservation")) {
    return evolveReservation(before as Reservation | undefined, fact as ReservationFact);
  }
  return { ...evolveSku(before as Sku | undefined, fact as SkuFact), version: fact.version };
}
