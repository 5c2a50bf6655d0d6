import type { Rig } from "./rig.ts";

interface PaymentRow {
  readonly paymentId: string;
  readonly opened?: { readonly amount: number };
  readonly attempts: readonly {
    readonly attemptId: string;
    readonly operation: "confirm" | "cancel";
    readonly gateway: "toss" | "kakaopay";
    readonly reference: string;
    readonly status: string;
    readonly amount: number;
  }[];
}

/** The gateways' own books against payments and the ledger: I3, I4, I6. Only tests can see the truth. */
export async function truthAgrees({ admin, gateways }: Rig): Promise<string[]> {
  const payments = await admin.query<{ data: PaymentRow }>(
    undefined,
    "select data from payment.states where key like 'pay\\_%'",
  );
  const balances = await admin.query<{ account: string; balance: number }>(
    undefined,
    "select account, balance from wallet.balances where class = 'pg_clearing'",
  );
  const clearing = (["toss", "kakaopay"] as const).flatMap((gateway) => {
    const { captured, refunded } = gateways[gateway].truth.totals({ rows: false });
    const booked = balances.rows.find(({ account }) => account === `pg_clearing:${gateway}`)?.balance ?? 0;
    return captured - refunded === booked
      ? []
      : [`I3: ${gateway} holds ${captured} - ${refunded}, the ledger says ${booked}`];
  });
  const owned = new Set(payments.rows.flatMap(({ data }) => data.attempts.map((attempt) => attempt.reference)));
  const strays = (["toss", "kakaopay"] as const).flatMap((gateway) =>
    gateways[gateway].truth
      .totals()
      .payments.filter((row) => row.captured > 0 && !owned.has(row.reference))
      .map((row) => `I6: ${gateway} captured ${row.reference}, which no attempt knows`),
  );
  return [...clearing, ...strays, ...payments.rows.flatMap(({ data }) => ofPayment(data, gateways))];
}

function ofPayment(payment: PaymentRow, gateways: Rig["gateways"]): string[] {
  const wrong: string[] = [];
  const confirms = payment.attempts.filter((attempt) => attempt.operation === "confirm");
  const truths = confirms.map((attempt) => ({ attempt, truth: gateways[attempt.gateway].truth.of(attempt.reference) }));
  const captures = truths.reduce((sum, { truth }) => sum + truth.captures, 0);
  if (captures > 1) wrong.push(`I4: ${payment.paymentId} was captured ${captures} times`);
  for (const { attempt, truth } of truths) {
    const expected = attempt.status === "SUCCEEDED" ? payment.opened?.amount : 0;
    if (truth.captured !== expected)
      wrong.push(`I6: confirm ${attempt.attemptId} is ${attempt.status}, the gateway captured ${truth.captured}`);
    const sent = payment.attempts.filter((one) => one.operation === "cancel" && one.reference === attempt.reference);
    const back = sent.filter((one) => one.status === "SUCCEEDED").reduce((sum, one) => sum + one.amount, 0);
    if (truth.refunded !== back)
      wrong.push(`I6: ${back} of ${attempt.attemptId} went back, the gateway says ${truth.refunded}`);
  }
  const open = payment.attempts.filter((attempt) => attempt.status === "INTENT" || attempt.status === "UNKNOWN");
  return [...wrong, ...open.map((attempt) => `I19: attempt ${attempt.attemptId} is still ${attempt.status}`)];
}
