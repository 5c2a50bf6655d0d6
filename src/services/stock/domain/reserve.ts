import { type NewFact, type Refusal, reject } from "#platform/core/decision.ts";
import type { Instant } from "#platform/core/time.ts";
import { type Reservation, reservationKey } from "./reservation.ts";
import { evolveSku, movement, type Sku } from "./sku.ts";

export interface Reserve {
  readonly orderId: string;
  readonly lines: readonly { readonly orderLineId: string; readonly skuId: string; readonly quantity: number }[];
  readonly expiresAt: Instant;
}

export type ReserveProblem =
  | "stock.sold_out"
  | "stock.unknown_sku"
  | "stock.reservation_over"
  /** The order has a reservation, for other lines. */
  | "request.key_reused";
export type SkuLookup = (skuId: string) => Sku | undefined;

function again(reservation: Reservation, command: Reserve): readonly NewFact[] | Refusal<ReserveProblem> {
  const { status, lines, expiresAt } = reservation;
  if (status === "OVER") return reject("stock.reservation_over");
  const isSame =
    lines.length === command.lines.length &&
    command.lines.every(({ orderLineId, skuId, quantity }, n) => {
      const line = lines[n];
      return line?.orderLineId === orderLineId && line.skuId === skuId && line.quantity === quantity;
    });
  if (!isSame) return reject("request.key_reused");
  // Whoever comes again later pays later, and the hold outlasts that (D3).
  if (status !== "PENDING" || expiresAt === null || command.expiresAt <= expiresAt) return [];
  const stream = reservationKey(command.orderId);
  return [{ stream, type: "ReservationExtended", data: { expiresAt: command.expiresAt } }];
}

/**
 * Takes every line of an order or none (D2). The same order again changes nothing; one that was released, has expired
 * or comes after its own release is refused (MECHANISMS.md §8, reverse before forward). SKUs without limit alone need
 * no reservation: it would count nothing.
 */
export function decideReserve(
  reservation: Reservation | undefined,
  skuOf: SkuLookup,
  command: Reserve,
  now: Instant,
): readonly NewFact[] | Refusal<ReserveProblem> {
  if (reservation) return again(reservation, command);
  if (command.expiresAt <= now) return reject("stock.reservation_over");
  // Two lines may take the same SKU: each is decided on what the one before it left.
  const left = new Map<string, Sku>();
  const facts: NewFact[] = [];
  const lines = [];
  for (const [index, line] of command.lines.entries()) {
    const sku = left.get(line.skuId) ?? skuOf(line.skuId);
    if (!sku) return reject("stock.unknown_sku", { field: `lines.${index}.skuId`, skuId: line.skuId });
    lines.push({ ...line, counted: !sku.unlimited });
    if (sku.unlimited) continue;
    if (sku.available < line.quantity) {
      return reject("stock.sold_out", {
        field: `lines.${index}.quantity`,
        skuId: sku.skuId,
        name: sku.name,
        left: sku.available,
      });
    }
    const fact = movement(sku, "StockReserved", { orderId: command.orderId, ...line });
    facts.push(fact);
    left.set(sku.skuId, evolveSku(sku, fact));
  }
  if (facts.length === 0) return [];
  const { orderId, expiresAt } = command;
  return [{ stream: reservationKey(orderId), type: "ReservationMade", data: { orderId, expiresAt, lines } }, ...facts];
}
