import type { OrderDetail } from "#contracts/order/shapes.ts";
import type { Order, StoreOrder } from "../domain/order.ts";

/** What is personal about an order, by store: kept in a row of its own, for as long as it is needed. */
export type Contact = Readonly<
  Record<string, { readonly note?: string; readonly address?: OrderDetail["storeOrders"][number]["address"] }>
>;

/** The order as its buyer, or an operator, sees it. */
export function orderDetail(order: Order, contact: Contact = {}): OrderDetail {
  const { orderId, orderNo, title, buyerId, status, placedAt, itemsTotal, deliveryFee, payable } = order;
  const { paymentId, payBy, paidAt } = order;
  const storeOrders = order.storeOrders.map((part) => partDetail(part, contact));
  return {
    orderId,
    orderNo,
    title,
    buyerId,
    status,
    placedAt,
    itemsTotal,
    deliveryFee,
    payable,
    ...(paymentId === undefined ? {} : { paymentId }),
    ...(payBy === undefined ? {} : { payBy }),
    ...(paidAt === undefined ? {} : { paidAt }),
    storeOrders,
  };
}

/** A seller's part of an order: the other sellers' parts, and what the buyer paid them, are not theirs to see. */
export function sellerDetail(order: Order, sellerId: string, contact: Contact = {}): OrderDetail | undefined {
  const own = order.storeOrders.filter((part) => part.sellerId === sellerId && order.paidAt !== undefined);
  if (own.length === 0) return undefined;
  const sum = (of: (part: StoreOrder) => number) => own.reduce((all, part) => all + of(part), 0);
  const seen = orderDetail({ ...order, storeOrders: own }, contact);
  const itemsTotal = sum((part) => part.itemsTotal);
  const deliveryFee = sum((part) => part.deliveryFee);
  return { ...seen, itemsTotal, deliveryFee, payable: itemsTotal + deliveryFee };
}

export function partDetail(part: StoreOrder, contact: Contact = {}): OrderDetail["storeOrders"][number] {
  const { autoAccept: _ours, endsAs: _later, refundId: _payments, lines, history, ...shown } = part;
  return {
    ...shown,
    lines: lines.map(({ skuIds: _stocks, optionIds: _ids, ...line }) => line),
    history: [...history],
    ...contact[part.storeId],
  };
}
