/** Where a page ended: the value it is sorted by, and the key that tells equal values apart. */
export interface Place {
  readonly sorted: string | number;
  readonly key: string;
}

/** Before every text and after every instant and id: where a list begins that runs upwards, or downwards. */
export const FIRST: Place = { sorted: "", key: "" };
export const LAST: Place = { sorted: "~", key: "~" };

/** The opaque text of a place; what a client makes up itself is `"invalid"`. */
export function readCursor(cursor: string | undefined): Place | undefined | "invalid" {
  if (cursor === undefined) return undefined;
  const value = parsed(Buffer.from(cursor, "base64url").toString("utf8"));
  if (!Array.isArray(value) || value.length !== 2) return "invalid";
  const [sorted, key] = value as unknown[];
  const whole = typeof sorted === "string" || Number.isSafeInteger(sorted);
  // U+0000 cannot stand in a text parameter: PostgreSQL would answer with an error instead of an empty page.
  if (!whole || typeof key !== "string" || `${sorted}${key}`.includes("\0")) return "invalid";
  return { sorted: sorted as string | number, key };
}

/** Cuts `limit + 1` rows that were read to a page; the row too many only says that there is a next one. */
export function cutPage<Row>(rows: readonly Row[], limit: number, placeOf: (row: Row) => Place) {
  const shown = rows.slice(0, limit);
  const last = shown.at(-1);
  if (rows.length <= limit || last === undefined) return { shown };
  const { sorted, key } = placeOf(last);
  return { shown, nextCursor: Buffer.from(JSON.stringify([sorted, key])).toString("base64url") };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
