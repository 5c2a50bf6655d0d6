import type { Order } from "./domain/order.ts";

/** What orders are found by. Rows without a history are asked for by their key alone. */
export function facets(key: string, data: unknown): Readonly<Record<string, unknown>> | undefined {
  if (!key.startsWith("ord_")) return undefined;
  const { buyerId, placedAt, active, orderNo } = data as Order;
  return { buyerId, placedAt, active, orderNo };
}
