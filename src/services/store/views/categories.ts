import type { Sql } from "#platform/db/sql.ts";

export interface Category {
  readonly code: string;
  readonly ko: string;
  readonly en: string;
}

/** The active categories as a tree in reading order: a parent, then what lies below it. */
export async function readCategories(sql: Sql): Promise<Category[]> {
  const rows = await sql.rows<Category & { sort: number }>(
    "categories",
    "select categories.code, categories.ko, categories.en, categories.sort from categories where categories.active",
  );
  const sortOf = new Map(rows.map((row) => [row.code, row.sort]));
  const place = (code: string) =>
    [2, 4, 6]
      .map((length) => String(sortOf.get(code.slice(0, length)) ?? 0).padStart(6, "0"))
      .slice(0, code.length / 2);
  // A blank sorts before a slash, so a parent stands before what lies below it.
  const order = (code: string) => `${place(code).join("/")} ${code}`;
  return rows.sort((a, b) => (order(a.code) < order(b.code) ? -1 : 1)).map(({ code, ko, en }) => ({ code, ko, en }));
}

/** Which of these codes are no active category. */
export async function unknownCategories(sql: Sql, codes: readonly string[]): Promise<string[]> {
  if (codes.length === 0) return [];
  const rows = await sql.rows<{ code: string }>(
    "categories.known",
    "select categories.code from categories where categories.active and categories.code = any($1)",
    [codes],
  );
  const known = new Set(rows.map((row) => row.code));
  return codes.filter((code) => !known.has(code));
}
