import { stockAvailability } from "#contracts/stock/events.ts";
import { project, type View } from "#platform/service.ts";

/** Which items and options are out of stock, as stock tells it. What it has not spoken of is not shown as sold out. */
export const availability: View = {
  name: "availability",
  projections: [
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
