import { reject } from "#platform/core/decision.ts";
import { type Instant, plus, type Span } from "#platform/core/time.ts";
import { fact, type OrderFact, partFact, type Secured } from "./facts.ts";
import { given } from "./given.ts";
import { type Fulfilment, findPart, type Kind, type Order, type Status, type StoreOrder } from "./order.ts";

/** Who may make a move. The door knows the role, this knows the person. */
type Mover = "seller" | "buyer" | "system";

interface Rule {
  readonly from: readonly Status[];
  readonly by: readonly Mover[];
  /** Absent: for every way of handing over. */
  readonly fulfilments?: readonly Fulfilment[];
}

/** The guarded moves forward of DOMAIN.md §4.1; cancelling has its own door (cancel-order.ts). */
export const MOVES: Readonly<Partial<Record<Status, readonly Rule[]>>> = {
  ACCEPTED: [{ from: ["PAID"], by: ["seller", "system"] }],
  PREPARING: [{ from: ["ACCEPTED"], by: ["seller"] }],
  READY: [{ from: ["PREPARING"], by: ["seller"], fulfilments: ["PICKUP", "DINE_IN", "DELIVERY"] }],
  OUT_FOR_DELIVERY: [{ from: ["READY"], by: ["seller"], fulfilments: ["DELIVERY"] }],
  SHIPPED: [{ from: ["PREPARING"], by: ["seller"], fulfilments: ["PARCEL"] }],
  DELIVERED: [
    { from: ["OUT_FOR_DELIVERY"], by: ["seller"], fulfilments: ["DELIVERY"] },
    { from: ["SHIPPED"], by: ["seller"], fulfilments: ["PARCEL"] },
  ],
  COMPLETED: [
    { from: ["READY"], by: ["seller", "buyer"], fulfilments: ["PICKUP", "DINE_IN"] },
    { from: ["DELIVERED"], by: ["buyer", "system"], fulfilments: ["DELIVERY", "PARCEL"] },
  ],
};

export interface MoveStoreOrder {
  readonly storeOrderId: string;
  readonly to: Status;
  readonly by: Mover;
  /** Account of the seller or buyer; their own orders only. */
  readonly accountId?: string;
  readonly estimatedMinutes?: number;
  readonly carrier?: string;
  readonly trackingNo?: string;
  /** After how long a delivered part completes by itself, by kind of goods. */
  readonly completesAfter?: Readonly<Record<Kind, Span>>;
}

export type MoveRefusal = "order.not_found" | "order.wrong_state";

/** Moves a store order one step. The same move twice changes nothing; another's order does not exist. */
export function moveStoreOrder(order: Order | undefined, command: MoveStoreOrder, now: Instant) {
  const { storeOrderId, to, by, accountId, estimatedMinutes, carrier, trackingNo, completesAfter } = command;
  const part = order && findPart(order, storeOrderId);
  if (!order || !part) return reject("order.not_found");
  if (by === "seller" && part.sellerId !== accountId) return reject("order.not_found");
  if (by === "buyer" && order.buyerId !== accountId) return reject("order.not_found");
  if (part.status === to) return [];
  const rule = (MOVES[to] ?? []).find(
    (one) => one.from.includes(part.status) && (one.fulfilments?.includes(part.fulfilment) ?? true),
  );
  if (!rule?.by.includes(by) || (part.status === "PAID" && !order.isSecured)) {
    return reject("order.wrong_state", { status: part.status, to });
  }
  const completed = to === "COMPLETED" ? part.lines : undefined;
  const completesAt = to === "DELIVERED" && completesAfter ? plus(now, completesAfter[order.kind] as Span) : undefined;
  const told = given({ estimatedMinutes, carrier, trackingNo, completed, completesAt });
  return [partFact(order, part, "StoreOrderMoved", { to, ...told })];
}

/** Stock is committed: the order reaches its sellers. */
export function secureOrder(order: Order, now: Instant, acceptWithin: Span): readonly OrderFact[] {
  if (order.isSecured || order.paidAt === undefined) return [];
  const paid = order.storeOrders.filter((part) => part.status === "PAID");
  const { secured, accepted } = toSellers(order, paid, plus(now, acceptWithin));
  return [fact(order, "StockCommitted", secured), ...accepted];
}

/** What the sellers of these parts get: each waits for its own; those who accept by themselves have accepted. */
export function toSellers(
  order: Order,
  parts: readonly StoreOrder[],
  acceptBy: Instant,
): { readonly secured: Secured; readonly accepted: readonly OrderFact[] } {
  const waiting = parts.filter((part) => !part.autoAccept);
  const automatic = parts.filter((part) => part.autoAccept);
  return {
    secured: {
      acceptBy,
      waiting: waiting.map(({ storeOrderId, storeId, sellerId }) => ({ storeOrderId, storeId, sellerId })),
    },
    accepted: automatic.map((part) =>
      partFact(order, part, "StoreOrderMoved", { to: "ACCEPTED", reason: "automatic" }),
    ),
  };
}
