/**
 * Texts kept outside of the database to be fast. Each is a guess: it may be gone, old or wrong at any moment, so
 * whoever reads one must be able to tell, or must not care.
 */
export interface Cache {
  /** @returns undefined when it is not there, or not in time. Never throws. */
  get(key: string): Promise<string | undefined>;
  /** Keeps the text if it can; nobody waits for it. */
  put(key: string, text: string, ttlMs: number): void;
}
