import { getCart as contract } from "#contracts/cart/operations.ts";
import { handle } from "#platform/service.ts";
import type { CartDeps } from "../deps.ts";
import { ownerOf, showCart } from "./show-cart.ts";

/** Reading writes nothing, so a notice stays until the buyer says that it has been seen. */
export const getCart = handle(contract, async ({ area }, caller, deps: CartDeps) =>
  showCart(await deps.carts.load(ownerOf(caller)), caller, area),
);
