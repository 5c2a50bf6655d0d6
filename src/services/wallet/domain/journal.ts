import { assert } from "#platform/core/assert.ts";
import type { Won } from "#platform/core/money.ts";

/** MONEY.md §1. A late capture is a J1 too: the money is there, whatever became of the order. */
export type Step = "J1" | "J1-late" | "J2" | "J3" | "J3-reversed" | "J4";
export type Side = "DEBIT" | "CREDIT";

export interface Posting {
  /** `class` or `class:whose`: `commission`, `order_held:oln_…`. */
  readonly account: string;
  readonly side: Side;
  readonly amount: Won;
  /** The line whose money it is; absent where a sum over lines is posted (the gateway's accounts). */
  readonly orderLineId?: string;
}

/** One balanced entry. (sourceType, sourceId, step) is unique in the ledger, so a replay posts nothing twice (R16). */
export interface Journal {
  readonly sourceType: "payment" | "store-order" | "refund";
  readonly sourceId: string;
  readonly step: Step;
  readonly orderId: string;
  /** Version of the commission rule that split the amounts. */
  readonly rule?: string;
  /** The step of the same source that this one undoes. */
  readonly reverses?: Step;
  readonly postings: readonly Posting[];
}

export function debit(account: string, amount: number, orderLineId?: string): Posting {
  return { account, side: "DEBIT", amount: amount as Won, ...(orderLineId === undefined ? {} : { orderLineId }) };
}

export function credit(account: string, amount: number, orderLineId?: string): Posting {
  return { account, side: "CREDIT", amount: amount as Won, ...(orderLineId === undefined ? {} : { orderLineId }) };
}

/** Brings a credit-normal account from one figure to another; nothing when they are equal. */
export function moveTo(account: string, from: number, to: number, orderLineId: string): Posting[] {
  if (from === to) return [];
  return [to > from ? credit(account, to - from, orderLineId) : debit(account, from - to, orderLineId)];
}

export function reversed(postings: readonly Posting[]): Posting[] {
  return postings.map((posting) => ({ ...posting, side: posting.side === "DEBIT" ? "CREDIT" : "DEBIT" }));
}

/** What the database checks again when it is written (I1). @throws BrokenAssumption */
export function assertBalanced(journal: Journal): void {
  const whole = journal.postings.every(({ amount }) => Number.isSafeInteger(amount) && amount > 0);
  const sum = journal.postings.reduce((all, { side, amount }) => all + (side === "DEBIT" ? amount : -amount), 0);
  assert(
    whole && sum === 0 && journal.postings.length >= 2,
    `journal ${journal.sourceId} ${journal.step} is not balanced`,
  );
}
