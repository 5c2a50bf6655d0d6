/** One movement of money back to the buyer, as the gateway's own book has it. `at` is ISO UTC. */
export type TruthCancel = { amount: number; transactionKey: string; at: string };

/** What truly happened to one payment, in won. `reference` is the merchant's order id. */
export type TruthRow = {
  reference: string;
  paymentKey: string;
  captured: number;
  refunded: number;
  captures: number;
  cancels: TruthCancel[];
};

export type TruthTotals = { captured: number; refunded: number; payments: TruthRow[] };
export type TruthOfReference = Omit<TruthRow, "paymentKey"> & { payments: TruthRow[] };

/**
 * The gateway's book of money that moved: only effects are written here, never states, so that it can stand as the
 * independent side of every money invariant.
 */
export type Truth = {
  capture(reference: string, paymentKey: string, amount: number): void;
  refund(reference: string, paymentKey: string, cancel: TruthCancel): void;
  totals(options?: { rows?: boolean }): TruthTotals;
  /** All that happened under one order id; zeros when nothing did. */
  of(reference: string): TruthOfReference;
  clear(): void;
};

/** Makes an empty book of truth. */
export function createTruth(): Truth {
  const rows = new Map<string, TruthRow>();
  const keysOfReference = new Map<string, string[]>();
  const sums = { captured: 0, refunded: 0 };

  const rowOf = (reference: string, paymentKey: string): TruthRow => {
    const known = rows.get(paymentKey);
    if (known !== undefined) return known;
    const row: TruthRow = { reference, paymentKey, captured: 0, refunded: 0, captures: 0, cancels: [] };
    rows.set(paymentKey, row);
    const keys = keysOfReference.get(reference);
    if (keys === undefined) keysOfReference.set(reference, [paymentKey]);
    else keys.push(paymentKey);
    return row;
  };

  return {
    capture(reference, paymentKey, amount) {
      const row = rowOf(reference, paymentKey);
      row.captured += amount;
      row.captures += 1;
      sums.captured += amount;
    },
    refund(reference, paymentKey, cancel) {
      const row = rowOf(reference, paymentKey);
      row.refunded += cancel.amount;
      row.cancels.push(cancel);
      sums.refunded += cancel.amount;
    },
    totals: (options) => ({ ...sums, payments: options?.rows === false ? [] : [...rows.values()] }),
    of(reference) {
      const payments = (keysOfReference.get(reference) ?? []).map((key) => rows.get(key)!);
      const sum = (pick: (row: TruthRow) => number) => payments.reduce((total, row) => total + pick(row), 0);
      return {
        reference,
        captured: sum((row) => row.captured),
        refunded: sum((row) => row.refunded),
        captures: sum((row) => row.captures),
        cancels: payments.flatMap((row) => row.cancels),
        payments,
      };
    },
    clear() {
      rows.clear();
      keysOfReference.clear();
      sums.captured = 0;
      sums.refunded = 0;
    },
  };
}
