import { bigintColumn, textColumn } from "#platform/db/columns.ts";
import type { StoredFact } from "#platform/facts/change.ts";
import type { CommitWith } from "#platform/facts/record-store.ts";
import type { BooksFact } from "./domain/books.ts";
import type { Journal } from "./domain/journal.ts";

/**
 * The journals among a batch's facts, for `post_journals`, which runs in the statement that commits the facts: the
 * ledger and what the service knows of it are never apart (MECHANISMS.md §2). Null when there are none.
 */
export function commitWith(facts: readonly StoredFact[]): CommitWith | null {
  const posted = facts.flatMap((stored) => {
    const fact = stored as unknown as BooksFact;
    return fact.type === "JournalPosted" ? [{ ...fact.data.journal, at: stored.at }] : [];
  });
  return posted.length === 0 ? null : { function: "post_journals", values: columnsOf(posted) };
}

/** The parameters of `post_journals`, in its order. */
export function columnsOf(journals: readonly (Journal & { readonly at: string })[]): Buffer[] {
  const postings = journals.flatMap((journal, n) =>
    journal.postings.map((posting, line) => ({ ...posting, journal: n + 1, line: line + 1 })),
  );
  return [
    ...(["sourceType", "sourceId", "step", "orderId", "at", "rule", "reverses"] as const).map((name) =>
      textColumn(journals.map((journal) => journal[name] ?? null)),
    ),
    ...[bigintColumn(postings.map((one) => one.journal)), bigintColumn(postings.map((one) => one.line))],
    ...[textColumn(postings.map((one) => one.account)), textColumn(postings.map((one) => one.side))],
    bigintColumn(postings.map((one) => one.amount)),
    textColumn(postings.map((one) => one.orderLineId ?? null)),
  ];
}
