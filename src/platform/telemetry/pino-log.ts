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
const WRITE_BYTES = 4096;
const WRITE_EVERY_MS = 1000;

/** JSON lines by pino, every field masked. */
export function createLog({ level, now, base = {}, stream }: LogParts): LogSwitch {
  const file =
    stream === undefined
      ? pino.destination({ dest: 1, sync: false, minLength: WRITE_BYTES, periodicFlush: WRITE_EVERY_MS })
      : undefined;
  const logger = pino(
    {
      level,
      base: { ...base },
      timestamp: () => `,"at":"${now()}"`,
      formatters: { level: (label) => ({ level: label }) },
    },
    file ?? stream,
  );
  const at = (name: "debug" | "info" | "warn" | "error") => (fields: LogFields) => {
    if (logger.isLevelEnabled(name)) logger[name](mask(fields));
  };
  return {
    log: { debug: at("debug"), info: at("info"), warn: at("warn"), error: at("error") },
    setLevel: (next) => {
      logger.level = next;
    },
    level: () => logger.level as LogLevel,
    flush: () => file?.flushSync(),
  };
}
