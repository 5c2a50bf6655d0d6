import type { Sql } from "#platform/db/sql.ts";
import type { Records } from "#platform/facts/change.ts";
import type { CommissionRule } from "./domain/commission.ts";

/** What the code of wallet may touch. */
export interface Deps {
  readonly records: Records;
  readonly sql: Sql;
  /** The rule for store orders that complete from now on. */
  readonly rule: CommissionRule;
}
