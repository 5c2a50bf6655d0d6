import { type TEnum, Type } from "typebox";
import { type IdKind, idPattern } from "./ids.ts";

/** Largest amount a client may name: far above any basket, far below 2^53, so that sums stay exact. */
export const WON_MAX = 1_000_000_000_000;

// U+0000 cannot stand in PostgreSQL text and a lone surrogate cannot stand in UTF-8: both are refused at the door, for
// every string, so that one member's text can never break a batch (MECHANISMS.md §2). The server checks it once for
// all.

/** Text of people: trimmed length 1..max, no control characters but line breaks where `lines` says so. */
export function text(maxLength: number, options: { minLength?: number; description?: string } = {}) {
  return Type.String({ minLength: options.minLength ?? 1, maxLength, ...describe(options.description) });
}

export function id(kind: IdKind, description?: string) {
  return Type.String({ pattern: idPattern(kind), ...describe(description) });
}

/** Whole won, zero or more. */
export function wonField(options: { minimum?: number; maximum?: number; description?: string } = {}) {
  return Type.Integer({
    minimum: options.minimum ?? 0,
    maximum: options.maximum ?? WON_MAX,
    ...describe(options.description),
  });
}

/** A version that a client saw: bounded, so that comparing it is exact and storing it cannot fail. */
export function versionField(description?: string) {
  return Type.Integer({ minimum: 1, maximum: Number.MAX_SAFE_INTEGER, ...describe(description) });
}

// The format alone allows offsets, leap seconds and the year 0, which PostgreSQL refuses and which do not sort as text.
const INSTANT = "^[1-9]\\d{3}-\\d{2}-\\d{2}T([01]\\d|2[0-3]):[0-5]\\d:[0-5]\\d\\.\\d{3}Z$";

/** A UTC instant, exactly as `Instant` is written: `2026-11-21T09:00:00.000Z`. */
export function instantField(description?: string) {
  return Type.String({ format: "date-time", pattern: INSTANT, maxLength: 30, ...describe(description) });
}

/** One of a closed list. The result is spelled out, as TypeBox alone would widen the values to any text. */
export function oneOf<const Values extends readonly string[]>(
  values: Values,
  description?: string,
): TEnum<[...Values]> {
  return Type.Enum([...values], describe(description)) as never;
}

/** Bounds of every list: a page of at most 100, and the opaque cursor of the page before. */
export const page = {
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 100, description: "한 쪽의 개수 (기본 20) · page size" })),
  cursor: Type.Optional(
    Type.String({ maxLength: 200, description: "앞 쪽의 nextCursor · nextCursor of the page before" }),
  ),
};

function describe(description: string | undefined) {
  return description === undefined ? {} : { description };
}
