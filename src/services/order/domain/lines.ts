import type { Won } from "#platform/core/money.ts";
import type { Order, StoreOrder } from "./order.ts";

/** What each line takes of the amount, and whose it is: payment and ledger keep every line's money apart. */
export interface LineAmount {
  readonly orderLineId: string;
  readonly storeOrderId: string;
  readonly sellerId: string;
  readonly amount: Won;
}

export function linesOf(order: Order): LineAmount[] {
  return order.storeOrders.flatMap(linesOfPart);
}

/** Lines that cost something: a line of zero won moves no money. */
export function linesOfPart({ storeOrderId, sellerId, lines }: StoreOrder): LineAmount[] {
  return lines
    .filter((line) => line.amount > 0)
    .map(({ orderLineId, amount }) => ({ orderLineId, storeOrderId, sellerId, amount }));
}
