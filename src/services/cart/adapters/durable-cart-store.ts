import { isRefusal } from "#platform/core/decision.ts";
import type { Records } from "#platform/facts/change.ts";
import type { CartStore } from "../cart-store.ts";
import { type Cart, EMPTY_CART, idsOf, isEmpty } from "../domain/cart.ts";
import type { Shelf } from "../domain/shelf.ts";

/** Carts as rows of this service's schema. They have no history: nobody must hear what lies in a basket. */
export function durableCartStore(records: Records, readShelf: (ids: readonly string[]) => Promise<Shelf>): CartStore {
  return {
    load: async (owner, others = []) => {
      const key = cartKey(owner);
      const cart = (await records.read([key])).get<Cart>(key) ?? EMPTY_CART;
      return { cart, shelf: await readShelf([...idsOf(cart), ...others]) };
    },
    save: async (owner, command, decide) => {
      const key = cartKey(owner);
      const outcome = await records.change({
        ...command,
        keys: [key],
        decide: (rows) => {
          const cart = decide(rows.get<Cart>(key) ?? EMPTY_CART);
          return isRefusal(cart) ? cart : { rows: { [key]: rowOf(cart) } };
        },
      });
      return isRefusal(outcome) ? outcome : (outcome.rows.get<Cart>(key) ?? EMPTY_CART);
    },
  };
}

export function cartKey(owner: string): string {
  return `cart:${owner}`;
}

/** What stands in the row: nothing for an empty cart, so that carts do not pile up. */
export function rowOf(cart: Cart): Cart | null {
  return isEmpty(cart) ? null : cart;
}
