import * as contract from "#contracts/stock/operations.ts";
import { reject } from "#platform/core/decision.ts";
import { cutPage, LAST, readCursor } from "#platform/http/page.ts";
import { handle } from "#platform/service.ts";
import type { Deps } from "../deps.ts";
import type { Sku } from "../domain/sku.ts";
import { sellerOfStore } from "../views/stores.ts";
import { stockView } from "./stock-view.ts";

const pageSize = 20;
// Newest first; an item and its options are opened together, so they stand together.
const newestFirst = `select key, data from states where store_id = $1 and (opened_at, key) < ($2, $3)
  order by opened_at desc, key desc limit $4`;

export const listStoreStock = handle(contract.listStoreStock, async (input, caller, deps: Deps) => {
  const { storeId, cursor, limit = pageSize } = input;
  if ((await sellerOfStore(deps.sql, storeId)) !== caller.id) return reject("stock.store_not_found");
  const after = readCursor(cursor) ?? LAST;
  if (after === "invalid") return reject("stock.cursor_invalid", { field: "cursor" });
  const values = [storeId, after.sorted, after.key, limit + 1];
  const rows = await deps.sql.rows<{ data: Sku }>("stock-list", newestFirst, values);
  const { shown, ...next } = cutPage(rows, limit, ({ data }) => ({ sorted: data.openedAt, key: data.skuId }));
  return { stock: shown.map(({ data }) => stockView(data)), ...next };
});
