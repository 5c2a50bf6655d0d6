import type { TossPayment } from "./payment.ts";

/** An answer in a form that is small to keep and renders to the same bytes each time. */
export type Kept = { payment: TossPayment } | { code: string };

type Entry = { kept: Kept | undefined; atMs: number };

export const keyLifeMs = 15 * 24 * 60 * 60 * 1000;
export const keyLengthMax = 300;

/** What is remembered of Idempotency-Keys (§1.7). */
export type IdempotencyKeys = {
  /** The kept answer, "in-flight", or undefined when the key is new or older than 15 days. */
  find(scope: string, nowMs: number): Kept | "in-flight" | undefined;
  begin(scope: string, nowMs: number): void;
  keep(scope: string, kept: Kept): void;
  /** Puts an answer back that was read from the book. */
  restore(scope: string, kept: Kept, atMs: number): void;
  forget(scope: string): void;
  clear(): void;
};

/** Scope = key + API key + URL + method. The body is no part of it: that is how another payment's answer comes back. */
export function scopeOf(key: string, apiKeyIndex: number, url: string, method: string): string {
  return `${apiKeyIndex} ${method} ${url} ${key}`;
}

/** Makes an empty memory. Entries are in order of first use, so old ones are dropped from the front. */
export function createIdempotencyKeys(): IdempotencyKeys {
  const entries = new Map<string, Entry>();
  const dropOld = (nowMs: number): void => {
    for (const [scope, entry] of entries) {
      if (nowMs - entry.atMs < keyLifeMs) return;
      entries.delete(scope);
    }
  };
  return {
    find(scope, nowMs) {
      const entry = entries.get(scope);
      if (entry === undefined || nowMs - entry.atMs >= keyLifeMs) return undefined;
      return entry.kept ?? "in-flight";
    },
    begin(scope, nowMs) {
      dropOld(nowMs);
      entries.delete(scope);
      entries.set(scope, { kept: undefined, atMs: nowMs });
    },
    keep(scope, kept) {
      const entry = entries.get(scope);
      if (entry !== undefined) entry.kept = kept;
    },
    restore(scope, kept, atMs) {
      entries.set(scope, { kept, atMs });
    },
    forget: (scope) => void entries.delete(scope),
    clear: () => entries.clear(),
  };
}
