import type { Cache } from "#platform/cache.ts";
import { isRefusal } from "#platform/core/decision.ts";
import type { CartStore } from "../cart-store.ts";
import { type Cart, EMPTY_CART, idsOf } from "../domain/cart.ts";
import type { Shelf } from "../domain/shelf.ts";
import { cartKey, rowOf } from "./durable-cart-store.ts";

/** What the shelf says of these ids, if the row of the cart is the guessed one; one statement for both. */
export type ReadShelfIf = (
  ids: readonly string[],
  guess: { readonly key: string; readonly row: Cart | null },
) => Promise<Shelf | undefined>;

const KEPT_MS = 24 * 60 * 60 * 1000;
/** What no JSON of ours has in it, as the door refuses it, and PostgreSQL could not take. */
const UNFIT = /\\u(0000|d[89a-f])/i;

/**
 * Carts in Redis before the database (F2). What Redis says is a guess that the database confirms in the very statement
 * which reads the shelf: so a Redis that is empty, old or wrong costs a statement and is never believed.
 */
export function cachedCartStore(durable: CartStore, cache: Cache, readShelfIf: ReadShelfIf): CartStore {
  const remember = (owner: string, cart: Cart) => cache.put(cartKey(owner), JSON.stringify(cart), KEPT_MS);
  return {
    async load(owner, others = []) {
      const guess = guessOf(await cache.get(cartKey(owner)));
      if (guess !== undefined) {
        const shelf = await readShelfIf([...guess.ids, ...others], { key: cartKey(owner), row: guess.row });
        if (shelf !== undefined) return { cart: guess.row ?? EMPTY_CART, shelf };
      }
      const found = await durable.load(owner, others);
      remember(owner, found.cart);
      return found;
    },
    async save(owner, command, decide) {
      const cart = await durable.save(owner, command, decide);
      if (!isRefusal(cart)) remember(owner, cart as Cart);
      return cart;
    },
  };
}

function guessOf(text: string | undefined): { row: Cart | null; ids: readonly string[] } | undefined {
  if (text === undefined || UNFIT.test(text)) return undefined;
  try {
    const cart = JSON.parse(text) as Cart;
    return { row: rowOf(cart), ids: idsOf(cart) };
  } catch {
    // Whatever it is, it is no cart, and the right one is put in its place.
    return undefined;
  }
}
