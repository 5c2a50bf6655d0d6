import { setTimeout as pause } from "node:timers/promises";
import { createPool, type Pool } from "#platform/db/pool.ts";

/** What stands in the database since an instant: this is what counts, whatever the load generator has seen. */
export interface Counted {
  /**
   * Orders that are PAID (goods are accepted by themselves at once), whose payment is APPROVED and whose J1 is in the
   * ledger.
   */
  readonly complete: number;
  readonly orders: number;
  /** When the last of these facts was written, ms since 1970. */
  readonly lastAt: number;
}

export interface Traffic {
  /** Transactions, those among them that wrote, and what they wrote to the log. */
  readonly transactions: number;
  readonly commits: number;
  readonly walBytes: number;
}

export function openCounter(databaseUrl: string): Pool {
  return createPool({
    ...{ url: databaseUrl, max: 1, applicationName: "bench", statementTimeoutMs: 60_000 },
    ...{ lockTimeoutMs: 0, idleInTransactionTimeoutMs: 0 },
  });
}

const COMPLETE = `
  with placed as (
    select f.stream as order_id, s.data ->> 'status' as status, 'pay_' || substr(f.stream, 5) as payment_id
    from "order".facts f join "order".states s on s.key = f.stream
    where f.type = 'OrderPlaced' and f.at >= $1)
  select count(*) as orders,
    count(*) filter (
      where o.status in ('PAID', 'ACCEPTED') and p.data ->> 'status' = 'APPROVED' and j.position is not null)
      as complete,
    greatest((select max(f.at) from "order".facts f where f.at >= $1),
      (select max(f.at) from wallet.facts f where f.at >= $1)) as last_at
  from placed o
  left join payment.states p on p.key = o.payment_id
  left join wallet.journals j on j.order_id = o.order_id and j.step = 'J1'`;

/** Waits until nothing more becomes complete (at most 20 s), and counts. */
export async function countSince(pool: Pool, sinceMs: number, wanted: number): Promise<Counted> {
  const since = new Date(sinceMs).toISOString();
  for (let tries = 0; ; tries++) {
    const { rows } = await pool.query<{ orders: number; complete: number; last_at: string }>(undefined, COMPLETE, [
      since,
    ]);
    const { orders = 0, complete = 0, last_at = since } = rows[0] ?? {};
    if (complete >= wanted || tries >= 100) return { orders, complete, lastAt: Date.parse(last_at) };
    await pause(200);
  }
}

/** Counters of the whole server; the difference of two readings is what happened between them. */
export async function trafficOf(pool: Pool): Promise<Traffic> {
  // A backend tells its counters when it is idle for a moment, so the last second's may be missing at once.
  await pause(1_100);
  const text = `select
    (select sum(xact_commit) from pg_stat_database where datname = 'madang') as transactions,
    pg_snapshot_xmax(pg_current_snapshot())::text::bigint as commits,
    pg_current_wal_insert_lsn() - '0/0'::pg_lsn as wal`;
  const { rows } = await pool.query<{ transactions: string; commits: number; wal: string }>(undefined, text);
  const { transactions = "0", commits = 0, wal = "0" } = rows[0] ?? {};
  return { transactions: Number(transactions), commits, walBytes: Number(wal) };
}
