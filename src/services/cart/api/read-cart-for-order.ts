import { readCartForOrder as contract } from "#contracts/cart/operations.ts";
import { reject } from "#platform/core/decision.ts";
import { handle } from "#platform/service.ts";
import type { CartDeps } from "../deps.ts";
import { withLines } from "../domain/cart.ts";
import { unseenNotices } from "../domain/notices.ts";

/** All lines, or the named ones (F5). Only changes of these lines and their stores stand in the way (F6). */
export const readCartForOrder = handle(contract, async ({ accountId, cartLineIds }, _caller, deps: CartDeps) => {
  const { cart, shelf } = await deps.carts.load(accountId);
  const missing = cartLineIds?.find((wanted) => !cart.lines.some((line) => line.cartLineId === wanted));
  if (missing !== undefined) return reject("cart.line_not_found", { field: "cartLineIds", cartLineId: missing });
  const chosen = withLines(
    cart,
    cart.lines.filter((line) => cartLineIds === undefined || cartLineIds.includes(line.cartLineId)),
  );
  if (chosen.lines.length === 0) return reject("cart.empty");
  const unseen = unseenNotices(chosen, shelf);
  if (unseen.length > 0) return reject("cart.unseen_changes", { count: unseen.length });
  return {
    lines: chosen.lines.map(({ cartLineId, itemId, optionIds, quantity }) => {
      const itemVersion = shelf.items.get(itemId)?.version;
      const version = itemVersion === undefined ? {} : { itemVersion };
      return { cartLineId, itemId, optionIds: [...optionIds], quantity, ...version };
    }),
  };
});
