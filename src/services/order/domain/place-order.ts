import { type Refusal, reject } from "#platform/core/decision.ts";
import { siblingId } from "#platform/core/ids.ts";
import type { Won } from "#platform/core/money.ts";
import { epochMs, type Instant, type Span } from "#platform/core/time.ts";
import { evolve } from "./evolve.ts";
import type { OrderFact, OrderFacts } from "./facts.ts";
import type { Order, StoreOrder } from "./order.ts";
import { paid } from "./pay-order.ts";
import type { Priced, PricedPart } from "./price-order.ts";

export interface PlaceOrder {
  readonly orderId: string;
  readonly orderNo: string;
  readonly buyerId: string;
  readonly priced: Priced;
  readonly cartLineIds: readonly string[];
  readonly expectedTotal: Won;
  readonly evenIfDouble: boolean;
  /** What makes two orders look the same: items, options, quantities, stores. */
  readonly fingerprint: string;
  readonly doubleWithinMs: number;
  /** Ids of the parts, and of the lines of each part, made by the caller. */
  readonly storeOrderIds: readonly string[];
  readonly lineIds: readonly (readonly string[])[];
  readonly extras: ReadonlyMap<string, { disposables?: boolean; pickupAt?: Instant; table?: string }>;
  /** Until when the buyer may pay, and until when what is held for it stays held. */
  readonly payBy: Instant;
  readonly holdsUntil: Instant;
  readonly isHeld: boolean;
  readonly acceptWithin: Span;
}

/** What the guard against double orders remembers of a buyer: the last order placed. */
export interface LastOrder {
  readonly fingerprint: string;
  readonly at: Instant;
}

export type PlaceRefusal = "order.not_found" | "order.price_changed" | "order.looks_doubled";

export interface Known {
  readonly order: Order | undefined;
  readonly last: LastOrder | undefined;
}

/** Takes the order in, for which everything is held, at the price that the buyer was shown; or says why not. */
export function placeOrder(
  known: Known,
  command: PlaceOrder,
  now: Instant,
): readonly OrderFact[] | Refusal<PlaceRefusal> {
  const refusal = refusePlacing(known, command, now);
  if (refusal) return refusal;
  const placed: OrderFact = { stream: command.orderId, type: "OrderPlaced", data: orderOf(command) };
  if (command.priced.payable > 0) return [placed];
  const order = evolve(undefined, placed, { at: now, actor: command.buyerId });
  return [placed, ...paid(order, {}, { now, acceptWithin: command.acceptWithin })];
}

/** Why the order cannot be taken in, also before anything is held for it. */
export function refusePlacing(
  { order, last }: Known,
  command: PlaceOrder,
  now: Instant,
): Refusal<PlaceRefusal> | undefined {
  if (order) return taken();
  const { payable } = command.priced;
  if (payable !== command.expectedTotal) {
    return reject("order.price_changed", { field: "expectedTotal", expected: command.expectedTotal, payable });
  }
  const isRecent = last !== undefined && epochMs(now) - epochMs(last.at) < command.doubleWithinMs;
  if (isRecent && last.fingerprint === command.fingerprint && !command.evenIfDouble) {
    return reject("order.looks_doubled", { at: last.at });
  }
  return undefined;
}

/** The id is made by the client: one that is taken is somebody's, and nobody learns whose (MECHANISMS.md §10). */
export function taken(): Refusal<"order.not_found"> {
  return reject("order.not_found", { field: "orderId" });
}

function orderOf(command: PlaceOrder): OrderFacts["OrderPlaced"] {
  const { orderId, orderNo, buyerId, priced, cartLineIds, payBy, holdsUntil, isHeld } = command;
  const { kind, itemsTotal, deliveryFee, payable } = priced;
  const storeOrders = priced.parts.map((part, index) => toStoreOrder(part, index, command));
  return {
    orderId,
    orderNo,
    title: titleOf(storeOrders),
    buyerId,
    kind,
    itemsTotal,
    deliveryFee,
    payable,
    cartLineIds,
    storeOrders,
    ...(payable > 0 ? { paymentId: siblingId("payment", orderId) } : {}),
    ...{ payBy, holdsUntil, isHeld },
  };
}

function toStoreOrder(part: PricedPart, index: number, command: PlaceOrder): StoreOrder {
  const { store, fulfilment, itemsTotal, deliveryFee } = part;
  return {
    storeOrderId: command.storeOrderIds[index] ?? "",
    storeId: store.storeId,
    sellerId: store.sellerId,
    storeName: store.name,
    fulfilment,
    autoAccept: store.autoAccept || store.kind === "GOODS",
    status: "PENDING_PAYMENT",
    itemsTotal,
    deliveryFee,
    total: (itemsTotal + deliveryFee) as Won,
    refunded: 0 as Won,
    lines: part.lines.map((line, at) => ({ orderLineId: command.lineIds[index]?.[at] ?? "", ...line })),
    ...command.extras.get(store.storeId),
    history: [],
  };
}

/** "국물떡볶이 외 2건": what people call an order. At most 100 characters, as the gateways' order names are. */
export function titleOf(storeOrders: readonly StoreOrder[]): string {
  const names = storeOrders.flatMap((part) =>
    part.lines.filter((line) => line.kind === "ITEM").map((line) => line.name),
  );
  const more = names.length > 1 ? ` 외 ${names.length - 1}건` : "";
  return `${(names[0] ?? "").slice(0, 100 - more.length)}${more}`;
}
