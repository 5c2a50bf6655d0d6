import type { Clock } from "#platform/core/time.ts";
import type { Sql } from "#platform/db/sql.ts";
import type { Records } from "#platform/facts/change.ts";

/** What the code of stock may touch. */
export interface Deps {
  readonly clock: Clock;
  readonly records: Records;
  readonly sql: Sql;
}
