import { orderPlaced } from "#contracts/order/events.ts";
import { when } from "#platform/service.ts";
import { cartKey, rowOf } from "../adapters/durable-cart-store.ts";
import type { CartDeps } from "../deps.ts";
import { type Cart, withoutLines } from "../domain/cart.ts";

/** The ordered lines leave the cart, the rest stays (F5). Lines that were taken out meanwhile are not missed. */
export const whenOrderPlaced = when(orderPlaced, ({ data: { buyerId, cartLineIds }, traceparent }, _deps: CartDeps) => {
  if (cartLineIds.length === 0) return { ignore: "not placed from a cart" };
  const key = cartKey(buyerId);
  return {
    keys: [key],
    traceparent,
    decide: (rows) => {
      const cart = rows.get<Cart>(key);
      return cart === undefined ? {} : { rows: { [key]: rowOf(withoutLines(cart, cartLineIds)) } };
    },
  };
});
