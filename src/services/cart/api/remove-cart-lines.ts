import { clearCart, removeCartLine } from "#contracts/cart/operations.ts";
import { handle } from "#platform/service.ts";
import type { CartDeps } from "../deps.ts";
import { withLines } from "../domain/cart.ts";
import { removeLine } from "../domain/fill-cart.ts";
import { changeCart } from "./show-cart.ts";

export const removeOne = handle(removeCartLine, ({ cartLineId }, caller, deps: CartDeps) =>
  changeCart(deps, caller, { decide: (cart) => removeLine(cart, cartLineId) }),
);

export const clear = handle(clearCart, ({ kind }, caller, deps: CartDeps) =>
  changeCart<never>(deps, caller, {
    decide: (cart) => {
      const kept = cart.lines.filter((line) => kind !== undefined && line.kind !== kind);
      return withLines(cart, kept);
    },
  }),
);
