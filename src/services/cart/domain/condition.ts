import { add, type Won, won } from "#platform/core/money.ts";
import type { Shelf, ShelfItem, ShelfOption, ShelfStore } from "./shelf.ts";

export type LineCode = "ITEM_GONE" | "ITEM_PAUSED" | "SOLD_OUT" | "OPTION_GONE" | "OPTION_SOLD_OUT" | "OPTION_CHOICE";
export type StoreCode = "STORE_CLOSED" | "STORE_GONE";

/** Something that stands against ordering; `subject` is the option it is about. */
export interface Mark<Code extends string = LineCode> {
  readonly code: Code;
  readonly subject?: string;
}

/** How a choice of an item and its options stands now. */
export interface Condition {
  readonly item: ShelfItem | undefined;
  readonly options: readonly ShelfOption[];
  /** Undefined when it has none any more. */
  readonly unitPrice: Won | undefined;
  readonly marks: readonly Mark[];
}

export interface Choice {
  readonly itemId: string;
  readonly optionIds: readonly string[];
}

export function conditionOf({ itemId, optionIds }: Choice, shelf: Shelf): Condition {
  const item = shelf.items.get(itemId);
  if (item === undefined || item.status === "HIDDEN" || item.status === "DISCONTINUED") {
    return { item: undefined, options: [], unitPrice: undefined, marks: [{ code: "ITEM_GONE" }] };
  }
  const all = item.optionGroups.flatMap((group) => group.options);
  const options = optionIds.flatMap((id) => all.filter((one) => one.optionId === id && one.status !== "HIDDEN"));
  const gone = optionIds.filter((id) => !options.some((option) => option.optionId === id));
  const marks = [...itemMarks(item, options, shelf), ...optionMarks(options, shelf)];
  for (const subject of gone) marks.push({ code: "OPTION_GONE", subject });
  if (gone.length === 0 && brokenGroup(item, optionIds)) marks.push({ code: "OPTION_CHOICE" });
  const unitPrice = gone.length > 0 ? undefined : priceOf(item, options);
  return { item, options, unitPrice, marks };
}

/** The first group of which too few or too many options are chosen. */
export function brokenGroup(item: ShelfItem, optionIds: readonly string[]) {
  return item.optionGroups.find(({ min, max, options }) => {
    const count = options.filter((option) => optionIds.includes(option.optionId)).length;
    return count < min || count > max;
  });
}

export function storeMarks(store: ShelfStore | undefined): Mark<StoreCode>[] {
  if (store?.status !== "APPROVED") return [{ code: "STORE_GONE" }];
  return store.openNow ? [] : [{ code: "STORE_CLOSED" }];
}

/** How a mark is remembered as seen. */
export function markKey({ code, subject }: Mark<string>): string {
  return subject === undefined ? code : `${code}.${subject}`;
}

function priceOf(item: ShelfItem, options: readonly ShelfOption[]): Won {
  return add(won(item.basePrice), ...options.map((option) => won(option.priceDelta)));
}

/** The item's own stock counts only when no chosen option has one of its own. */
function itemMarks(item: ShelfItem, options: readonly ShelfOption[], shelf: Shelf): Mark[] {
  if (item.status === "PAUSED") return [{ code: "ITEM_PAUSED" }];
  const byOption = options.some((option) => option.stocked);
  const isOut = item.status === "SOLD_OUT" || (!byOption && shelf.soldOut.has(item.itemId));
  return isOut ? [{ code: "SOLD_OUT" }] : [];
}

function optionMarks(options: readonly ShelfOption[], shelf: Shelf): Mark[] {
  return options
    .filter(({ optionId, status, stocked }) => status === "SOLD_OUT" || (stocked && shelf.soldOut.has(optionId)))
    .map(({ optionId }) => ({ code: "OPTION_SOLD_OUT", subject: optionId }));
}
