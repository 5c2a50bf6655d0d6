import { storeOrderMoved } from "#contracts/order/events.ts";
import { watchStoreOrders } from "#contracts/order/watch-operations.ts";
import { reject } from "#platform/core/decision.ts";
import type { EventData } from "#platform/core/event.ts";
import { hearing, watching } from "#platform/service.ts";
import type { OrderDeps } from "../deps.ts";
import { given } from "../domain/given.ts";
import { ownsStore } from "./seller-queue.ts";
import { queueTicket, ticketNow, ticketsAt } from "./ticket.ts";

/** A store's queue: what waits to be accepted, what arrives, and what becomes of it. Another's store does not exist. */
export const watchStoreOrdersHandler = watching(watchStoreOrders, {
  open: async ({ storeId }, caller, deps: OrderDeps) => {
    if (!(await ownsStore(storeId, caller.id, deps))) return reject("order.store_not_found");
    const tickets = await ticketsAt(storeId, ["PAID"], deps);
    // Paid, but its stock is not committed yet: it arrives when it is (docs/why/023).
    const waiting = tickets.filter(({ order, part }) => part.status === "PAID" && order.isSecured);
    return { waiting: waiting.map((ticket) => queueTicket(ticket, "PAID")) };
  },
  of: ({ storeId }) => storeId,
  hears: [
    hearing(
      storeOrderMoved,
      ({ data }) => data.storeId,
      async ({ data, occurredAt: at }, deps: OrderDeps) => {
        const { orderId, storeOrderId, status, reason } = data;
        if (!hasArrived(data)) {
          return { name: "moved" as const, data: { orderId, storeOrderId, status, at, ...given({ reason }) } };
        }
        const ticket = queueTicket(await ticketNow(orderId, storeOrderId, deps), status);
        return { name: "arrived" as const, data: { at, ticket } };
      },
    ),
  ],
});

/** The first that a seller hears of a part: it waits for them, or was accepted by itself. */
function hasArrived({ status, reason }: EventData<typeof storeOrderMoved>): boolean {
  return status === "PAID" || (status === "ACCEPTED" && reason === "automatic");
}
