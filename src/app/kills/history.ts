import { closeSync, openSync, readSync, writeSync } from "node:fs";
import type { Essence } from "./essence.ts";

/** One line of what the people outside saw (RELIABILITY.md §5.3), in the order in which it happened to them. */
export interface Entry {
  /** Ms since 1970, by the load's clock. */
  readonly at: number;
  readonly client: string;
  readonly op: string;
  /** The Idempotency-Key; of a read or a log-in a name that nobody else uses. */
  readonly key: string;
  /**
   * `unknown`: the request may have been carried out, and nobody was told. It is asked again with the same key, until
   * an `ok` or a `fail` resolves it.
   */
  readonly type: "invoke" | "ok" | "fail" | "unknown";
  /** What was asked for, what was told, or why nothing was. */
  readonly value: Essence & { readonly why?: string };
}

export interface HistoryWriter {
  write(entry: Omit<Entry, "at">): void;
  close(): void;
}

/** Each line is with the kernel before the next thing happens: what was told is written before it is acted on. */
export function writeHistory(path: string): HistoryWriter {
  const file = openSync(path, "a");
  return {
    write: (entry) => void writeSync(file, `${JSON.stringify({ at: Date.now(), ...entry })}\n`),
    close: () => closeSync(file),
  };
}

const PIECE_BYTES = 1 << 20;

/** Reads a history that is still being written: each time what has come since. */
export function readHistory(path: string): { more(): Entry[]; close(): void } {
  const file = openSync(path, "a+");
  const piece = Buffer.alloc(PIECE_BYTES);
  let at = 0;
  let rest = Buffer.alloc(0);
  function more(): Entry[] {
    const entries: Entry[] = [];
    for (;;) {
      const count = readSync(file, piece, 0, PIECE_BYTES, at);
      if (count === 0) return entries;
      at += count;
      const bytes = Buffer.concat([rest, piece.subarray(0, count)]);
      const end = bytes.lastIndexOf(0x0a) + 1;
      rest = Buffer.from(bytes.subarray(end));
      for (const line of bytes.toString("utf8", 0, end).split("\n")) if (line) entries.push(JSON.parse(line) as Entry);
    }
  }
  return { more, close: () => closeSync(file) };
}
