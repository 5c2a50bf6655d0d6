import type { NewFact } from "#platform/core/decision.ts";
import { won } from "#platform/core/money.ts";
import type { Instant } from "#platform/core/time.ts";
import { evolve } from "./evolve.ts";
import type { OrderFact } from "./facts.ts";
import { secureOrder } from "./move-store-order.ts";
import type { Order } from "./order.ts";
import { payOrder } from "./pay-order.ts";
import { type PlaceOrder, placeOrder } from "./place-order.ts";
import type { KnownItem, KnownStore, Priced } from "./price-order.ts";

/** Orders at the stages that tests begin from. */
export const at = "2026-11-21T03:00:00.000Z" as Instant;
export const buyerId = "acc_buyer";
/** When a payment's event is heard, and how long food waits to be accepted. */
export const heard = { now: at, acceptWithin: { minutes: 5 } };

export const snackBar: KnownStore = {
  storeId: "str_snack",
  sellerId: "acc_snack",
  name: "마당분식",
  kind: "FOOD",
  status: "APPROVED",
  minOrder: 8000,
  deliveryAreas: [{ area: "1168010100", fee: 3000 }],
  fulfilments: ["DELIVERY", "PICKUP"],
  autoAccept: false,
};
export const pottery: KnownStore = {
  ...snackBar,
  storeId: "str_pots",
  sellerId: "acc_pots",
  name: "흙과불",
  kind: "GOODS",
  minOrder: 0,
  deliveryAreas: [{ area: "ALL", fee: 2500 }],
  fulfilments: ["PARCEL"],
};
export const teaHouse: KnownStore = { ...pottery, storeId: "str_tea", sellerId: "acc_tea", name: "다원" };

export function item(itemId: string, store: KnownStore, basePrice: number, more: Partial<KnownItem> = {}): KnownItem {
  const { storeId, kind } = store;
  return { itemId, storeId, version: 1, kind, name: itemId, basePrice, status: "ON_SALE", optionGroups: [], ...more };
}

export function priced(...stores: readonly KnownStore[]): Priced {
  const parts = stores.map((store) => ({
    store,
    fulfilment: store.kind === "FOOD" ? ("PICKUP" as const) : ("PARCEL" as const),
    itemsTotal: won(9000),
    deliveryFee: won(0),
    lines: [
      {
        kind: "ITEM" as const,
        itemId: `itm_${store.storeId}`,
        optionIds: [],
        name: "떡볶이",
        optionText: "",
        unitPrice: won(9000),
        quantity: 1,
        amount: won(9000),
        skuIds: [`itm_${store.storeId}`],
      },
    ],
  }));
  const total = won(9000 * stores.length);
  return { kind: stores[0]?.kind ?? "FOOD", itemsTotal: total, deliveryFee: won(0), payable: total, parts };
}

export function placing(basket: Priced, changes: Partial<PlaceOrder> = {}): PlaceOrder {
  return {
    orderId: "ord_1",
    orderNo: "261121-AAAAA-BBBBB",
    buyerId,
    priced: basket,
    cartLineIds: [],
    expectedTotal: basket.payable,
    evenIfDouble: false,
    fingerprint: "떡볶이 1",
    doubleWithinMs: 30_000,
    storeOrderIds: basket.parts.map((_, index) => `sto_${index + 1}`),
    lineIds: basket.parts.map((part, index) => part.lines.map((_, line) => `oln_${index + 1}${line + 1}`)),
    extras: new Map(),
    payBy: "2026-11-21T03:10:00.000Z" as Instant,
    holdsUntil: "2026-11-21T03:25:00.000Z" as Instant,
    isHeld: true,
    acceptWithin: { minutes: 5 },
    ...changes,
  };
}

/** The order after these facts: the same function that makes the live row. */
export function after(order: Order | undefined, facts: readonly NewFact[], when: Instant = at): Order {
  return facts.reduce<Order | undefined>(
    (state, fact) => evolve(state, fact as OrderFact, { at: when, actor: "test" }),
    order,
  ) as Order;
}

export function pending(...stores: readonly KnownStore[]): Order {
  return placedAs({}, ...stores);
}

/** Placed by a command that differs in this. */
export function placedAs(changes: Partial<PlaceOrder>, ...stores: readonly KnownStore[]): Order {
  const basket = priced(...(stores.length > 0 ? stores : [snackBar]));
  const known = { order: undefined, last: undefined };
  return after(undefined, placeOrder(known, placing(basket, changes), at) as NewFact[]);
}

export const approved = { gateway: "toss", method: "카드", amount: 9000, late: false };

export function paid(...stores: readonly KnownStore[]): Order {
  const order = pending(...stores);
  return after(order, payOrder(order, approved, heard) as NewFact[]);
}

export function received(...stores: readonly KnownStore[]): Order {
  const order = paid(...stores);
  return after(order, secureOrder(order, at, { minutes: 5 }));
}
