import { type Instant, plus, type Span } from "#platform/core/time.ts";
import type { Statements } from "./record-store.ts";

/** What one statement looks at: 1 MB of the table, some thousand rows, a few milliseconds. */
const BLOCKS = 128;
/** Between two of them, so that nobody waits for the housekeeping. */
const PAUSE_MS = 50;
/** Guards of `once.ts` are asked about within seconds; a day outlasts a process that was frozen for hours, too. */
const ONCE_KEPT: Span = { days: -1 };

export interface Forgetting {
  readonly now: Instant;
  /** How long a caller's command is found again; 0: for ever. */
  readonly keptDays: number;
  readonly wait: (ms: number) => Promise<void>;
  /** True as soon as the process stops: what is left waits for the next pass. */
  readonly isOver?: () => boolean;
}

/**
 * Forgets commands that are older than anybody repeats them (MECHANISMS.md §10). Walks through the table itself, piece
 * by piece: an index on `at` would cost every command that is written (docs/why/028). Two processes at it are one too many
 * and do no harm.
 * @returns how many were forgotten.
 */
export async function forgetCommands(schema: string, statements: Statements, on: Forgetting): Promise<number> {
  const { now, keptDays, wait, isOver = () => false } = on;
  const table = `"${schema}".commands`;
  const sized = "select (pg_relation_size($1::regclass) / current_setting('block_size')::int)::int as blocks";
  const forget = `with gone as (
      delete from ${table} c
      where c.ctid >= $1::text::tid and c.ctid < $2::text::tid
        and c.at < case when starts_with(c.id, 'once:') then $3::timestamptz else $4::timestamptz end
      returning 1)
    select count(*)::int as gone from gone`;
  const before = [plus(now, ONCE_KEPT), keptDays === 0 ? null : plus(now, { days: -keptDays })];
  const [size] = await statements.rows<{ blocks: number }>("commands_size", sized, [table]);
  let sum = 0;
  for (let block = 0; block < (size?.blocks ?? 0) && !isOver(); block += BLOCKS) {
    if (block > 0) await wait(PAUSE_MS);
    const piece = [`(${block},0)`, `(${block + BLOCKS},0)`];
    const [row] = await statements.rows<{ gone: number }>("forget_commands", forget, [...piece, ...before]);
    sum += row?.gone ?? 0;
  }
  return sum;
}
