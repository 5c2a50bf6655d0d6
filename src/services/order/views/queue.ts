import { orderPaid, orderPlaced, storeOrderMoved } from "#contracts/order/events.ts";
import { project, type View } from "#platform/service.ts";

/** The sellers' queue: a row for each store order, shown from the moment it is paid. */
export const queueView: View = {
  name: "queue",
  projections: [
    project(
      orderPlaced,
      ({ data, version, key }) => ({
        id: key,
        version,
        rows: data.storeOrders.map((part) => ({
          id: part.storeOrderId,
          order_id: data.orderId,
          order_no: data.orderNo,
          store_id: part.storeId,
          fulfilment: part.fulfilment,
          title: data.title,
          total: part.lines.reduce((sum, line) => sum + line.amount, 0),
          lines: part.lines,
        })),
      }),
      `insert into store_orders (id, order_id, order_no, store_id, status, fulfilment, title, total, lines, version)
       select r.id, r.order_id, r.order_no, r.store_id, 'CREATED', r.fulfilment, r.title, r.total, r.lines, x.version
       from json_to_recordset($1) as x(version bigint, rows json),
         json_to_recordset(x.rows) as r(id text, order_id text, order_no text, store_id text, fulfilment text,
           title text, total bigint, lines jsonb)
       on conflict (id) do nothing`,
    ),
    project(
      orderPaid,
      ({ data, version }) => ({ id: data.orderId, version, paid_at: data.paidAt }),
      `update store_orders s set status = 'PAID', paid_at = x.paid_at, version = x.version
       from json_to_recordset($1) as x(id text, version bigint, paid_at text)
       where s.order_id = x.id and s.version < x.version`,
    ),
    project(
      storeOrderMoved,
      ({ data, version }) => ({ id: data.storeOrderId, version, status: data.status }),
      `update store_orders s set status = x.status, version = x.version
       from json_to_recordset($1) as x(id text, version bigint, status text)
       where s.id = x.id and s.version < x.version`,
    ),
  ],
};
