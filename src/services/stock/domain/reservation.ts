import { assert, unreachable } from "#platform/core/assert.ts";
import type { NewFact } from "#platform/core/decision.ts";
import type { Instant } from "#platform/core/time.ts";

export interface ReservedLine {
  readonly orderLineId: string;
  readonly skuId: string;
  readonly quantity: number;
  /** False: its SKU was unlimited when it was reserved, so no counter was moved and none is moved later. */
  readonly counted: boolean;
  readonly status: "PENDING" | "COMMITTED" | "RELEASED" | "RETURNED";
  /** Of a RETURNED line: false when the goods were written off (food already prepared). */
  readonly restocked?: boolean;
}

/** What an order holds. Row `reservation:ord_…`. Its lines never change, only their status. */
export interface Reservation {
  readonly orderId: string;
  /** Derived from the lines; OVER holds nothing and never will again (also the tombstone of an order never seen). */
  readonly status: "PENDING" | "COMMITTED" | "OVER";
  /** Null on a tombstone. */
  readonly expiresAt: Instant | null;
  readonly lines: readonly ReservedLine[];
}

type MadeLine = Omit<ReservedLine, "status" | "restocked">;

export type ReservationFact =
  | NewFact<"ReservationMade", { orderId: string; expiresAt: Instant; lines: readonly MadeLine[] }>
  | NewFact<"ReservationExtended", { expiresAt: Instant }>
  | NewFact<"ReservationCommitted", { orderLineIds: readonly string[] }>
  | NewFact<"ReservationReleased", { orderLineIds: readonly string[]; reason: string }>
  | NewFact<"ReservationReturned", { orderLineIds: readonly string[]; restocked: boolean; reason: string }>
  | NewFact<"ReservationBarred", { orderId: string; reason: string }>;

export function reservationKey(orderId: string): string {
  return `reservation:${orderId}`;
}

/** The reservation after a fact. Pure. */
export function evolveReservation(before: Reservation | undefined, fact: ReservationFact): Reservation {
  if (fact.type === "ReservationBarred") {
    return { orderId: fact.data.orderId, status: "OVER", expiresAt: null, lines: [] };
  }
  if (fact.type === "ReservationMade") {
    const lines = fact.data.lines.map((line): ReservedLine => ({ ...line, status: "PENDING" }));
    return { orderId: fact.data.orderId, status: "PENDING", expiresAt: fact.data.expiresAt, lines };
  }
  assert(before, `${fact.type} of a reservation that was never made: ${fact.stream}`);
  switch (fact.type) {
    case "ReservationExtended":
      return { ...before, expiresAt: fact.data.expiresAt };
    case "ReservationCommitted":
      return withLines(before, fact.data.orderLineIds, "PENDING", { status: "COMMITTED" });
    case "ReservationReleased":
      return withLines(before, fact.data.orderLineIds, "PENDING", { status: "RELEASED" });
    case "ReservationReturned":
      return withLines(before, fact.data.orderLineIds, "COMMITTED", {
        status: "RETURNED",
        restocked: fact.data.restocked,
      });
    default:
      return unreachable(fact);
  }
}

function withLines(
  before: Reservation,
  orderLineIds: readonly string[],
  from: ReservedLine["status"],
  change: Pick<ReservedLine, "status" | "restocked">,
): Reservation {
  const lines = before.lines.map((line) =>
    line.status === from && orderLineIds.includes(line.orderLineId) ? { ...line, ...change } : line,
  );
  const has = (status: ReservedLine["status"]) => lines.some((line) => line.status === status);
  return { ...before, lines, status: has("PENDING") ? "PENDING" : has("COMMITTED") ? "COMMITTED" : "OVER" };
}
