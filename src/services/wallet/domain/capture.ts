import { assert } from "#platform/core/assert.ts";
import type { Books, BooksFact, LineOwner } from "./books.ts";
import type { CommissionRule } from "./commission.ts";
import { draftOf, postEarnings } from "./draft.ts";
import { credit, debit } from "./journal.ts";

export interface Capture {
  readonly orderId: string;
  readonly paymentId: string;
  readonly gateway: string;
  readonly amount: number;
  readonly late: boolean;
  readonly lines: readonly (LineOwner & { readonly amount: number })[];
}

export interface Complete {
  readonly orderId: string;
  readonly storeOrderId: string;
  readonly feeLineIds: readonly string[];
  readonly rule: CommissionRule;
}

/**
 * J1: the gateway has the buyer's money, and each line holds its part. Again: nothing. Store orders whose completion
 * came before the money (two feeds, no order between them) are earned at once; a late capture is never, it only goes
 * back.
 */
export function decideCapture(before: Books | undefined, capture: Capture): readonly BooksFact[] {
  const { orderId, paymentId, gateway, amount, late, lines } = capture;
  const step = late ? "J1-late" : "J1";
  if (before?.captures.includes(`${paymentId} ${step}`)) return [];
  const sum = lines.reduce((all, line) => all + line.amount, 0);
  assert(sum === amount, `the lines of ${paymentId} sum to ${sum}, not to ${amount}`);
  const draft = draftOf(before, orderId);
  const held = lines.filter((line) => line.amount > 0);
  const owners = held.map(({ orderLineId, storeOrderId, sellerId }) => ({ orderLineId, storeOrderId, sellerId }));
  draft.post(
    {
      sourceType: "payment",
      sourceId: paymentId,
      step,
      postings: [
        debit(`pg_clearing:${gateway}`, amount),
        ...held.map((line) => credit(`order_held:${line.orderLineId}`, line.amount, line.orderLineId)),
      ],
    },
    owners,
  );
  if (!late) {
    const completions = Object.entries(before?.completions ?? {});
    for (const [storeOrderId] of completions.filter(([, completion]) => !completion.posted)) {
      postEarnings(draft, { sourceType: "store-order", sourceId: storeOrderId }, linesOf(draft.books(), storeOrderId));
    }
  }
  return draft.facts;
}

/**
 * J2: what is held for a completed store order becomes the seller's, less commission and the VAT on it. What the ledger
 * holds decides, not the amounts of the event: a refund may be under way. Again: nothing.
 */
export function decideComplete(before: Books | undefined, complete: Complete): readonly BooksFact[] {
  const { orderId, storeOrderId, feeLineIds, rule } = complete;
  if (before?.completions[storeOrderId]) return [];
  const draft = draftOf(before, orderId);
  draft.note({ storeOrderId, rule, feeLineIds });
  postEarnings(draft, { sourceType: "store-order", sourceId: storeOrderId }, linesOf(draft.books(), storeOrderId));
  return draft.facts;
}

function linesOf({ lines }: Books, storeOrderId: string): string[] {
  return lines.filter((line) => line.storeOrderId === storeOrderId).map((line) => line.orderLineId);
}
