/** One thing that a buyer wants, and what they last saw of it: the difference to today is what they are told (F4). */
export interface CartLine {
  readonly cartLineId: string;
  readonly itemId: string;
  readonly storeId: string;
  readonly kind: "FOOD" | "GOODS";
  /** Sorted, so that the same choice is the same line. */
  readonly optionIds: readonly string[];
  readonly quantity: number;
  /** A copy for the day when the item is gone. */
  readonly name: string;
  readonly seenPrice: number;
  readonly seenMarks: readonly string[];
}

export interface Cart {
  readonly lines: readonly CartLine[];
  /** What was last seen of the stores, by store. */
  readonly seenStoreMarks: Readonly<Record<string, readonly string[]>>;
}

export const EMPTY_CART: Cart = { lines: [], seenStoreMarks: {} };
export const LINES_MAX = 100;
export const QUANTITY_MAX = 99;

export function isEmpty(cart: Cart): boolean {
  return cart.lines.length === 0;
}

/** Everything that the views must be asked for, to show or check this cart. */
export function idsOf(cart: Cart): string[] {
  return [...new Set(cart.lines.flatMap((line) => [line.itemId, line.storeId, ...line.optionIds]))];
}

/** The cart without these lines; what is not there is not missed. */
export function withoutLines(cart: Cart, cartLineIds: readonly string[]): Cart {
  return withLines(
    cart,
    cart.lines.filter((line) => !cartLineIds.includes(line.cartLineId)),
  );
}

/** The cart with other lines; stores that are no longer in it are forgotten. */
export function withLines(cart: Cart, lines: readonly CartLine[]): Cart {
  const stores = new Set(lines.map((line) => line.storeId));
  const seen = Object.entries(cart.seenStoreMarks).filter(([storeId]) => stores.has(storeId));
  return { lines, seenStoreMarks: Object.fromEntries(seen) };
}
