import { confirmPurchase } from "#contracts/order/operations.ts";
import {
  acceptStoreOrder,
  deliverStoreOrder,
  handOverStoreOrder,
  prepareStoreOrder,
  readyStoreOrder,
  sendOutStoreOrder,
  shipStoreOrder,
} from "#contracts/order/seller-operations.ts";
import { handle } from "#platform/service.ts";
import type { OrderDeps } from "../deps.ts";
import { move } from "./move.ts";

/**
 * The steps of a store order, one operation each; the table of who may do what stands in domain/move-store-order.ts.
 */
export const moveHandlers = [
  handle(acceptStoreOrder, ({ orderId, ...input }, caller, deps: OrderDeps) =>
    move(orderId, { ...input, to: "ACCEPTED", by: "seller" }, caller, deps),
  ),
  handle(prepareStoreOrder, ({ orderId, ...input }, caller, deps: OrderDeps) =>
    move(orderId, { ...input, to: "PREPARING", by: "seller" }, caller, deps),
  ),
  handle(readyStoreOrder, ({ orderId, ...input }, caller, deps: OrderDeps) =>
    move(orderId, { ...input, to: "READY", by: "seller" }, caller, deps),
  ),
  handle(sendOutStoreOrder, ({ orderId, ...input }, caller, deps: OrderDeps) =>
    move(orderId, { ...input, to: "OUT_FOR_DELIVERY", by: "seller" }, caller, deps),
  ),
  handle(shipStoreOrder, ({ orderId, ...input }, caller, deps: OrderDeps) =>
    move(orderId, { ...input, to: "SHIPPED", by: "seller" }, caller, deps),
  ),
  handle(deliverStoreOrder, ({ orderId, ...input }, caller, deps: OrderDeps) =>
    move(orderId, { ...input, to: "DELIVERED", by: "seller" }, caller, deps),
  ),
  handle(handOverStoreOrder, ({ orderId, ...input }, caller, deps: OrderDeps) =>
    move(orderId, { ...input, to: "COMPLETED", by: "seller" }, caller, deps),
  ),
  handle(confirmPurchase, ({ orderId, ...input }, caller, deps: OrderDeps) =>
    move(orderId, { ...input, to: "COMPLETED", by: "buyer" }, caller, deps),
  ),
];
