import type { Static } from "typebox";
import type { ItemSnapshot } from "#contracts/catalog/events.ts";
import type { StoreSnapshot } from "#contracts/store/events.ts";
import { gather } from "#platform/db/gather.ts";
import type { Sql } from "#platform/db/sql.ts";

export type ShelfItem = Static<typeof ItemSnapshot>;
export type ShelfStore = Static<typeof StoreSnapshot>;

/** Our own view of items and stores, each by its id. Those who ask at the same moment share one statement. */
export interface Shelf {
  read(itemIds: readonly string[], storeIds: readonly string[]): Promise<OnShelf>;
}

export interface OnShelf {
  readonly items: ReadonlyMap<string, ShelfItem>;
  readonly stores: ReadonlyMap<string, ShelfStore>;
}

export function createShelf(sql: Sql): Shelf {
  const text = `select id, data from items where id = any ($1)
    union all select id, data from stores where id = any ($1)`;
  const find = gather<unknown>(async (ids) => {
    const rows = await sql.rows<{ id: string; data: unknown }>("shelf", text, [ids]);
    return new Map(rows.map(({ id, data }) => [id, data]));
  });
  return {
    async read(itemIds, storeIds) {
      const found = await find([...itemIds, ...storeIds]);
      return { items: among<ShelfItem>(found, itemIds), stores: among<ShelfStore>(found, storeIds) };
    },
  };
}

function among<Data>(found: ReadonlyMap<string, unknown>, ids: readonly string[]): Map<string, Data> {
  return new Map(ids.filter((id) => found.has(id)).map((id) => [id, found.get(id) as Data]));
}
