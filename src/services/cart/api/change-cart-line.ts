import { changeCartLine as contract } from "#contracts/cart/operations.ts";
import { handle } from "#platform/service.ts";
import type { CartDeps } from "../deps.ts";
import { changeLine } from "../domain/fill-cart.ts";
import { changeCart } from "./show-cart.ts";

export const changeCartLine = handle(contract, (input, caller, deps: CartDeps) =>
  changeCart(deps, caller, {
    ids: input.optionIds ?? [],
    decide: (cart, shelf) => changeLine(cart, input, shelf),
  }),
);
