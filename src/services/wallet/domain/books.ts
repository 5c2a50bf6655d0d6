import { assert } from "#platform/core/assert.ts";
import type { NewFact } from "#platform/core/decision.ts";
import type { CommissionRule } from "./commission.ts";
import type { Journal, Posting } from "./journal.ts";

/** A line's money: what is still held for it and how the rest was split. The ledger's accounts, seen from the line. */
export interface LineBook {
  readonly orderLineId: string;
  readonly storeOrderId: string;
  readonly sellerId: string;
  readonly captured: number;
  readonly held: number;
  readonly payable: number;
  readonly commission: number;
  readonly vat: number;
}

export interface Completion {
  readonly rule: CommissionRule;
  /** Lines that bear no commission. */
  readonly feeLineIds: readonly string[];
  /** False until its J2 is posted: it may have been heard before the capture. */
  readonly posted: boolean;
}

export interface RefundBook {
  readonly status: "INTENT" | "CONFIRMED" | "REFUSED";
  readonly gateway: string;
  readonly amount: number;
  /** Of its J3: what a refusal turns round. */
  readonly postings: readonly Posting[];
}

/** What the ledger knows of one order. Row `books:ord_…`. */
export interface Books {
  readonly orderId: string;
  /** `pay_… J1`: captures that have been posted. */
  readonly captures: readonly string[];
  readonly lines: readonly LineBook[];
  readonly completions: Readonly<Record<string, Completion>>;
  readonly refunds: Readonly<Record<string, RefundBook>>;
}

export interface LineOwner {
  readonly orderLineId: string;
  readonly storeOrderId: string;
  readonly sellerId: string;
}

export type BooksFact =
  /** `lines`: whose they are; said by a capture, which is the first that the ledger hears of them. */
  | NewFact<"JournalPosted", { journal: Journal; lines?: readonly LineOwner[] }>
  | NewFact<
      "CompletionNoted",
      { orderId: string; storeOrderId: string; rule: CommissionRule; feeLineIds: readonly string[] }
    >;

export function booksKey(orderId: string): string {
  return `books:${orderId}`;
}

export function emptyBooks(orderId: string): Books {
  return { orderId, captures: [], lines: [], completions: {}, refunds: {} };
}

/** The books after a fact. Pure. What moves a line is read off the postings, so books and ledger tell one story. */
export function evolve(before: unknown, fact: NewFact): Books {
  const said = fact as BooksFact;
  if (said.type === "CompletionNoted") {
    const { orderId, storeOrderId, rule, feeLineIds } = said.data;
    const books = (before as Books | undefined) ?? emptyBooks(orderId);
    return { ...books, completions: { ...books.completions, [storeOrderId]: { rule, feeLineIds, posted: false } } };
  }
  const { journal, lines = [] } = said.data;
  const books = (before as Books | undefined) ?? emptyBooks(journal.orderId);
  return afterStep({ ...books, lines: afterPostings(withOwners(books.lines, lines), journal) }, journal);
}

type Lines = readonly LineBook[];

/** A line of the books. */
export function lineOf({ lines }: Books, orderLineId: string): LineBook | undefined {
  return lines.find((line) => line.orderLineId === orderLineId);
}

function withOwners(lines: Lines, owners: readonly LineOwner[]): Lines {
  const fresh = owners.filter(({ orderLineId }) => !lines.some((line) => line.orderLineId === orderLineId));
  const nothing = { captured: 0, held: 0, payable: 0, commission: 0, vat: 0 };
  return fresh.length === 0 ? lines : [...lines, ...fresh.map((owner) => ({ ...owner, ...nothing }))];
}

const columns: Readonly<Record<string, "held" | "payable" | "commission" | "vat">> = {
  order_held: "held",
  seller_payable: "payable",
  commission: "commission",
  vat_output: "vat",
};

function afterPostings(lines: Lines, journal: Journal): Lines {
  const next = [...lines];
  const isCapture = journal.step === "J1" || journal.step === "J1-late";
  for (const { account, side, amount, orderLineId } of journal.postings) {
    const column = columns[account.split(":")[0] ?? ""];
    if (orderLineId === undefined || column === undefined) continue;
    const at = next.findIndex((line) => line.orderLineId === orderLineId);
    const line = next[at];
    assert(line, `${journal.step} posts to a line that was never captured: ${orderLineId}`);
    const captured = line.captured + (isCapture ? amount : 0);
    next[at] = { ...line, captured, [column]: line[column] + (side === "CREDIT" ? amount : -amount) };
  }
  return next;
}

function afterStep(books: Books, journal: Journal): Books {
  const { sourceId, step } = journal;
  switch (step) {
    case "J1":
    case "J1-late":
      return { ...books, captures: [...books.captures, `${sourceId} ${step}`] };
    case "J2": {
      const completion = journal.sourceType === "store-order" ? books.completions[sourceId] : undefined;
      if (!completion) return books;
      return { ...books, completions: { ...books.completions, [sourceId]: { ...completion, posted: true } } };
    }
    case "J3": {
      const { postings } = journal;
      const transit = postings.find(({ account }) => account.startsWith("refund_in_transit:"));
      assert(transit, `a refund intent without its amount: ${sourceId}`);
      const gateway = transit.account.slice("refund_in_transit:".length);
      return withRefund(books, sourceId, { status: "INTENT", gateway, amount: transit.amount, postings });
    }
    case "J4":
      return withRefund(books, sourceId, { ...refundOf(books, sourceId), status: "CONFIRMED" });
    case "J3-reversed":
      return withRefund(books, sourceId, { ...refundOf(books, sourceId), status: "REFUSED" });
  }
}

function withRefund(books: Books, refundId: string, refund: RefundBook): Books {
  return { ...books, refunds: { ...books.refunds, [refundId]: refund } };
}

function refundOf(books: Books, refundId: string): RefundBook {
  const refund = books.refunds[refundId];
  assert(refund, `a refund without an intent: ${refundId}`);
  return refund;
}
