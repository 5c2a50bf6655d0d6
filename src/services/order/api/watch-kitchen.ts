import { storeOrderMoved } from "#contracts/order/events.ts";
import { watchKitchen } from "#contracts/order/watch-operations.ts";
import { reject } from "#platform/core/decision.ts";
import { hearing, watching } from "#platform/service.ts";
import type { OrderDeps } from "../deps.ts";
import type { Status } from "../domain/order.ts";
import { queueView } from "../views/queue.ts";
import { ownsStore } from "./seller-queue.ts";
import { kitchenTicket, ticketNow, ticketsAt } from "./ticket.ts";

const ON_BOARD: readonly Status[] = ["ACCEPTED", "PREPARING", "READY"];
const LEAVES: readonly Status[] = ["OUT_FOR_DELIVERY", "SHIPPED", "COMPLETED", "CANCELLING"];

/** The kitchen board: what to start, what is under way, what is gone. Another's store does not exist. */
export const watchKitchenHandler = watching(watchKitchen, {
  open: async ({ storeId }, caller, deps: OrderDeps) => {
    if (!(await ownsStore(storeId, caller.id, deps))) return reject("order.store_not_found");
    const found = await ticketsAt(storeId, ON_BOARD, deps);
    const cooking = found.filter(({ part }) => ON_BOARD.includes(part.status));
    return { tickets: await Promise.all(cooking.map((one) => kitchenTicket(one, one.part.status, deps))) };
  },
  of: ({ storeId }) => storeId,
  reads: [queueView],
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
