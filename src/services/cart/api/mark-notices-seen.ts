import { markNoticesSeen as contract } from "#contracts/cart/operations.ts";
import { handle } from "#platform/service.ts";
import type { CartDeps } from "../deps.ts";
import { markSeen } from "../domain/notices.ts";
import { changeCart } from "./show-cart.ts";

export const markNoticesSeen = handle(contract, ({ noticeIds }, caller, deps: CartDeps) =>
  changeCart<never>(deps, caller, { decide: (cart, shelf) => markSeen(cart, noticeIds, shelf) }),
);
