import { getStoreOrderPeople } from "#contracts/order/operations.ts";
import { reject } from "#platform/core/decision.ts";
import type { OutputOf } from "#platform/core/operation.ts";
import { handle } from "#platform/service.ts";
import type { OrderDeps } from "../deps.ts";
import { PART } from "./ticket.ts";

type People = OutputOf<typeof getStoreOrderPeople>;

/** Parts that are not paid and secured are not queued, so they are not there yet. */
export const getStoreOrderPeopleHandler = handle(
  getStoreOrderPeople,
  async ({ storeOrderId }, _caller, deps: OrderDeps) => {
    const [people] = await deps.sql.rows<People>(
      "store_order_people",
      `select s.order_id as "orderId", s.store_id as "storeId", o.buyer_id as "buyerId", part->>'sellerId' as "sellerId"
       from store_orders s ${PART} where s.id = $1`,
      [storeOrderId],
    );
    return people ?? reject("order.not_found");
  },
);
