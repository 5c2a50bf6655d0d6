import pino from "pino";
import type { Instant } from "#platform/core/time.ts";
import type { Log, LogFields } from "./log.ts";
import { mask } from "./mask.ts";

export const LOG_LEVELS = ["debug", "info", "warn", "error", "silent"] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

export interface LogSwitch {
  readonly log: Log;
  /** Takes effect with the next line. */
  setLevel(level: LogLevel): void;
  level(): LogLevel;
  /** Lines are written some at a time; this writes the rest. Call it before the process ends. */
  flush(): void;
}

export interface LogParts {
  readonly level: LogLevel;
  readonly now: () => Instant;
  /** Stands in every line: `{ process: "order-1" }`. */
  readonly base?: Readonly<Record<string, unknown>>;
  /** Where lines go; standard output unless told. */
  readonly stream?: { write(line: string): void };
}

/** Lines up to this many bytes are written together, once a second at the latest. */
const WRITE_BYTES = 16_000;
const WRITE_EVERY_MS = 1000;

/**
 * JSON lines, every field masked, written by pino's destination. The text is made by JSON.stringify: what mask() gives
 * is plain data, and for it pino's own serialiser takes 1.1 µs a line where this takes 0.2 µs.
 */
export function createLog({ level: first, now, base = {}, stream }: LogParts): LogSwitch {
  const file =
    stream === undefined
      ? pino.destination({ dest: 1, sync: true, minLength: WRITE_BYTES, periodicFlush: WRITE_EVERY_MS })
      : undefined;
  const target = file ?? (stream as { write(line: string): void });
  const baseText = JSON.stringify(base).slice(1, -1);
  const beforeFields = baseText === "" ? '",' : `",${baseText},`;
  let level = first;
  const at = (name: "debug" | "info" | "warn" | "error") => {
    const rank = LOG_LEVELS.indexOf(name);
    const head = `{"level":"${name}","at":"`;
    return (fields: LogFields) => {
      if (rank < LOG_LEVELS.indexOf(level)) return;
      target.write(`${head}${now()}${beforeFields}${JSON.stringify(mask(fields)).slice(1)}\n`);
    };
  };
  return {
    log: { debug: at("debug"), info: at("info"), warn: at("warn"), error: at("error") },
    setLevel: (next) => {
      level = next;
    },
    level: () => level,
    flush: () => file?.flushSync(),
  };
}
