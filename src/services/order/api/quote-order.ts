import { quoteOrder } from "#contracts/order/operations.ts";
import { isRefusal } from "#platform/core/decision.ts";
import { handle } from "#platform/service.ts";
import type { OrderDeps } from "../deps.ts";
import type { Priced } from "../domain/price-order.ts";
import { priceBasket } from "./basket.ts";

/** What an order would cost, part by part; placing it then charges exactly this. */
export const quoteOrderHandler = handle(quoteOrder, async (input, caller, deps: OrderDeps) => {
  const basket = await priceBasket(input, caller, deps);
  return isRefusal(basket) ? basket : quoteOf(basket.priced);
});

export function quoteOf({ itemsTotal, deliveryFee, payable, parts }: Priced) {
  return {
    itemsTotal,
    deliveryFee,
    payable,
    storeOrders: parts.map(({ store, fulfilment, itemsTotal: items, deliveryFee: fee, lines }) => ({
      storeId: store.storeId,
      storeName: store.name,
      fulfilment,
      itemsTotal: items,
      deliveryFee: fee,
      lines: lines.map(({ skuIds: _ours, ...line }) => ({ ...line, optionIds: [...line.optionIds] })),
    })),
  };
}
