import type { Cart } from "./cart.ts";
import { addLine } from "./fill-cart.ts";
import type { Shelf, ShelfItem, ShelfOption, ShelfStore } from "./shelf.ts";

/** A small market for tests: two food stores, two sellers of goods. */
export const snackBar: ShelfStore = {
  storeId: "str_snack",
  name: "마당분식",
  status: "APPROVED",
  minOrder: 12_000,
  deliveryAreas: [{ area: "1168010100", fee: 3_000 }],
  openNow: true,
};
export const noodleBar: ShelfStore = { ...snackBar, storeId: "str_noodle", name: "국숫집", minOrder: 0 };
export const clothier: ShelfStore = {
  ...snackBar,
  storeId: "str_shirt",
  name: "옷가게",
  minOrder: 0,
  deliveryAreas: [{ area: "ALL", fee: 2_500 }],
};
export const potter: ShelfStore = { ...clothier, storeId: "str_cup", name: "그릇가게" };

function option(optionId: string, priceDelta: number, stocked = false): ShelfOption {
  return { optionId, name: optionId.slice(4), priceDelta, stocked, status: "ON_SALE" };
}

export const tteokbokki: ShelfItem = {
  itemId: "itm_tteok",
  version: 1,
  storeId: snackBar.storeId,
  kind: "FOOD",
  name: "국물떡볶이",
  basePrice: 9_000,
  status: "ON_SALE",
  optionGroups: [
    { name: "맵기", min: 1, max: 1, options: [option("opt_mild", 0), option("opt_hot", 500)] },
    { name: "추가", min: 0, max: 2, options: [option("opt_egg", 1_000), option("opt_cheese", 1_500)] },
  ],
};
export const noodles: ShelfItem = {
  ...tteokbokki,
  itemId: "itm_noodle",
  storeId: noodleBar.storeId,
  name: "잔치국수",
  basePrice: 7_000,
  optionGroups: [],
};
export const shirt: ShelfItem = {
  ...tteokbokki,
  itemId: "itm_shirt",
  storeId: clothier.storeId,
  kind: "GOODS",
  name: "티셔츠",
  basePrice: 20_000,
  optionGroups: [{ name: "크기", min: 1, max: 1, options: [option("opt_s", 0, true), option("opt_l", 2_000, true)] }],
};
export const cup: ShelfItem = { ...shirt, itemId: "itm_cup", storeId: potter.storeId, name: "컵", optionGroups: [] };

const stores = [snackBar, noodleBar, clothier, potter];
const items = [tteokbokki, noodles, shirt, cup];

/** The market, with some of it changed. */
export function shelfWith(
  changes: { items?: readonly ShelfItem[]; stores?: readonly ShelfStore[]; soldOut?: readonly string[] } = {},
): Shelf {
  return {
    items: new Map([...items, ...(changes.items ?? [])].map((item) => [item.itemId, item])),
    stores: new Map([...stores, ...(changes.stores ?? [])].map((store) => [store.storeId, store])),
    soldOut: new Set(changes.soldOut),
  };
}

/** Adds to the cart; the id of the line is made of the item's. */
export function put(cart: Cart, item: ShelfItem, optionIds: readonly string[] = [], quantity = 1, replace = false) {
  const cartLineId = `cln_${[item.itemId.slice(4), ...optionIds].join("-")}`;
  return addLine(cart, { cartLineId, itemId: item.itemId, optionIds, quantity, replace }, shelfWith());
}
