import { contradictions, type PaymentRow, paymentRows, type TruthRow } from "#app/invariants/truth.ts";
import type { Queryable } from "#platform/db/pool.ts";

/** A gateway's own book, in won. */
export interface Book {
  readonly captured: number;
  readonly refunded: number;
  readonly payments: readonly TruthRow[];
}

const PAYMENTS_MAX = 100_000;

/** The gateways' own books against payments and the ledger: I3, I4, I6; and at rest no attempt is open (I19). */
export async function truthAgrees(
  database: Queryable,
  books: Readonly<Record<"toss" | "kakaopay", Book>>,
): Promise<string[]> {
  const payments = (await database.query<PaymentRow>(undefined, paymentRows, ["", PAYMENTS_MAX])).rows;
  const balances = await database.query<{ account: string; balance: number }>(
    undefined,
    "select account, balance from wallet.balances where class = 'pg_clearing'",
  );
  const wrong = (["toss", "kakaopay"] as const).flatMap((gateway) => {
    const { captured, refunded, payments: rows } = books[gateway];
    const booked = balances.rows.find(({ account }) => account === `pg_clearing:${gateway}`)?.balance ?? 0;
    const clearing = `I3: ${gateway} holds ${captured} - ${refunded}, the ledger says ${booked}`;
    const contradicting = contradictions(gateway, payments, rows).map((one) => `${one.id}: ${JSON.stringify(one)}`);
    return captured - refunded === booked ? contradicting : [clearing, ...contradicting];
  });
  const open = payments.flatMap(({ attempts }) => attempts.filter(({ status }) => /INTENT|UNKNOWN/.test(status)));
  return [...wrong, ...open.map(({ attemptId, status }) => `I19: attempt ${attemptId} is still ${status}`)];
}
