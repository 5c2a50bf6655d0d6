import { add, subtract, times, type Won, won, ZERO } from "#platform/core/money.ts";
import type { Cart, CartLine } from "./cart.ts";
import { conditionOf } from "./condition.ts";
import type { Shelf, ShelfStore } from "./shelf.ts";

const KINDS = ["FOOD", "GOODS"] as const;

/** The cart as it would be charged now, by kind and store: prices are the shelf's, never the client's (F1). */
export function basketsOf(cart: Cart, shelf: Shelf, area: string | undefined) {
  return KINDS.flatMap((kind) => {
    const lines = cart.lines.filter((line) => line.kind === kind);
    if (lines.length === 0) return [];
    const storeIds = [...new Set(lines.map((line) => line.storeId))];
    const stores = storeIds.map((storeId) => {
      const ofStore = lines.filter((line) => line.storeId === storeId);
      return storePart(storeId, ofStore, shelf, kind === "GOODS" ? "ALL" : area);
    });
    return [{ kind, stores, itemsTotal: add(...stores.map((store) => store.itemsTotal)) }];
  });
}

function storePart(storeId: string, cartLines: readonly CartLine[], shelf: Shelf, area: string | undefined) {
  const store = shelf.stores.get(storeId);
  const lines = cartLines.map((line) => linePart(line, shelf));
  const itemsTotal = add(...lines.map((line) => line.amount));
  const minOrder = won(store?.minOrder ?? 0);
  const deliveryFee = feeOf(store, area);
  return {
    storeId,
    storeName: store?.name ?? "",
    openNow: store?.openNow ?? false,
    ...(store?.nextOpening === undefined ? {} : { nextOpening: store.nextOpening }),
    lines,
    itemsTotal,
    minOrder,
    shortOfMinOrder: itemsTotal < minOrder ? subtract(minOrder, itemsTotal) : ZERO,
    ...(deliveryFee === undefined ? {} : { deliveryFee }),
  };
}

function linePart(line: CartLine, shelf: Shelf) {
  const { item, options, unitPrice, marks } = conditionOf(line, shelf);
  const isOrderable = unitPrice !== undefined && marks.length === 0;
  return {
    cartLineId: line.cartLineId,
    itemId: line.itemId,
    name: item?.name ?? line.name,
    options: options.map(({ optionId, name }) => ({ optionId, name })),
    quantity: line.quantity,
    ...(unitPrice === undefined ? {} : { unitPrice }),
    amount: isOrderable ? times(unitPrice, line.quantity) : ZERO,
    marks: [...new Set(marks.map((mark) => mark.code))],
  };
}

function feeOf(store: ShelfStore | undefined, area: string | undefined): Won | undefined {
  const served = store?.deliveryAreas.find((one) => one.area === area);
  return served === undefined ? undefined : won(served.fee);
}
