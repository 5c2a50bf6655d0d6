import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { TestApp } from "#platform/testing/app.ts";

/**
 * Makes the time between taking positions and committing visible: up to 30 ms, as a busy disk would. Without it the
 * window in which an order from a sequence is wrong would be a matter of luck.
 */
export async function slowCommits(app: TestApp, variant: "head" | "sequence"): Promise<void> {
  const sql = (await readFile(join(import.meta.dirname, "../sql/001-mechanisms.sql"), "utf8")).replaceAll(
    "%SCHEMA%",
    "tally",
  );
  const start = sql.indexOf("create function tally.commit_batch");
  const whole = sql.slice(start, sql.indexOf("end $$;", start) + "end $$;".length);
  const slow = whole
    .replace("create function", "create or replace function")
    .replace("  return first;", "  perform pg_sleep(random() * 0.03);\n  return first;");
  if (slow.indexOf("pg_sleep") < 0) throw new Error("commit_batch has changed: this test must follow");
  await app.adminSql(variant === "head" ? slow : fromSequence(slow));
  if (variant === "head") return;
  await app.adminSql("create sequence tally.positions; grant usage on sequence tally.positions to public");
  await app.adminSql("drop table tally.head");
  await app.adminSql("create view tally.head as select coalesce(max(f.position), 0) as position from tally.facts f");
  await app.adminSql("grant select on tally.head to public");
  await app.adminSql("alter view tally.head set (security_invoker = true)");
}

/** The mistake that everybody makes once: positions from a sequence are taken in one order and committed in another. */
function fromSequence(text: string): string {
  const taking = "update head set position = position + fact_count returning position - fact_count into first;";
  if (!text.includes(taking)) throw new Error("commit_batch has changed: this test must follow");
  return text.replace(
    taking,
    `select min(p) - 1 into first from (select nextval('positions') as p from generate_series(1, fact_count)) taken;`,
  );
}
