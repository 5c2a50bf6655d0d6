import type { StoredFact } from "#platform/facts/change.ts";
import type { CommitWith } from "#platform/facts/record-store.ts";
import type { BooksFact } from "./domain/books.ts";

/**
 * The journals among a batch's facts, for `post_journals`, which runs in the statement that commits the facts: the
 * ledger and what the service knows of it are never apart (MECHANISMS.md §2). Null when there are none.
 */
export function commitWith(facts: readonly StoredFact[]): CommitWith | null {
  const journals = facts.flatMap((stored) => {
    const fact = stored as unknown as BooksFact;
    if (fact.type !== "JournalPosted") return [];
    const { sourceType, sourceId, step, orderId, rule, reverses, postings } = fact.data.journal;
    return [
      {
        source_type: sourceType,
        source_id: sourceId,
        step,
        order_id: orderId,
        at: stored.at,
        rule,
        reverses,
        postings: postings.map(({ account, side, amount, orderLineId }) => {
          return { account, side, amount, order_line_id: orderLineId };
        }),
      },
    ];
  });
  return journals.length === 0 ? null : { function: "post_journals", values: [JSON.stringify(journals)] };
}
