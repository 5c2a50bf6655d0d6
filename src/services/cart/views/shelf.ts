import type { Static } from "typebox";
import { type ItemSnapshot, itemChanged } from "#contracts/catalog/events.ts";
import { stockAvailability } from "#contracts/stock/events.ts";
import { type StoreSnapshot, storeChanged } from "#contracts/store/events.ts";
import { isOpen, nextOpening } from "#contracts/store/opening.ts";
import type { Instant } from "#platform/core/time.ts";
import type { Sql } from "#platform/db/sql.ts";
import { project, type View } from "#platform/service.ts";
import type { Cart } from "../domain/cart.ts";
import type { Shelf, ShelfStore } from "../domain/shelf.ts";

/** Items, stores and stock as their owners last told of them. Older news never replaces newer. */
export const shelf: View = {
  name: "shelf",
  projections: [
    project(itemChanged, ({ data }) => ({ id: data.itemId, data, version: data.version }), snapshotSql("items")),
    project(storeChanged, ({ data }) => ({ id: data.storeId, data, version: data.version }), snapshotSql("stores")),
    project(
      stockAvailability,
      ({ data, version }) => ({ id: data.skuId, soldOut: data.soldOut, version }),
      `insert into availability as t (id, sold_out, version)
       select x.id, x."soldOut", x.version from json_to_recordset($1) as x(id text, "soldOut" boolean, version bigint)
       on conflict (id) do update set sold_out = excluded.sold_out, version = excluded.version
       where excluded.version > t.version`,
    ),
  ],
};

function snapshotSql(table: "items" | "stores"): string {
  return `insert into ${table} as t (id, data, version)
    select x.id, x.data, x.version from json_to_recordset($1) as x(id text, data jsonb, version bigint)
    on conflict (id) do update set data = excluded.data, version = excluded.version
    where excluded.version > t.version`;
}

type Row =
  | { readonly what: "item"; readonly id: string; readonly data: Static<typeof ItemSnapshot> }
  | { readonly what: "store"; readonly id: string; readonly data: Static<typeof StoreSnapshot> }
  | { readonly what: "sold-out"; readonly id: string; readonly data: null }
  | { readonly what: "other-cart"; readonly id: string; readonly data: null };

const text = `
  select 'item' as what, items.id, items.data from items where items.id = any($1)
  union all
  select 'store', stores.id, stores.data from stores where stores.id = any($1)
    or stores.id in (select items.data ->> 'storeId' from items where items.id = any($1))
  union all
  select 'sold-out', availability.id, null from availability where availability.id = any($1) and availability.sold_out`;

const textWithCart = `${text}
  union all
  select 'other-cart', $2, null
    where (select states.data::jsonb from states where states.key = $2) is distinct from $3::jsonb`;

/** All that a cart needs to be shown, in one statement: the ids of its items, options and stores in any mixture. */
export async function readShelf(sql: Sql, now: Instant, ids: readonly string[]): Promise<Shelf> {
  return shelfOf(ids.length === 0 ? [] : await sql.rows<Row>("shelf", text, [ids]), now);
}

/** The same, if the row of a cart is the guessed one (null: there is none); else undefined. */
export async function readShelfIfCartIs(
  sql: Sql,
  now: Instant,
  ids: readonly string[],
  guess: { readonly key: string; readonly row: Cart | null },
): Promise<Shelf | undefined> {
  const values = [ids, guess.key, guess.row === null ? null : JSON.stringify(guess.row)];
  const rows = await sql.rows<Row>("shelf_if_cart", textWithCart, values);
  return rows.some((row) => row.what === "other-cart") ? undefined : shelfOf(rows, now);
}

function shelfOf(rows: readonly Row[], now: Instant): Shelf {
  return {
    items: new Map(rows.flatMap((row) => (row.what === "item" ? [[row.id, row.data] as const] : []))),
    stores: new Map(rows.flatMap((row) => (row.what === "store" ? [[row.id, storeAt(row.data, now)] as const] : []))),
    soldOut: new Set(rows.flatMap((row) => (row.what === "sold-out" ? [row.id] : []))),
  };
}

function storeAt(store: Static<typeof StoreSnapshot>, now: Instant): ShelfStore {
  const { storeId, name, status, minOrder, deliveryAreas } = store;
  const opening = nextOpening(store, now);
  return {
    ...{ storeId, name, status, minOrder, deliveryAreas },
    openNow: isOpen(store, now),
    ...(opening === undefined ? {} : { nextOpening: opening }),
  };
}
