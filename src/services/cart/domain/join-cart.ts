import { isRefusal } from "#platform/core/decision.ts";
import type { Cart } from "./cart.ts";
import { type Addition, addLine } from "./fill-cart.ts";
import type { Shelf } from "./shelf.ts";

export type LeftOutCode = Exclude<ReturnType<typeof addLine>, Cart>["refused"];

export interface Joined {
  readonly cart: Cart;
  readonly leftOut: readonly { readonly itemId: string; readonly code: LeftOutCode }[];
}

/** What a visitor collected joins the account's cart, as far as it can be bought and fits beside what is there (F7). */
export function joinCart(before: Cart, additions: readonly Omit<Addition, "replace">[], shelf: Shelf): Joined {
  const leftOut: { itemId: string; code: LeftOutCode }[] = [];
  let cart = before;
  for (const addition of additions) {
    const next = addLine(cart, { ...addition, replace: false }, shelf);
    if (isRefusal(next)) leftOut.push({ itemId: addition.itemId, code: next.refused });
    else cart = next;
  }
  return { cart, leftOut };
}
