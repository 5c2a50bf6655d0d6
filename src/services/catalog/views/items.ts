import { type Refusal, reject } from "#platform/core/decision.ts";
import type { Sql } from "#platform/db/sql.ts";
import { cutPage, type Place, readCursor } from "#platform/http/page.ts";
import type { Item, ItemStatus, Kind } from "../domain/item.ts";

export type Sort = "newest" | "price-low" | "price-high";

/** What a public list is narrowed by; what is left out does not narrow. */
export interface ItemFilter {
  readonly storeId?: string | undefined;
  readonly kind?: Kind | undefined;
  /** A code of any level: items in or below it. */
  readonly category?: string | undefined;
  readonly keyword?: string | undefined;
}

export interface PageInput {
  readonly limit?: number | undefined;
  readonly cursor?: string | undefined;
}

interface Line {
  readonly itemId: string;
  readonly storeId: string;
  readonly storeName: string;
  readonly kind: Kind;
  readonly name: string;
  readonly category: string;
  readonly basePrice: number;
  readonly status: ItemStatus;
  readonly soldOut: boolean;
  readonly createdAt: string;
}

const DEFAULT_LIMIT = 20;
const sorts: Readonly<Record<Sort, { column: string; direction: "asc" | "desc" }>> = {
  newest: { column: "states.created_at", direction: "desc" },
  "price-low": { column: "states.base_price", direction: "asc" },
  "price-high": { column: "states.base_price", direction: "desc" },
};

/**
 * An item is out of stock with its own SKU, or with the last of its options that have one. A subselect for each row and
 * not `exists`, which PostgreSQL would turn into a scan of all that is sold out.
 */
export const soldOut = `case when states.by_option then not exists (
    select from
      jsonb_path_query(states.data::jsonb, '$.optionGroups[*].options[*] ? (@.stocked == true).optionId') as option(id)
    left join availability on availability.id = option.id #>> '{}'
    where availability.sold_out is not true)
  else coalesce((select availability.sold_out from availability where availability.id = states.key), false) end`;

const columns = `states.key as "itemId", states.store_id as "storeId", stores.name as "storeName",
  states.kind, states.data ->> 'name' as name, states.category, states.base_price as "basePrice",
  states.data ->> 'status' as status, states.created_at as "createdAt", ${soldOut} as "soldOut"`;

/** A page of what visitors may see: one statement that walks the index of its sort order. */
export async function findItems(
  sql: Sql,
  filter: ItemFilter,
  { sort = "newest", limit = DEFAULT_LIMIT, cursor }: PageInput & { readonly sort?: Sort | undefined },
): Promise<{ items: Omit<Line, "createdAt">[]; nextCursor?: string } | Refusal<"item.cursor_invalid">> {
  const after = readCursor(cursor);
  if (after === "invalid" || (after && (typeof after.sorted === "string") !== (sort === "newest"))) {
    return reject("item.cursor_invalid", { field: "cursor" });
  }
  const { name, text, values } = statement(filter, sort, after, limit + 1);
  const rows = await sql.rows<Line>(name, text, values);
  const { shown, nextCursor } = cutPage(rows, limit, (row) => ({
    sorted: sort === "newest" ? row.createdAt : row.basePrice,
    key: row.itemId,
  }));
  return {
    items: shown.map(({ createdAt: _, ...line }) => line),
    ...(nextCursor === undefined ? {} : { nextCursor }),
  };
}

function statement(
  { storeId, kind, category, keyword }: ItemFilter,
  sort: Sort,
  after: Place | undefined,
  count: number,
) {
  const { column, direction } = sorts[sort];
  const values: unknown[] = [];
  const place = (value: unknown) => `$${values.push(value)}`;
  const where = ["states.listed", "stores.status = 'APPROVED'"];
  if (storeId !== undefined) where.push(`states.store_id = ${place(storeId)}`);
  if (kind !== undefined) where.push(`states.kind = ${place(kind)}`);
  if (category !== undefined) where.push(categoryIs(category, place(category)));
  if (keyword !== undefined) where.push(`lower(states.data ->> 'name') like ${place(likeAnywhere(keyword))}`);
  if (after !== undefined) {
    const compared = direction === "asc" ? ">" : "<";
    where.push(`(${column}, states.key) ${compared} (${place(after.sorted)}, ${place(after.key)})`);
  }
  const text = `select ${columns} from states join stores on stores.id = states.store_id
    where ${where.join(" and ")} order by ${column} ${direction}, states.key ${direction} limit ${place(count)}`;
  const given = [storeId && "store", kind && "kind", category && `category${category.length}`, keyword && "keyword"];
  const name = ["items", sort, ...given.filter((one) => one !== undefined), ...(after ? ["after"] : [])].join(".");
  return { name, text, values };
}

/** The two lower levels have an index each; the highest holds so much that looking along the way is as good. */
function categoryIs(code: string, place: string): string {
  if (code.length === 6) return `states.category = ${place}`;
  return code.length === 4 ? `left(states.category, 4) = ${place}` : `starts_with(states.category, ${place})`;
}

function likeAnywhere(keyword: string): string {
  return `%${keyword
    .normalize("NFC")
    .trim()
    .toLowerCase()
    .replace(/[\\%_]/g, "\\$&")}%`;
}

/** A page of all items of one store, for its seller. */
export async function findOwnItems(
  sql: Sql,
  storeId: string,
  { limit = DEFAULT_LIMIT, cursor }: PageInput,
): Promise<{ items: Item[]; nextCursor?: string } | Refusal<"item.cursor_invalid">> {
  const after = readCursor(cursor);
  if (after === "invalid") return reject("item.cursor_invalid", { field: "cursor" });
  const rows = after
    ? await sql.rows<{ data: Item }>(
        "items.own.after",
        `select states.data from states where states.store_id = $1 and (states.created_at, states.key) < ($3, $4)
         order by states.created_at desc, states.key desc limit $2`,
        [storeId, limit + 1, String(after.sorted), after.key],
      )
    : await sql.rows<{ data: Item }>(
        "items.own",
        `select states.data from states where states.store_id = $1
         order by states.created_at desc, states.key desc limit $2`,
        [storeId, limit + 1],
      );
  const { shown, nextCursor } = cutPage(rows, limit, ({ data }) => ({ sorted: data.createdAt, key: data.itemId }));
  return { items: shown.map((row) => row.data), ...(nextCursor === undefined ? {} : { nextCursor }) };
}
