import type { Cart, CartLine } from "./cart.ts";
import { conditionOf, type LineCode, markKey, type StoreCode, storeMarks } from "./condition.ts";
import type { Shelf } from "./shelf.ts";

export type NoticeCode = LineCode | StoreCode | "PRICE_CHANGED";

/** A change that the buyer has not seen. Its id names what it shows, so that a later change cannot pass for seen. */
export interface Notice {
  readonly noticeId: string;
  readonly code: NoticeCode;
  readonly storeId: string;
  readonly cartLineId?: string;
  readonly args: Record<string, string | number>;
}

/** Everything that is worse or dearer or cheaper than what the buyer last saw: one notice for each (F4). */
export function unseenNotices(cart: Cart, shelf: Shelf): Notice[] {
  const storeIds = [...new Set(cart.lines.map((line) => line.storeId))];
  return [
    ...storeIds.flatMap((storeId) => storeNotices(storeId, cart.seenStoreMarks[storeId] ?? [], shelf)),
    ...cart.lines.flatMap((line) => lineNotices(line, shelf)),
  ];
}

/** Remembers these notices as seen, as far as they still say what is true, and forgets what no longer holds. */
export function markSeen(cart: Cart, noticeIds: readonly string[], shelf: Shelf): Cart {
  const seen = new Set(noticeIds);
  const lines = cart.lines.map((line) => seenLine(line, seen, shelf));
  const storeIds = [...new Set(lines.map((line) => line.storeId))];
  const seenStoreMarks = storeIds.map((storeId) => {
    const before = cart.seenStoreMarks[storeId] ?? [];
    const keys = storeMarks(shelf.stores.get(storeId)).map(markKey);
    return [storeId, keys.filter((key) => before.includes(key) || seen.has(`${storeId}.${key}`))] as const;
  });
  return { lines, seenStoreMarks: Object.fromEntries(seenStoreMarks) };
}

function seenLine(line: CartLine, seen: ReadonlySet<string>, shelf: Shelf): CartLine {
  const { unitPrice, marks } = conditionOf(line, shelf);
  const isPriceSeen = unitPrice !== undefined && seen.has(priceNoticeId(line, unitPrice));
  // A mark that went away is forgotten here, so that it is news when it comes back.
  const seenMarks = marks
    .map(markKey)
    .filter((key) => line.seenMarks.includes(key) || seen.has(`${line.cartLineId}.${key}`));
  return { ...line, seenMarks, ...(isPriceSeen ? { seenPrice: unitPrice } : {}) };
}

function lineNotices(line: CartLine, shelf: Shelf): Notice[] {
  const { cartLineId, storeId } = line;
  const { item, options, unitPrice, marks } = conditionOf(line, shelf);
  const name = item?.name ?? line.name;
  const notices: Notice[] = marks
    .filter((mark) => !line.seenMarks.includes(markKey(mark)))
    .map((mark) => {
      const option = options.find((one) => one.optionId === mark.subject)?.name;
      const args = { name, ...(option === undefined ? {} : { option }) };
      return { noticeId: `${cartLineId}.${markKey(mark)}`, code: mark.code, storeId, cartLineId, args };
    });
  if (unitPrice !== undefined && unitPrice !== line.seenPrice) {
    const args = { name, from: line.seenPrice, to: unitPrice };
    notices.push({ noticeId: priceNoticeId(line, unitPrice), code: "PRICE_CHANGED", storeId, cartLineId, args });
  }
  return notices;
}

function storeNotices(storeId: string, seen: readonly string[], shelf: Shelf): Notice[] {
  const store = shelf.stores.get(storeId);
  return storeMarks(store)
    .filter((mark) => !seen.includes(markKey(mark)))
    .map((mark) => ({
      noticeId: `${storeId}.${markKey(mark)}`,
      code: mark.code,
      storeId,
      args: { store: store?.name ?? "", ...(store?.nextOpening ? { opensAt: store.nextOpening } : {}) },
    }));
}

function priceNoticeId(line: CartLine, unitPrice: number): string {
  return `${line.cartLineId}.PRICE_CHANGED.${unitPrice}`;
}
