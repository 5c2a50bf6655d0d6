/** A payment with its attempts, as far as a gateway's own book can be compared with it. */
export interface PaymentRow {
  readonly paymentId: string;
  readonly payable: number;
  readonly attempts: readonly AttemptSeen[];
}

export interface AttemptSeen {
  readonly attemptId: string;
  readonly operation: "confirm" | "cancel";
  readonly gateway: string;
  readonly reference: string;
  readonly status: "INTENT" | "SUCCEEDED" | "DECLINED" | "UNKNOWN";
  readonly amount: number;
}

/** One payment in a gateway's own book: what truly moved, in won. */
export interface TruthRow {
  readonly reference: string;
  readonly captured: number;
  readonly refunded: number;
  readonly captures: number;
}

/** One row of the query is a `PaymentRow`; from a key on, so that a long table is read in pieces. */
export const paymentRows = `select key as "paymentId", coalesce((data -> 'opened' ->> 'amount')::bigint, 0) as payable,
    data -> 'attempts' as attempts
  from payment.states where key like 'pay\\_%' and key > $1 order by key limit $2`;

/** What contradicts the gateway's book. `id` is the invariant of MONEY.md §2. */
export interface Contradiction {
  readonly id: "I4" | "I6";
  readonly what: string;
  readonly attemptId?: string;
  readonly reference?: string;
  readonly ours?: string | number;
  readonly theirs?: number;
}

/**
 * One gateway's attempts against its own book (I4, I6): none is DECLINED that it carried out, none is SUCCEEDED that it
 * did not, nothing is captured twice, and it captured nothing of which we know nothing. An attempt that is still INTENT
 * or UNKNOWN may be either.
 */
export function contradictions(
  gateway: string,
  payments: readonly PaymentRow[],
  truth: readonly TruthRow[],
): Contradiction[] {
  const book = summed(truth);
  const known = new Set<string>();
  const found: Contradiction[] = [];
  for (const { payable, attempts } of payments) {
    const own = attempts.filter((attempt) => attempt.gateway === gateway);
    for (const { reference } of own) known.add(reference);
    const confirms = own.filter(({ operation }) => operation === "confirm");
    const captures = confirms.reduce((sum, { reference }) => sum + (book.get(reference)?.captures ?? 0), 0);
    const first = confirms[0];
    if (captures > 1 && first) {
      found.push({ id: "I4", what: "captured more than once", attemptId: first.attemptId, theirs: captures });
    }
    for (const confirm of confirms) found.push(...ofConfirm(confirm, payable, own, book.get(confirm.reference)));
  }
  const strays = [...book.values()].filter(({ captured, reference }) => captured > 0 && !known.has(reference));
  return [
    ...found,
    ...strays.map(({ reference, captured }) => {
      return { id: "I6" as const, what: "captured, and no attempt knows of it", reference, theirs: captured };
    }),
  ];
}

function ofConfirm(
  { attemptId, status, reference }: AttemptSeen,
  payable: number,
  own: readonly AttemptSeen[],
  truth: TruthRow = { reference, captured: 0, refunded: 0, captures: 0 },
): Contradiction[] {
  const possible = { SUCCEEDED: [payable], DECLINED: [0], INTENT: [0, payable], UNKNOWN: [0, payable] }[status];
  const cancels = own.filter((one) => one.operation === "cancel" && one.reference === reference);
  const sum = (...statuses: readonly string[]) =>
    cancels.filter((one) => statuses.includes(one.status)).reduce((all, { amount }) => all + amount, 0);
  const [least, most] = [sum("SUCCEEDED"), sum("SUCCEEDED", "INTENT", "UNKNOWN")];
  const wrong: Contradiction[] = [];
  if (!possible.includes(truth.captured)) {
    wrong.push({ id: "I6", what: "a confirm", attemptId, ours: status, theirs: truth.captured });
  }
  if (truth.refunded < least || truth.refunded > most) {
    const ours = least === most ? least : `${least} to ${most}`;
    wrong.push({ id: "I6", what: "what went back", attemptId, ours, theirs: truth.refunded });
  }
  return wrong;
}

/** A reference may stand for several payments over there: one that failed, and the next. */
function summed(rows: readonly TruthRow[]): ReadonlyMap<string, TruthRow> {
  const sums = new Map<string, TruthRow>();
  for (const { reference, captured, refunded, captures } of rows) {
    const before = sums.get(reference) ?? { captured: 0, refunded: 0, captures: 0 };
    sums.set(reference, {
      reference,
      captured: before.captured + captured,
      refunded: before.refunded + refunded,
      captures: before.captures + captures,
    });
  }
  return sums;
}
