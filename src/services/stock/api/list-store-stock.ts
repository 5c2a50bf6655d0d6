import * as contract from "#contracts/stock/operations.ts";
import { reject } from "#platform/core/decision.ts";
import { handle } from "#platform/service.ts";
import type { Deps } from "../deps.ts";
import type { Sku } from "../domain/sku.ts";
import { sellerOfStore } from "../views/stores.ts";
import { stockView } from "./stock-view.ts";

const pageSize = 20;
// Newest first; an item and its options are opened together, so they stand together.
const firstPage = `select key, data from states where store_id = $1
  order by opened_at desc, key desc limit $2`;
const nextPage = `select key, data from states where store_id = $1 and (opened_at, key) < ($3, $4)
  order by opened_at desc, key desc limit $2`;

export const listStoreStock = handle(contract.listStoreStock, async (input, caller, deps: Deps) => {
  const { storeId, cursor, limit = pageSize } = input;
  if ((await sellerOfStore(deps.sql, storeId)) !== caller.id) return reject("stock.store_not_found");
  const after = cursor === undefined ? undefined : readCursor(cursor);
  if (after === null) return reject("stock.cursor_invalid", { field: "cursor" });
  // One more than asked for: whether it comes tells whether there is a next page.
  const rows = after
    ? await deps.sql.rows<{ data: Sku }>("stock-list-next", nextPage, [storeId, limit + 1, ...after])
    : await deps.sql.rows<{ data: Sku }>("stock-list-first", firstPage, [storeId, limit + 1]);
  const skus = rows.slice(0, limit).map((row) => row.data);
  const last = skus.at(-1);
  const more = rows.length > limit && last !== undefined;
  return { stock: skus.map(stockView), ...(more ? { nextCursor: writeCursor(last.openedAt, last.skuId) } : {}) };
});

function writeCursor(openedAt: string, skuId: string): string {
  return Buffer.from(`${openedAt} ${skuId}`).toString("base64url");
}

/** Null: nothing that we have written. */
function readCursor(cursor: string): readonly [string, string] | null {
  const match = /^(\d{4}-[-:.TZ\d]{19,20}) ((?:itm|opt)_\w{26})$/.exec(Buffer.from(cursor, "base64url").toString());
  return match?.[1] && match[2] ? [match[1], match[2]] : null;
}
