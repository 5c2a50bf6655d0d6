import { isRefusal } from "#platform/core/decision.ts";
import { gather } from "#platform/db/gather.ts";
import type { StoredRow } from "./batch.ts";
import { type Batcher, submitChange } from "./batcher.ts";
import type { Change, Records, Rows } from "./change.ts";
import type { RecordStore } from "./record-store.ts";

/** The batcher as a service sees it: one change at a time, and reading as of the last commit. */
export function createRecords(batcher: Batcher, store: RecordStore): Records {
  const read = gather(async (keys) => (await store.load(keys, [])).rows);
  return {
    async change<Code extends string>(change: Change<Code>) {
      const verdict = await submitChange(batcher, change);
      return isRefusal(verdict) ? (verdict as never) : verdict;
    },
    read: async (keys) => rowsOf(await read(keys)),
    async recall(keys) {
      const known = new Map<string, StoredRow>();
      for (const key of keys) {
        const row = batcher.recall(key);
        if (!row) return rowsOf(await read(keys));
        known.set(key, row);
      }
      return rowsOf(known);
    },
  };
}

function rowsOf(rows: ReadonlyMap<string, StoredRow>): Rows {
  return { get: <State>(key: string) => rows.get(key)?.data as State | undefined };
}
