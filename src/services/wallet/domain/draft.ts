import {
  type Books,
  type BooksFact,
  booksKey,
  emptyBooks,
  evolve,
  type LineBook,
  type LineOwner,
  lineOf,
} from "./books.ts";
import { type CommissionRule, split } from "./commission.ts";
import { assertBalanced, debit, type Journal, moveTo, type Posting } from "./journal.ts";

/** Several journals of one decision, each decided on the books that the one before it left. */
export interface BooksDraft {
  readonly facts: readonly BooksFact[];
  books(): Books;
  post(journal: Omit<Journal, "orderId">, lines?: readonly LineOwner[]): void;
  note(data: Omit<Extract<BooksFact, { type: "CompletionNoted" }>["data"], "orderId">): void;
}

export function draftOf(before: Books | undefined, orderId: string): BooksDraft {
  let books = before ?? emptyBooks(orderId);
  let evolved = 0;
  const facts: BooksFact[] = [];
  const stream = booksKey(orderId);
  return {
    facts,
    // Most decisions are one journal, and nobody asks what comes after it.
    books() {
      for (; evolved < facts.length; evolved++) books = evolve(books, facts[evolved] as BooksFact);
      return books;
    },
    post(given, lines) {
      const journal: Journal = { ...given, orderId };
      assertBalanced(journal);
      facts.push({ stream, type: "JournalPosted", data: { journal, ...(lines ? { lines } : {}) } });
    },
    note: (data) => void facts.push({ stream, type: "CompletionNoted", data: { orderId, ...data } }),
  };
}

/** The rule that splits a line's money; null: it bears no commission. Undefined: its store order is not completed. */
export function ruleOf(books: Books, line: LineBook): CommissionRule | null | undefined {
  const completion = books.completions[line.storeOrderId];
  if (!completion) return undefined;
  return completion.feeLineIds.includes(line.orderLineId) ? null : completion.rule;
}

/**
 * J2 of some lines: what is held for those of completed store orders goes to seller and house, so that afterwards each
 * stands exactly where the rule puts it. Nothing when they stand there already. `lineIds` are those concerned.
 */
export function postEarnings(
  draft: BooksDraft,
  source: Pick<Journal, "sourceType" | "sourceId">,
  lineIds: readonly string[],
): void {
  const books = draft.books();
  const versions = new Set<string>();
  const postings = lineIds.flatMap((orderLineId): Posting[] => {
    const line = lineOf(books, orderLineId);
    const rule = line && ruleOf(books, line);
    if (!line || rule === undefined) return [];
    if (rule) versions.add(rule.version);
    return [
      ...(line.held > 0 ? [debit(`order_held:${orderLineId}`, line.held, orderLineId)] : []),
      ...splitTo(line, line.held + earnedOf(line), rule),
    ];
  });
  if (postings.length === 0) return;
  draft.post({ ...source, step: "J2", ...ruleText(versions), postings });
}

/** The postings that bring a line's three parts to where the rule puts `gross`. */
export function splitTo(line: LineBook, gross: number, rule: CommissionRule | null): Posting[] {
  const { orderLineId } = line;
  const share = split(gross, rule);
  return [
    ...moveTo(`seller_payable:${line.sellerId}`, line.payable, share.payable, orderLineId),
    ...moveTo("commission", line.commission, share.commission, orderLineId),
    ...moveTo("vat_output", line.vat, share.vat, orderLineId),
  ];
}

/** What has been split between seller and house. */
export function earnedOf(line: LineBook): number {
  return line.payable + line.commission + line.vat;
}

export function ruleText(versions: ReadonlySet<string>): { rule?: string } {
  return versions.size === 0 ? {} : { rule: [...versions].sort().join(",") };
}
