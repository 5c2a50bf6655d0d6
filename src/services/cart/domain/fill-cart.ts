import { type Refusal, reject } from "#platform/core/decision.ts";
import type { Won } from "#platform/core/money.ts";
import { type Cart, type CartLine, LINES_MAX, QUANTITY_MAX, withLines, withoutLines } from "./cart.ts";
import { brokenGroup, type Choice, conditionOf, markKey, storeMarks } from "./condition.ts";
import type { Shelf, ShelfItem } from "./shelf.ts";

export interface Addition extends Choice {
  /** The id of the line, if it becomes a new one. */
  readonly cartLineId: string;
  readonly quantity: number;
  readonly replace: boolean;
}

export type ChoiceCode =
  | "cart.item_not_found"
  | "cart.item_not_on_sale"
  | "cart.sold_out"
  | "cart.option_not_available"
  | "cart.option_choice"
  | "cart.quantity_limit";

/**
 * Puts an item into the cart at today's price (F1). Food of another store is refused unless the buyer said to let go of
 * it (F3); the same choice again only raises its line.
 */
export function addLine(
  cart: Cart,
  addition: Addition,
  shelf: Shelf,
): Cart | Refusal<ChoiceCode | "cart.other_store" | "cart.full"> {
  const choice = { itemId: addition.itemId, optionIds: sorted(addition.optionIds) };
  const offer = offerOf(choice, shelf);
  if ("refused" in offer) return offer;
  const { item, unitPrice } = offer;
  const stranger = cart.lines.find((line) => isOtherFood(line, item));
  if (stranger && !addition.replace) {
    return reject("cart.other_store", { store: shelf.stores.get(stranger.storeId)?.name ?? "" });
  }
  const kept = withLines(
    cart,
    cart.lines.filter((line) => !isOtherFood(line, item)),
  );
  const same = kept.lines.find((line) => isSameChoice(line, choice));
  const quantity = addition.quantity + (same?.quantity ?? 0);
  if (quantity > QUANTITY_MAX) return reject("cart.quantity_limit", { field: "quantity", maximum: QUANTITY_MAX });
  if (!same && kept.lines.length >= LINES_MAX) return reject("cart.full", { maximum: LINES_MAX });
  const line: CartLine = {
    ...choice,
    cartLineId: same?.cartLineId ?? addition.cartLineId,
    storeId: item.storeId,
    kind: item.kind,
    quantity,
    name: item.name,
    seenPrice: unitPrice,
    seenMarks: [],
  };
  const lines = same ? kept.lines.map((one) => (one === same ? line : one)) : [...kept.lines, line];
  // Whoever adds something looks at the store just now, so that it is closed tonight is no news to them.
  const seenNow = storeMarks(shelf.stores.get(item.storeId)).map(markKey);
  return withLines({ lines, seenStoreMarks: { ...kept.seenStoreMarks, [item.storeId]: seenNow } }, lines);
}

/** Another quantity, or other options at today's price. When only the quantity moves, what is unseen stays unseen. */
export function changeLine(
  cart: Cart,
  change: {
    readonly cartLineId: string;
    readonly quantity?: number | undefined;
    readonly optionIds?: readonly string[] | undefined;
  },
  shelf: Shelf,
): Cart | Refusal<ChoiceCode | "cart.line_not_found"> {
  const line = cart.lines.find((one) => one.cartLineId === change.cartLineId);
  if (line === undefined) return reject("cart.line_not_found");
  const quantity = change.quantity ?? line.quantity;
  if (change.optionIds === undefined) {
    return { ...cart, lines: cart.lines.map((one) => (one === line ? { ...line, quantity } : one)) };
  }
  const choice = { itemId: line.itemId, optionIds: sorted(change.optionIds) };
  const offer = offerOf(choice, shelf);
  if ("refused" in offer) return offer;
  // Two lines of one choice would be one thing with two quantities.
  const same = cart.lines.find((one) => one !== line && isSameChoice(one, choice));
  const together = quantity + (same?.quantity ?? 0);
  if (together > QUANTITY_MAX) return reject("cart.quantity_limit", { field: "quantity", maximum: QUANTITY_MAX });
  const seen = { seenPrice: offer.unitPrice, seenMarks: [], name: offer.item.name };
  const changed = { ...line, ...choice, ...seen, quantity: together };
  const lines = cart.lines.filter((one) => one !== same).map((one) => (one === line ? changed : one));
  return withLines(cart, lines);
}

export function removeLine(cart: Cart, cartLineId: string): Cart | Refusal<"cart.line_not_found"> {
  const isThere = cart.lines.some((line) => line.cartLineId === cartLineId);
  return isThere ? withoutLines(cart, [cartLineId]) : reject("cart.line_not_found");
}

/** What can be bought right now at which price, or why this choice cannot. */
function offerOf(choice: Choice, shelf: Shelf): { item: ShelfItem; unitPrice: Won } | Refusal<ChoiceCode> {
  const { item, unitPrice, marks } = conditionOf(choice, shelf);
  if (!item || shelf.stores.get(item.storeId)?.status !== "APPROVED") {
    return reject("cart.item_not_found", { field: "itemId" });
  }
  for (const { code, subject } of marks) {
    if (code === "ITEM_PAUSED") return reject("cart.item_not_on_sale", { field: "itemId", name: item.name });
    if (code === "SOLD_OUT") return reject("cart.sold_out", { field: "itemId", name: item.name });
    if (code === "OPTION_CHOICE") {
      const { name: group = "", min = 0, max = 0 } = brokenGroup(item, choice.optionIds) ?? {};
      return reject("cart.option_choice", { field: "optionIds", group, min, max });
    }
    if (code === "OPTION_SOLD_OUT" || code === "OPTION_GONE") {
      return reject("cart.option_not_available", { field: "optionIds", optionId: subject ?? "" });
    }
  }
  return unitPrice === undefined ? reject("cart.item_not_found", { field: "itemId" }) : { item, unitPrice };
}

function isOtherFood(line: CartLine, item: ShelfItem): boolean {
  return line.kind === "FOOD" && item.kind === "FOOD" && line.storeId !== item.storeId;
}

function isSameChoice(line: CartLine, choice: Choice): boolean {
  return line.itemId === choice.itemId && line.optionIds.join() === choice.optionIds.join();
}

/** Each option once and in one order, so that the same choice is the same line. */
function sorted(optionIds: readonly string[]): string[] {
  return [...new Set(optionIds)].toSorted();
}
