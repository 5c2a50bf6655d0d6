import { assert } from "#platform/core/assert.ts";
import { isRefusal, type Refusal } from "#platform/core/decision.ts";
import type { Caller } from "#platform/core/operation.ts";
import type { CommandRefusal } from "#platform/facts/change.ts";
import { fill } from "#platform/i18n/fill.ts";
import type { ShelvedCart } from "../cart-store.ts";
import type { CartDeps } from "../deps.ts";
import { type Cart, idsOf } from "../domain/cart.ts";
import { unseenNotices } from "../domain/notices.ts";
import type { Shelf } from "../domain/shelf.ts";
import { basketsOf } from "../domain/totals.ts";
import { noticeTexts } from "./notice-texts.ts";

/** The cart as the buyer reads it, priced and checked at this moment. */
export function showCart({ cart, shelf }: ShelvedCart, caller: Caller, area?: string) {
  const notices = unseenNotices(cart, shelf).map((notice) => ({
    ...notice,
    text: fill(noticeTexts[notice.code][caller.locale], notice.args),
  }));
  return { baskets: basketsOf(cart, shelf, area), notices };
}

/** Changes the caller's own cart, and shows it. There is no way to name another person's cart. */
export async function changeCart<Code extends string>(
  deps: CartDeps,
  caller: Caller,
  change: {
    /** Items and options that are not in the cart yet. */
    readonly ids?: readonly string[];
    readonly decide: (cart: Cart, shelf: Shelf) => Cart | Refusal<Code>;
  },
): Promise<ReturnType<typeof showCart> | Refusal<Code | CommandRefusal>> {
  const owner = ownerOf(caller);
  const { shelf } = await deps.carts.load(owner, change.ids);
  const { traceparent, command } = caller;
  const cart = await deps.carts.save(owner, { traceparent, actor: owner, ...(command ? { command } : {}) }, (before) =>
    change.decide(before, shelf),
  );
  return isRefusal(cart) ? cart : showCart({ cart, shelf: await deps.readShelf(idsOf(cart)) }, caller);
}

export function ownerOf(caller: Caller): string {
  assert(caller.id, "the door lets only accounts in");
  return caller.id;
}
