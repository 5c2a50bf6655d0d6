import { storeOrderMoved } from "#contracts/order/events.ts";
import { watchKitchen } from "#contracts/order/watch-operations.ts";
import { reject } from "#platform/core/decision.ts";
import { hearing, watching } from "#platform/service.ts";
import type { OrderDeps } from "../deps.ts";
import type { Status } from "../domain/order.ts";
import { ownsStore } from "./seller-queue.ts";
import { kitchenTicket, kitchenToday, ON_BOARD, ticketNow } from "./ticket.ts";

const LEAVES: readonly Status[] = ["OUT_FOR_DELIVERY", "SHIPPED", "COMPLETED", "CANCELLING"];

/**
 * The kitchen board: what to start, what is under way, what is gone. It begins with today's tickets; one for another
 * day is told when it is accepted, with its pickup time. Another's store does not exist.
 */
export const watchKitchenHandler = watching(watchKitchen, {
  open: async ({ storeId }, caller, deps: OrderDeps) => {
    if (!(await ownsStore(storeId, caller.id, deps))) return reject("order.store_not_found");
    return { tickets: await kitchenToday(storeId, deps) };
  },
  of: ({ storeId }) => storeId,
  hears: [
    hearing(
      storeOrderMoved,
      ({ data }) => data.storeId,
      async ({ data, occurredAt: at }, deps: OrderDeps) => {
        const { orderId, storeOrderId, status } = data;
        if (LEAVES.includes(status)) return { name: "gone" as const, data: { orderId, storeOrderId, status, at } };
        if (!ON_BOARD.includes(status)) return undefined;
        const ticket = await kitchenTicket(await ticketNow(orderId, storeOrderId, deps), status, deps);
        return { name: "ticket" as const, data: { at, ticket } };
      },
    ),
  ],
});
