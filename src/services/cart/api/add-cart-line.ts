import { addCartLine as contract } from "#contracts/cart/operations.ts";
import { handle } from "#platform/service.ts";
import type { CartDeps } from "../deps.ts";
import { addLine } from "../domain/fill-cart.ts";
import { changeCart } from "./show-cart.ts";

export const addCartLine = handle(contract, ({ replace = false, ...wanted }, caller, deps: CartDeps) => {
  const cartLineId = deps.ids.make("cartLine");
  return changeCart(deps, caller, {
    ids: [wanted.itemId, ...wanted.optionIds],
    decide: (cart, shelf) => addLine(cart, { ...wanted, cartLineId, replace }, shelf),
  });
});
