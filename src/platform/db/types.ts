import pg from "pg";

type Parser = (text: string) => unknown;

/** Turns an int8 into a number. Throws a RangeError beyond 2^53 - 1: a rounded won would be a wrong won. */
export function parseInteger(text: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value)) throw new RangeError(`int8 ${text} is not a safe integer`);
  return value;
}

const utcTimestamp = /^(\d{4,6}-\d\d-\d\d) (\d\d:\d\d:\d\d)(?:\.(\d{1,6}))?\+00(?::?00)?$/;

/**
 * Turns a timestamptz into ISO text with milliseconds, `2026-01-02T03:04:05.678Z`; microseconds are cut off.
 * Text surgery instead of Date: faster, and cannot shift anything. Every pool sets its time zone to UTC, so another
 * offset means that somebody changed the session: that throws a RangeError.
 */
export function parseInstant(text: string): string {
  const match = utcTimestamp.exec(text);
  if (match === null) {
    if (text === "infinity" || text === "-infinity") return text;
    throw new RangeError(`timestamp ${text} is not in UTC`);
  }
  return `${match[1]}T${match[2]}.${(match[3] ?? "").padEnd(3, "0").slice(0, 3)}Z`;
}

// PostgreSQL's type numbers are part of its wire protocol and never change.
const textArray = pg.types.getTypeParser(1009 as never, "text") as (text: string) => (string | null)[];
const arrayOf =
  (parse: Parser): Parser =>
  (text) =>
    textArray(text).map((part) => (part === null ? null : parse(part)));
const asText: Parser = (text) => text;
const parsers = new Map<number, Parser>([
  [20, parseInteger],
  [1016, arrayOf(parseInteger)],
  [1184, parseInstant],
  [1185, arrayOf(parseInstant)],
  // A date and a local timestamp have no zone: the driver would make a Date in the machine's zone of them.
  [1082, asText],
  [1182, arrayOf(asText)],
  [1114, asText],
  [1115, arrayOf(asText)],
]);

/** The driver's type table with our own readings of whole numbers and times; json and jsonb arrive as values. */
export const ourTypes = {
  getTypeParser(oid: number, format?: "text" | "binary"): Parser {
    return parsers.get(oid) ?? (pg.types.getTypeParser(oid as never, (format ?? "text") as never) as Parser);
  },
};
