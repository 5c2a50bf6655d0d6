import { LRUCache } from "lru-cache";
import type { StoredRow } from "./batch.ts";

/**
 * The rows as this process last committed or read them, so that the next command on them need not read them back.
 * They may be out of date: whoever decides on one must have the write check its version, or read it anew.
 */
export interface RowCache {
  get(key: string): StoredRow | undefined;
  /** A row that is gone is forgotten. */
  set(key: string, row: StoredRow): void;
  /** With `isContended` another process is writing some of these rows: they are read each time for a while. */
  forget(keys: Iterable<string>, isContended: boolean): void;
}

/** While another process writes a row, what we remember of it is most likely old, and a try on it lost. */
const DISTRUST_MS = 1_000;

/** Keeps the `max` rows that were used last. `nowMs` counts milliseconds. */
export function createRowCache(max: number, nowMs: () => number): RowCache {
  // Not a Map of rows: as they come and go, one that has grown old would keep them all (docs/why/038).
  const rows = new LRUCache<string, StoredRow>({ max });
  const distrusted = new LRUCache<string, number>({ max });

  function isDistrusted(key: string): boolean {
    const until = distrusted.get(key);
    if (until === undefined) return false;
    if (until > nowMs()) return true;
    distrusted.delete(key);
    return false;
  }

  return {
    get: (key) => rows.get(key),
    set(key, { version, data }) {
      if (data === null || data === undefined || isDistrusted(key)) rows.delete(key);
      else rows.set(key, { version, data });
    },
    forget(keys, isContended) {
      for (const key of keys) {
        rows.delete(key);
        if (isContended) distrusted.set(key, nowMs() + DISTRUST_MS);
      }
    },
  };
}
