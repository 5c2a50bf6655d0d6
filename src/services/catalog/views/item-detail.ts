import type { Sql } from "#platform/db/sql.ts";
import type { Item } from "../domain/item.ts";
import { soldOut } from "./items.ts";

interface DetailRow {
  readonly item: Item;
  readonly storeName: string;
  readonly soldOut: boolean;
  readonly soldOutOptions: string[];
}

const text = `select states.data as item, stores.name as "storeName", ${soldOut} as "soldOut",
    array(select availability.id from availability where availability.sold_out and availability.id in (
      select jsonb_array_elements_text(
        jsonb_path_query_array(states.data::jsonb, '$.optionGroups[*].options[*].optionId'))
    )) as "soldOutOptions"
  from states join stores on stores.id = states.store_id
  where states.key = $1 and states.data ->> 'status' <> 'HIDDEN' and stores.status = 'APPROVED'`;

/** An item as visitors see it: undefined when it is hidden or its store is not approved; without hidden options. */
export async function findDetail(sql: Sql, itemId: string) {
  const [row] = await sql.rows<DetailRow>("item.detail", text, [itemId]);
  if (row === undefined) return undefined;
  const { sellerId: _seller, createdAt: _created, optionGroups, ...item } = row.item;
  const isGone = new Set(row.soldOutOptions);
  return {
    ...item,
    storeName: row.storeName,
    soldOut: row.soldOut,
    optionGroups: optionGroups.map((group) => ({
      ...group,
      options: group.options
        .filter((option) => option.status !== "HIDDEN")
        .map((option) => ({ ...option, soldOut: option.status === "SOLD_OUT" || isGone.has(option.optionId) })),
    })),
  };
}
