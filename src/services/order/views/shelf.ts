import type { Static } from "typebox";
import type { ItemSnapshot } from "#contracts/catalog/events.ts";
import type { StoreSnapshot } from "#contracts/store/events.ts";
import { gather } from "#platform/db/gather.ts";
import type { Sql } from "#platform/db/sql.ts";

export type ShelfItem = Static<typeof ItemSnapshot>;
export type ShelfStore = Static<typeof StoreSnapshot>;

/** Our own view of items and stores. Those who ask at the same moment share one statement. */
export interface Shelf {
  items(ids: readonly string[]): Promise<ReadonlyMap<string, ShelfItem>>;
  stores(ids: readonly string[]): Promise<ReadonlyMap<string, ShelfStore>>;
}

interface Row<Data> {
  readonly id: string;
  readonly data: Data;
}

export function createShelf(sql: Sql): Shelf {
  return {
    items: gather(async (ids) =>
      byId(await sql.rows<Row<ShelfItem>>("shelf_items", "select id, data from items where id = any ($1)", [ids])),
    ),
    stores: gather(async (ids) =>
      byId(await sql.rows<Row<ShelfStore>>("shelf_stores", "select id, data from stores where id = any ($1)", [ids])),
    ),
  };
}

function byId<Data>(rows: readonly Row<Data>[]): Map<string, Data> {
  return new Map(rows.map(({ id, data }) => [id, data]));
}
