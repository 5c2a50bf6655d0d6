import type { Pool } from "#platform/db/pool.ts";
import { readerPool } from "../database.ts";
import { allInvariants } from "../invariants/all.ts";
import type { Invariant } from "../invariants/invariant.ts";
import { attachDatabase } from "../open-database.ts";
import { readForRun } from "../run-config.ts";

const ROWS_SHOWN = 20;
/** Longer than a batch, an event and a step of work take together. */
const LOOK_AGAIN_MS = 1_500;

/** Runs every invariant on the live database with a role that can only read; 0 only if none has an offending row. */
export async function verify(args: readonly string[], env: NodeJS.ProcessEnv): Promise<number> {
  const config = readForRun(args, env);
  const database = await attachDatabase(config);
  const pool = readerPool(database.url);
  try {
    return (await checkAll(pool)) === 0 ? 0 : 1;
  } finally {
    await pool.close();
    await database.stop();
  }
}

async function checkAll(pool: Pool): Promise<number> {
  let broken = 0;
  for (const invariant of allInvariants) {
    const { id, ko, en } = invariant;
    const rows = await offendersOf(invariant, pool);
    console.log(`${rows.length === 0 ? "✓" : "✗"} ${id.padEnd(34)} ${ko} · ${en}`);
    if (rows.length === 0) continue;
    broken += 1;
    for (const row of rows.slice(0, ROWS_SHOWN)) console.log(`    ${JSON.stringify(row)}`);
    if (rows.length > ROWS_SHOWN) console.log(`    … ${rows.length - ROWS_SHOWN} more`);
  }
  const whole = `${allInvariants.length - broken}/${allInvariants.length}`;
  console.log(
    broken === 0 ? `\n모두 지켜집니다 · all hold (${whole})` : `\n깨진 것이 있습니다 · broken (${whole} hold)`,
  );
  return broken;
}

/** What holds at rest only is looked at twice: on a live database a row offends if it still does so after a pause. */
async function offendersOf({ sql, atRest }: Invariant, pool: Pool): Promise<unknown[]> {
  const { rows } = await pool.query(undefined, sql);
  if (!atRest || rows.length === 0) return rows;
  await new Promise((resolve) => setTimeout(resolve, LOOK_AGAIN_MS));
  const before = new Set(rows.map((row) => JSON.stringify(row)));
  const again = await pool.query(undefined, sql);
  return again.rows.filter((row) => before.has(JSON.stringify(row)));
}
