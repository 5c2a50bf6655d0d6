import { type Refusal, reject } from "#platform/core/decision.ts";
import type { Sql } from "#platform/db/sql.ts";
import { cutPage, type Place, readCursor } from "#platform/http/page.ts";
import type { Kind, Status, Store } from "../domain/store.ts";

/** What a list of stores is narrowed by; what is left out does not narrow. */
export interface StoreFilter {
  readonly status?: Status | undefined;
  readonly sellerId?: string | undefined;
  readonly kind?: Kind | undefined;
  /** A code of any level: stores in or below it. */
  readonly category?: string | undefined;
  readonly keyword?: string | undefined;
}

const DEFAULT_LIMIT = 20;
// Each part is a fixed text, so the statements are few and PostgreSQL keeps a plan for each.
const parts: { readonly [Name in keyof StoreFilter]-?: (place: string) => string } = {
  status: (place) => `states.status = ${place}`,
  sellerId: (place) => `states.seller_id = ${place}`,
  kind: (place) => `states.data ->> 'kind' = ${place}`,
  category: (place) =>
    `exists (select from json_array_elements_text(states.data -> 'categories') as code
      where starts_with(code, ${place}))`,
  keyword: (place) => `lower(states.data ->> 'name') like ${place}`,
};

/** A page of stores, newest first: the index gives the order, the filters are looked at along the way. */
export async function findStores(
  sql: Sql,
  filter: StoreFilter,
  page: { readonly limit?: number; readonly cursor?: string },
): Promise<{ stores: Store[]; nextCursor?: string } | Refusal<"store.cursor_invalid">> {
  const after = readCursor(page.cursor);
  if (after === "invalid") return reject("store.cursor_invalid", { field: "cursor" });
  const limit = page.limit ?? DEFAULT_LIMIT;
  const { name, text, values } = statement(filter, after, limit + 1);
  const rows = await sql.rows<{ data: Store }>(name, text, values);
  const { shown, nextCursor } = cutPage(rows, limit, ({ data }) => ({ sorted: data.createdAt, key: data.storeId }));
  return { stores: shown.map((row) => row.data), ...(nextCursor === undefined ? {} : { nextCursor }) };
}

function statement(filter: StoreFilter, after: Place | undefined, count: number) {
  const names = (Object.keys(parts) as (keyof StoreFilter)[]).filter((name) => filter[name] !== undefined);
  const values: unknown[] = names.map((name) =>
    name === "keyword" ? likeAnywhere(filter.keyword ?? "") : filter[name],
  );
  const where = names.map((name, at) => parts[name](`$${at + 1}`));
  if (after !== undefined) {
    values.push(String(after.sorted), after.key);
    where.push(`(states.created_at, states.key) < ($${values.length - 1}, $${values.length})`);
  }
  values.push(count);
  const text = `select states.data from states where ${where.join(" and ")}
    order by states.created_at desc, states.key desc limit $${values.length}`;
  return { name: `stores.${[...names, ...(after ? ["after"] : [])].join(".")}`, text, values };
}

function likeAnywhere(keyword: string): string {
  return `%${keyword
    .normalize("NFC")
    .trim()
    .toLowerCase()
    .replace(/[\\%_]/g, "\\$&")}%`;
}
