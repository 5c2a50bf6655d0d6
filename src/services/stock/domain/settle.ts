import { assert } from "#platform/core/assert.ts";
import { type NewFact, type Refusal, reject } from "#platform/core/decision.ts";
import type { Instant } from "#platform/core/time.ts";
import { type Reservation, type ReservedLine, reservationKey } from "./reservation.ts";
import type { SkuLookup } from "./reserve.ts";
import { evolveSku, type MovementType, movement, type Sku } from "./sku.ts";

export interface Release {
  readonly orderId: string;
  /** Absent: all lines. */
  readonly orderLineIds?: readonly string[] | undefined;
  /** False: committed goods are written off instead of put back. */
  readonly restock: boolean;
  readonly reason: string;
}

/** The SKUs whose rows a commit or release of these lines may write; empty for an order of unlimited SKUs only. */
export function skusToMove(reservation: Reservation | undefined, orderLineIds?: readonly string[]): string[] {
  const lines = reservation?.lines.filter((line) => line.counted && isNamed(line, orderLineIds)) ?? [];
  return [...new Set(lines.map((line) => line.skuId))].sort();
}

/**
 * Turns what the order holds into sold goods (on PAID). Again: nothing. Whoever comes first, commit or expiry, wins: a
 * reservation past its time that nobody has swept yet still holds the goods, so refusing it would help nobody.
 */
export function decideCommit(
  reservation: Reservation | undefined,
  skuOf: SkuLookup,
): readonly NewFact[] | Refusal<"stock.reservation_over"> {
  if (reservation?.status === "COMMITTED") return [];
  if (reservation?.status !== "PENDING") return reject("stock.reservation_over");
  const pending = reservation.lines.filter((line) => line.status === "PENDING");
  return [
    fact(reservation.orderId, "ReservationCommitted", { orderLineIds: idsOf(pending) }),
    ...movements(reservation.orderId, pending, "StockCommitted", skuOf),
  ];
}

/** Makes sure that the named lines hold nothing any more. An order never seen gets a tombstone. Never refuses. */
export function decideRelease(
  reservation: Reservation | undefined,
  skuOf: SkuLookup,
  command: Release,
): readonly NewFact[] {
  const { orderId, orderLineIds, restock, reason } = command;
  if (!reservation) return [fact(orderId, "ReservationBarred", { orderId, reason })];
  const named = reservation.lines.filter((line) => isNamed(line, orderLineIds));
  const pending = named.filter((line) => line.status === "PENDING");
  const committed = named.filter((line) => line.status === "COMMITTED");
  const facts: NewFact[] = [];
  // One walk for both kinds: a SKU may stand in a pending and in a committed line, and each movement sees the last one.
  const lookup = remembering(skuOf);
  if (pending.length > 0) {
    facts.push(fact(orderId, "ReservationReleased", { orderLineIds: idsOf(pending), reason }));
    facts.push(...movements(orderId, pending, "StockReleased", lookup));
  }
  if (committed.length > 0) {
    facts.push(fact(orderId, "ReservationReturned", { orderLineIds: idsOf(committed), restocked: restock, reason }));
    if (restock) facts.push(...movements(orderId, committed, "StockReturned", lookup));
  }
  return facts;
}

/** Releases what is still pending after its time (D3). Nothing when it was committed, released or is not due. */
export function decideExpire(reservation: Reservation | undefined, skuOf: SkuLookup, now: Instant): readonly NewFact[] {
  if (reservation?.status !== "PENDING" || reservation.expiresAt === null || reservation.expiresAt > now) return [];
  const pending = reservation.lines.filter((line) => line.status === "PENDING");
  const { orderId } = reservation;
  return decideRelease(reservation, skuOf, { orderId, orderLineIds: idsOf(pending), restock: true, reason: "expired" });
}

function movements(orderId: string, lines: readonly ReservedLine[], type: MovementType, skuOf: SkuLookup): NewFact[] {
  const lookup = remembering(skuOf);
  return lines.flatMap((line) => {
    if (!line.counted) return [];
    const sku = lookup(line.skuId);
    assert(sku, `a reserved SKU has no row: ${line.skuId}`);
    const moved = movement(sku, type, { orderId, orderLineId: line.orderLineId, quantity: line.quantity });
    lookup.remember(evolveSku(sku, moved));
    return [moved];
  });
}

type Remembering = SkuLookup & { remember(sku: Sku): void };

function remembering(skuOf: SkuLookup | Remembering): Remembering {
  if ("remember" in skuOf) return skuOf;
  const changed = new Map<string, Sku>();
  return Object.assign((skuId: string) => changed.get(skuId) ?? skuOf(skuId), {
    remember: (sku: Sku) => void changed.set(sku.skuId, sku),
  });
}

function fact<Type extends string, Data>(orderId: string, type: Type, data: Data): NewFact<Type, Data> {
  return { stream: reservationKey(orderId), type, data };
}

function isNamed(line: ReservedLine, orderLineIds: readonly string[] | undefined): boolean {
  return orderLineIds === undefined || orderLineIds.includes(line.orderLineId);
}

function idsOf(lines: readonly ReservedLine[]): string[] {
  return [...new Set(lines.map((line) => line.orderLineId))];
}
