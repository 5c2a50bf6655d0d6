import { joinCart as contract } from "#contracts/cart/operations.ts";
import { isRefusal } from "#platform/core/decision.ts";
import { handle } from "#platform/service.ts";
import type { CartDeps } from "../deps.ts";
import { type Joined, joinCart as join } from "../domain/join-cart.ts";
import { changeCart } from "./show-cart.ts";

export const joinCart = handle(contract, async ({ lines }, caller, deps: CartDeps) => {
  const additions = lines.map((line) => ({ ...line, cartLineId: deps.ids.make("cartLine") }));
  // A repeated command decides nothing, so it leaves nothing out: its answer is the cart as it is now.
  let leftOut: Joined["leftOut"] = [];
  const shown = await changeCart<never>(deps, caller, {
    ids: lines.flatMap((line) => [line.itemId, ...line.optionIds]),
    decide: (cart, shelf) => {
      const joined = join(cart, additions, shelf);
      leftOut = joined.leftOut;
      return joined.cart;
    },
  });
  return isRefusal(shown) ? shown : { ...shown, leftOut: [...leftOut] };
});
