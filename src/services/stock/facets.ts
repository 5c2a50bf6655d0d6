import type { Reservation } from "./domain/reservation.ts";
import type { Sku } from "./domain/sku.ts";

/** What SKUs and reservations are found by, and the counters that the database keeps from going below zero. */
export function facets(key: string, data: unknown): Readonly<Record<string, unknown>> | undefined {
  if (key.startsWith("reservation:")) {
    const { status, expiresAt } = data as Reservation;
    return status === "PENDING" ? { pendingUntil: expiresAt } : undefined;
  }
  const { available, reserved, storeId, openedAt } = data as Sku;
  return { available, reserved, storeId, openedAt };
}
