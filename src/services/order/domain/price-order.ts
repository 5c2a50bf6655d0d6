import { type Refusal, reject } from "#platform/core/decision.ts";
import { add, times, type Won, won, ZERO } from "#platform/core/money.ts";
import type { Fulfilment, Kind } from "./order.ts";

/** What pricing needs of an item and of a store: the order's own view of them, fed by their events. */
export interface KnownItem {
  readonly itemId: string;
  readonly storeId: string;
  readonly version: number;
  readonly kind: Kind;
  readonly name: string;
  readonly basePrice: number;
  readonly status: string;
  readonly optionGroups: readonly KnownGroup[];
}

export interface KnownGroup {
  readonly optionGroupId: string;
  readonly name: string;
  readonly min: number;
  readonly max: number;
  readonly options: readonly {
    readonly optionId: string;
    readonly name: string;
    readonly priceDelta: number;
    readonly stocked: boolean;
    readonly status: string;
  }[];
}

export interface KnownStore {
  readonly storeId: string;
  readonly sellerId: string;
  readonly name: string;
  readonly kind: Kind;
  readonly status: string;
  readonly minOrder: number;
  readonly deliveryAreas: readonly { readonly area: string; readonly fee: number }[];
  readonly fulfilments: readonly string[];
  readonly autoAccept: boolean;
}

export interface Wanted {
  readonly itemId: string;
  readonly optionIds: readonly string[];
  readonly quantity: number;
}

export interface WantedHandover {
  readonly storeId: string;
  readonly fulfilment: Fulfilment;
  readonly area?: string;
}

export interface PricedLine {
  readonly kind: "ITEM" | "DELIVERY_FEE";
  readonly itemId?: string;
  readonly optionIds: readonly string[];
  readonly name: string;
  readonly optionText: string;
  readonly unitPrice: Won;
  readonly quantity: number;
  readonly amount: Won;
  readonly skuIds: readonly string[];
}

export interface PricedPart {
  readonly store: KnownStore;
  readonly fulfilment: Fulfilment;
  readonly itemsTotal: Won;
  readonly deliveryFee: Won;
  readonly lines: readonly PricedLine[];
}

export interface Priced {
  readonly kind: Kind;
  readonly itemsTotal: Won;
  readonly deliveryFee: Won;
  readonly payable: Won;
  readonly parts: readonly PricedPart[];
}

/** Open now, or when it opens next: told by the caller, who has the clock. */
export type Opening = (store: KnownStore) => { readonly isOpen: boolean; readonly opensAt?: string };

export interface Known {
  readonly items: ReadonlyMap<string, KnownItem>;
  readonly stores: ReadonlyMap<string, KnownStore>;
  readonly opening: Opening;
}

/** Largest total of an order: above any basket, and far below what a sum could lose. */
const PAYABLE_MAX = 1_000_000_000;

/** The price of a basket by our own view: quote and placing use this one function, so they cannot differ (G7). */
export function priceOrder(
  lines: readonly Wanted[],
  handovers: readonly WantedHandover[],
  known: Known,
): Priced | Refusal<PricingRefusal> {
  if (lines.length === 0) return reject("order.nothing_to_order", { field: "lines" });
  const byStore = new Map<string, PricedLine[]>();
  for (const [index, wanted] of lines.entries()) {
    const priced = priceLine(wanted, index, known);
    if ("refused" in priced) return priced;
    byStore.set(priced.storeId, [...(byStore.get(priced.storeId) ?? []), priced.line]);
  }
  const parts: PricedPart[] = [];
  for (const [storeId, storeLines] of byStore) {
    const part = pricePart(storeId, storeLines, handovers, known);
    if ("refused" in part) return part;
    parts.push(part);
  }
  return refuseSurplus(handovers, byStore) ?? total(parts);
}

/** What is said of a store that is not in the basket, or said twice, would be kept and mean nothing. */
function refuseSurplus(handovers: readonly WantedHandover[], byStore: ReadonlyMap<string, unknown>) {
  const index = handovers.findIndex(
    ({ storeId }, at) => !byStore.has(storeId) || handovers.findIndex((one) => one.storeId === storeId) !== at,
  );
  if (index < 0) return undefined;
  return reject("order.handover_surplus", { field: `handovers.${index}.storeId`, storeId: handovers[index]?.storeId });
}

export type PricingRefusal =
  | "order.nothing_to_order"
  | "order.handover_missing"
  | "order.handover_surplus"
  | "order.item_gone"
  | "order.item_unavailable"
  | "order.option_invalid"
  | "order.option_choice"
  | "order.mixed_kinds"
  | "order.one_food_store"
  | "order.store_gone"
  | "order.store_closed"
  | "order.below_minimum"
  | "order.fulfilment_not_offered"
  | "order.address_missing"
  | "order.area_not_served"
  | "order.too_much";

