import type { KitchenTicket } from "#contracts/order/seller-operations.ts";
import type { QueueTicket } from "#contracts/order/watch-operations.ts";
import { assert } from "#platform/core/assert.ts";
import type { OrderDeps } from "../deps.ts";
import { boardTimes } from "../domain/board-times.ts";
import { given } from "../domain/given.ts";
import { findPart, type Order, type Status, type StoreOrder } from "../domain/order.ts";
import type { Contact } from "./detail.ts";
import { contactKey } from "./place-order.ts";

/** A seller's part with the order that it is of. */
export interface Ticketed {
  readonly order: Order;
  readonly part: StoreOrder;
}

const TICKETS_MAX = 100;

/** The order `o` of a queued part `s`, and the `part` in it. */
export const PART = `join states o on o.key = s.order_id
     cross join lateral jsonb_path_query_first(o.data::jsonb, '$.storeOrders[*] ? (@.storeOrderId == $id)',
       jsonb_build_object('id', s.id)) as part`;

/** The parts of a store that stand at one of these states, oldest first; at most a hundred. */
export async function ticketsAt(
  storeId: string,
  statuses: readonly Status[],
  deps: OrderDeps,
): Promise<readonly Ticketed[]> {
  const rows = await deps.sql.rows<{ id: string; order_id: string }>(
    "tickets",
    `select s.id, s.order_id from store_orders s
     where s.store_id = $1 and s.status = any ($2)
     order by s.paid_at, s.id limit ${TICKETS_MAX}`,
    [storeId, statuses],
  );
  const orders = await deps.rowsNow(rows.map((row) => row.order_id));
  return rows.map(({ id, order_id }) => ticketed(orders.get(order_id), id));
}

/** What stands on the stove. */
export const ON_BOARD: readonly Status[] = ["ACCEPTED", "PREPARING", "READY"];

/**
 * The tickets on today's board (G9), by when they are to be ready: at once, or at the pickup time. At most a hundred.
 */
export async function kitchenToday(storeId: string, deps: OrderDeps): Promise<KitchenTicket[]> {
  const { since, until } = boardTimes(deps.clock.now());
  const rows = await deps.sql.rows<{ id: string; order_id: string }>(
    "kitchen",
    `select s.id, s.order_id from store_orders s ${PART}
     cross join lateral (select coalesce(part->>'pickupAt', s.paid_at)::timestamptz as at) due
     where s.store_id = $1 and s.status = any ($2) and due.at >= $3 and due.at < $4
     order by due.at, s.id limit ${TICKETS_MAX}`,
    [storeId, ON_BOARD, since, until],
  );
  const orders = await deps.rowsNow(rows.map((row) => row.order_id));
  const cooking = rows.map(({ id, order_id }) => ticketed(orders.get(order_id), id));
  const shown = cooking.filter(({ part }) => ON_BOARD.includes(part.status));
  return Promise.all(shown.map((one) => kitchenTicket(one, one.part.status, deps)));
}

export async function ticketNow(orderId: string, storeOrderId: string, deps: OrderDeps): Promise<Ticketed> {
  return ticketed((await deps.rowsNow([orderId])).get(orderId), storeOrderId);
}

function ticketed(row: unknown, storeOrderId: string): Ticketed {
  const order = row as Order | undefined;
  const part = order && findPart(order, storeOrderId);
  assert(order && part, `a store order without its order: ${storeOrderId}`);
  return { order, part };
}

/** What a seller decides by whether to take the order. */
export function queueTicket({ order, part }: Ticketed, status: Status): QueueTicket {
  const { title } = order;
  const acceptBy = status === "PAID" ? part.acceptBy : undefined;
  return { ...shared(order, part), status, title, total: part.total, ...given({ acceptBy }) };
}

/** What is cooked by, with the buyer's wish. */
export async function kitchenTicket(
  { order, part }: Ticketed,
  status: Status,
  deps: OrderDeps,
): Promise<KitchenTicket> {
  const key = contactKey(order.orderId);
  const contact = (await deps.rowsNow([key])).get(key) as Contact | undefined;
  return { ...shared(order, part), status, ...given({ pickupAt: part.pickupAt, note: contact?.[part.storeId]?.note }) };
}

function shared(
  { orderId, orderNo, placedAt, paidAt = placedAt }: Order,
  { storeOrderId, fulfilment, lines }: StoreOrder,
) {
  const items = lines.filter(({ kind }) => kind === "ITEM");
  return {
    ...{ orderId, storeOrderId, orderNo, fulfilment, paidAt },
    lines: items.map(({ name, optionText, quantity }) => ({ name, optionText, quantity })),
  };
}
