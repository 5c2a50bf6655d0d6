import { setTimeout as pause } from "node:timers/promises";
import type { Pool } from "#platform/db/pool.ts";

/** How approved payments became journals of the ledger. */
export interface Heard {
  readonly events: number;
  /** From the first to the last of these commits. */
  readonly seconds: number;
  /** From the instant of the fact to the commit of its effect, in ms. */
  readonly p50: number;
  readonly p99: number;
  readonly worst: number;
}

/** PostgreSQL notes the instant of each commit from its next start on: nothing else knows when an effect was there. */
export async function stampCommits(pool: Pool): Promise<void> {
  await pool.query(undefined, "alter system set track_commit_timestamp = on");
}

const HEARD = `
  with heard as (
    select pg_xact_commit_timestamp(j.xmin) as done, f.at as said
    from payment.facts f
    join wallet.journals j on j.order_id = 'ord_' || substr(f.stream, 5) and j.step = 'J1'
    where f.type = 'PaymentApproved' and f.at >= $1)
  select count(*)::int as events,
    extract(epoch from max(h.done) - min(h.done))::float as seconds,
    percentile_cont(array[0.5, 0.99, 1]) within group (order by 1000 * extract(epoch from h.done - h.said)::float) as ms
  from heard h`;

export async function heardSince(pool: Pool, sinceMs: number): Promise<Heard> {
  const since = new Date(sinceMs).toISOString();
  type Row = { events: number; seconds: number; ms: readonly number[] };
  const { rows } = await pool.query<Row>(undefined, HEARD, [since]);
  const { events = 0, seconds = 0, ms } = rows[0] ?? {};
  const [p50 = Number.NaN, p99 = Number.NaN, worst = Number.NaN] = (ms ?? []).map((one) => Math.round(10 * one) / 10);
  return { events, seconds, p50, p99, worst };
}

/** Waits until so many are heard. @throws after a minute. */
export async function untilHeard(pool: Pool, sinceMs: number, count: number): Promise<void> {
  for (let tries = 0; ; tries++) {
    const { events } = await heardSince(pool, sinceMs);
    if (events >= count) return;
    if (tries > 120) throw new Error(`${events} of ${count} were heard`);
    await pause(500);
  }
}