function priceLine(
  wanted: Wanted,
  index: number,
  known: Known,
): { readonly storeId: string; readonly line: PricedLine } | Refusal<PricingRefusal> {
  const field = `lines.${index}`;
  const item = known.items.get(wanted.itemId);
  if (!item || item.status === "HIDDEN" || item.status === "DISCONTINUED") {
    return reject("order.item_gone", { field: `${field}.itemId`, itemId: wanted.itemId });
  }
  if (item.status !== "ON_SALE") return reject("order.item_unavailable", { field: `${field}.itemId`, name: item.name });
  const chosen = chooseOptions(item, wanted.optionIds, field);
  if ("refused" in chosen) return chosen;
  const unitPrice = item.basePrice + chosen.reduce((sum, option) => sum + option.priceDelta, 0);
  if (unitPrice < 0 || unitPrice * wanted.quantity > PAYABLE_MAX) {
    return reject("order.too_much", { field: `${field}.quantity`, maximum: PAYABLE_MAX });
  }
  const stocked = chosen.filter((option) => option.stocked).map((option) => option.optionId);
  const line: PricedLine = {
    kind: "ITEM",
    itemId: item.itemId,
    optionIds: wanted.optionIds,
    name: item.name,
    optionText: chosen.map((option) => option.name).join(", "),
    unitPrice: won(unitPrice),
    quantity: wanted.quantity,
    amount: times(won(unitPrice), wanted.quantity),
    skuIds: stocked.length > 0 ? stocked : [item.itemId],
  };
  return { storeId: item.storeId, line };
}

/** Each option once, known and on sale, and in every group as many as it asks for. */
function chooseOptions(item: KnownItem, optionIds: readonly string[], field: string) {
  const chosen = [];
  const all = item.optionGroups.flatMap((group) => group.options);
  for (const [index, optionId] of optionIds.entries()) {
    const option = all.find((one) => one.optionId === optionId);
    if (option?.status !== "ON_SALE" || optionIds.indexOf(optionId) !== index) {
      return reject("order.option_invalid", { field: `${field}.optionIds.${index}`, item: item.name });
    }
    chosen.push(option);
  }
  for (const group of item.optionGroups) {
    const count = group.options.filter((option) => optionIds.includes(option.optionId)).length;
    if (count < group.min || count > group.max) {
      const { name: choice, min, max } = group;
      return reject("order.option_choice", { field: `${field}.optionIds`, item: item.name, group: choice, min, max });
    }
  }
  return chosen;
}

function pricePart(
  storeId: string,
  lines: readonly PricedLine[],
  handovers: readonly WantedHandover[],
  known: Known,
): PricedPart | Refusal<PricingRefusal> {
  const store = known.stores.get(storeId);
  if (store?.status !== "APPROVED") return reject("order.store_gone", { storeId });
  const index = handovers.findIndex((handover) => handover.storeId === storeId);
  const handover = handovers[index];
  if (!handover) return reject("order.handover_missing", { field: "handovers", store: store.name });
  const field = `handovers.${index}`;
  const { fulfilment, area } = handover;
  if (!store.fulfilments.includes(fulfilment)) {
    return reject("order.fulfilment_not_offered", { field: `${field}.fulfilment`, store: store.name });
  }
  const { isOpen, opensAt } = known.opening(store);
  if (!isOpen) return reject("order.store_closed", { store: store.name, opensAt: opensAt ?? null });
  const itemsTotal = add(...lines.map((line) => line.amount));
  if (itemsTotal < store.minOrder) {
    return reject("order.below_minimum", { store: store.name, minOrder: store.minOrder, itemsTotal });
  }
  const fee = deliveryFee(store, fulfilment, area, field);
  if (typeof fee !== "number") return fee;
  // The fee is a line of its store order, so that every won of an order is on a line (MECHANISMS.md §11).
  const allLines = fee > 0 ? [...lines, feeLine(fee)] : lines;
  return { store, fulfilment, itemsTotal, deliveryFee: fee, lines: allLines };
}

function deliveryFee(store: KnownStore, fulfilment: Fulfilment, area: string | undefined, field: string) {
  if (fulfilment === "PICKUP" || fulfilment === "DINE_IN") return ZERO;
  if (area === undefined) return reject("order.address_missing", { field: `${field}.address`, store: store.name });
  const served = store.deliveryAreas.find((one) => one.area === area || one.area === "ALL");
  if (!served) return reject("order.area_not_served", { field: `${field}.address.area`, store: store.name });
  return won(served.fee);
}

function feeLine(fee: Won): PricedLine {
  return {
    kind: "DELIVERY_FEE",
    optionIds: [],
    name: "배달비",
    optionText: "",
    unitPrice: fee,
    quantity: 1,
    amount: fee,
    skuIds: [],
  };
}

function total(parts: readonly PricedPart[]): Priced | Refusal<PricingRefusal> {
  const kinds = new Set(parts.map((part) => part.store.kind));
  if (kinds.size > 1) return reject("order.mixed_kinds");
  const kind = parts[0]?.store.kind ?? "FOOD";
  if (kind === "FOOD" && parts.length > 1) return reject("order.one_food_store");
  const itemsTotal = add(...parts.map((part) => part.itemsTotal));
  const fee = add(...parts.map((part) => part.deliveryFee));
  const payable = add(itemsTotal, fee);
  if (payable > PAYABLE_MAX) return reject("order.too_much", { maximum: PAYABLE_MAX });
  return { kind, itemsTotal, deliveryFee: fee, payable, parts };
}
