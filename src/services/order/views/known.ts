import { itemChanged } from "#contracts/catalog/events.ts";
import { storeChanged } from "#contracts/store/events.ts";
import { project, type View } from "#platform/service.ts";

/** What we know of items and stores, as their owners last told us. Older news never replaces newer. */
export const knownView: View = {
  name: "known",
  projections: [
    project(
      itemChanged,
      ({ data }) => ({ id: data.itemId, version: data.version, data }),
      `insert into items (id, version, data)
       select x.id, x.version, x.data from json_to_recordset($1) as x(id text, version bigint, data jsonb)
       on conflict (id) do update set version = excluded.version, data = excluded.data
       where excluded.version > items.version`,
    ),
    project(
      storeChanged,
      ({ data }) => ({ id: data.storeId, seller_id: data.sellerId, version: data.version, data }),
      `insert into stores (id, seller_id, version, data)
       select x.id, x.seller_id, x.version, x.data
       from json_to_recordset($1) as x(id text, seller_id text, version bigint, data jsonb)
       on conflict (id) do update set seller_id = excluded.seller_id, version = excluded.version, data = excluded.data
       where excluded.version > stores.version`,
    ),
  ],
};
