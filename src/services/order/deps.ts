import type { Ids, Random } from "#platform/core/ids.ts";
import type { Call } from "#platform/core/operation.ts";
import type { Clock, Span } from "#platform/core/time.ts";
import { gather } from "#platform/db/gather.ts";
import type { Sql } from "#platform/db/sql.ts";
import type { Records } from "#platform/facts/change.ts";
import type { Kit } from "#platform/service.ts";
import type { SettingsOf } from "#platform/settings.ts";
import type { settings } from "./settings.ts";
import { createShelf, type Shelf } from "./views/shelf.ts";

/** What the code of this service may touch. */
export interface OrderDeps {
  readonly records: Records;
  readonly sql: Sql;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly random: Random;
  readonly call: Call;
  /** Our own view of items and stores. */
  readonly shelf: Shelf;
  /** Rows as they are now, for what is said to those who watch; those who ask at the same moment share one reading. */
  readonly rowsNow: (keys: readonly string[]) => Promise<ReadonlyMap<string, unknown>>;
  readonly times: {
    readonly payWithin: Span;
    readonly holdsOutlast: Span;
    readonly acceptWithin: Span;
    readonly askAgain: Span;
    readonly completesAfter: Readonly<Record<"FOOD" | "GOODS", Span>>;
    readonly doubleWithinMs: number;
  };
}

export function orderDeps(kit: Kit, given: SettingsOf<typeof settings>): OrderDeps {
  const { records, sql, clock, ids, random, call } = kit;
  return {
    records,
    sql,
    clock,
    ids,
    random,
    call,
    shelf: createShelf(sql),
    rowsNow: gather(async (keys) => {
      const rows = await records.read(keys);
      return new Map(keys.map((key) => [key, rows.get(key)]));
    }),
    times: {
      payWithin: { seconds: given.payWithinSeconds },
      holdsOutlast: { seconds: given.holdsOutlastSeconds },
      acceptWithin: { seconds: given.acceptWithinSeconds },
      askAgain: { ms: given.askAgainMs },
      completesAfter: { FOOD: { minutes: given.foodCompletesMinutes }, GOODS: { hours: given.goodsCompleteHours } },
      doubleWithinMs: given.doubleWithinSeconds * 1000,
    },
  };
}
