import { assert } from "#platform/core/assert.ts";
import { isRefusal, type Refusal, reject } from "#platform/core/decision.ts";
import { type Books, type BooksFact, lineOf } from "./books.ts";
import { type BooksDraft, draftOf, earnedOf, postEarnings, ruleOf, ruleText, splitTo } from "./draft.ts";
import { credit, debit, type Posting, reversed } from "./journal.ts";

export interface RefundIntent {
  readonly orderId: string;
  readonly refundId: string;
  readonly gateway: string;
  readonly amount: number;
  readonly lines: readonly { readonly orderLineId: string; readonly amount: number }[];
}

export interface RefundResult {
  readonly orderId: string;
  readonly refundId: string;
  readonly gateway: string;
}

export type RefundProblem = "wallet.capture_not_posted" | "wallet.refund_exceeds";

/**
 * J3, before the gateway is asked: takes each line's amount from what is held for it, and what was earned already back
 * from seller and house. Again for the same refund: nothing. Refused until J1 is there, and beyond what a line has
 * left.
 */
export function decideRefundIntent(
  before: Books | undefined,
  intent: RefundIntent,
): readonly BooksFact[] | Refusal<RefundProblem> {
  if (before?.refunds[intent.refundId]) return [];
  if (!before || before.captures.length === 0) return reject("wallet.capture_not_posted");
  const draft = draftOf(before, intent.orderId);
  const refused = postIntent(draft, intent);
  return refused ?? draft.facts;
}

/**
 * J4: the gateway has given the money back. A refund that was made at the gateway without an intent of ours is taken
 * into the books whole. @throws BrokenAssumption when it contradicts what was posted: an operator must look.
 */
export function decideRefundConfirmed(before: Books | undefined, confirmed: RefundIntent): readonly BooksFact[] {
  const { orderId, refundId, gateway, amount } = confirmed;
  const known = before?.refunds[refundId];
  if (known?.status === "CONFIRMED") return [];
  const draft = draftOf(before, orderId);
  if (known) {
    assert(known.status === "INTENT", `${refundId} was refused and is now said to be confirmed`);
    assert(known.gateway === gateway, `${refundId} went out over ${known.gateway}, not over ${gateway}`);
    assert(known.amount === amount, `${refundId} was meant to be ${known.amount} won and came to ${amount}`);
  } else {
    const refused = postIntent(draft, confirmed);
    assert(!isRefusal(refused), `${refundId} gives back what was never captured: ${JSON.stringify(refused)}`);
  }
  draft.post({
    sourceType: "refund",
    sourceId: refundId,
    step: "J4",
    postings: [debit(`refund_in_transit:${gateway}`, amount), credit(`pg_clearing:${gateway}`, amount)],
  });
  return draft.facts;
}

/**
 * The gateway refused for good: the exact reverse of J3. Lines whose store order was completed meanwhile are then
 * earned, and brought to where the rule puts what they have now (other refunds may have come between).
 */
export function decideRefundRefused(before: Books | undefined, refused: RefundResult): readonly BooksFact[] {
  const { orderId, refundId } = refused;
  const known = before?.refunds[refundId];
  if (!known || known.status === "REFUSED") return [];
  assert(known.status === "INTENT", `${refundId} was confirmed and is now said to be refused`);
  const draft = draftOf(before, orderId);
  const source = { sourceType: "refund", sourceId: refundId } as const;
  draft.post({ ...source, step: "J3-reversed", reverses: "J3", postings: reversed(known.postings) });
  const lineIds = new Set(known.postings.flatMap(({ orderLineId }) => orderLineId ?? []));
  postEarnings(draft, source, [...lineIds]);
  return draft.facts;
}

function postIntent(draft: BooksDraft, intent: RefundIntent): Refusal<RefundProblem> | undefined {
  const { refundId, gateway, amount, lines } = intent;
  const sum = lines.reduce((all, line) => all + line.amount, 0);
  assert(sum === amount, `the lines of ${refundId} sum to ${sum}, not to ${amount}`);
  const versions = new Set<string>();
  const postings: Posting[] = [];
  const books = draft.books();
  for (const { orderLineId, amount: asked } of mergedByLine(lines)) {
    const line = lineOf(books, orderLineId);
    const left = line ? line.held + earnedOf(line) : 0;
    if (!line || asked > left) {
      const index = lines.findIndex((one) => one.orderLineId === orderLineId);
      return reject("wallet.refund_exceeds", { field: `lines.${index}.amount`, orderLineId, left });
    }
    const fromHeld = Math.min(asked, line.held);
    const fromEarned = asked - fromHeld;
    if (fromHeld > 0) postings.push(debit(`order_held:${orderLineId}`, fromHeld, orderLineId));
    if (fromEarned === 0) continue;
    const rule = ruleOf(books, line) ?? null;
    if (rule) versions.add(rule.version);
    postings.push(...splitTo(line, earnedOf(line) - fromEarned, rule));
  }
  postings.push(credit(`refund_in_transit:${gateway}`, amount));
  draft.post({ sourceType: "refund", sourceId: refundId, step: "J3", ...ruleText(versions), postings });
}

function mergedByLine(lines: RefundIntent["lines"]): { orderLineId: string; amount: number }[] {
  const sums = new Map<string, number>();
  for (const line of lines) sums.set(line.orderLineId, (sums.get(line.orderLineId) ?? 0) + line.amount);
  return [...sums].map(([orderLineId, amount]) => ({ orderLineId, amount })).filter((line) => line.amount > 0);
}
