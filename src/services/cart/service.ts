import { assert } from "#platform/core/assert.ts";
import { service } from "#platform/service.ts";
import { openCartStore } from "./adapters/open-cart-store.ts";
import { addCartLine } from "./api/add-cart-line.ts";
import { changeCartLine } from "./api/change-cart-line.ts";
import { getCart } from "./api/get-cart.ts";
import { joinCart } from "./api/join-cart.ts";
import { markNoticesSeen } from "./api/mark-notices-seen.ts";
import { problems } from "./api/problems.ts";
import { readCartForOrder } from "./api/read-cart-for-order.ts";
import { clear, removeOne } from "./api/remove-cart-lines.ts";
import type { CartDeps } from "./deps.ts";
import { whenOrderPlaced } from "./reactions/when-order-placed.ts";
import { readShelf, shelf } from "./views/shelf.ts";

export const cart = service<CartDeps, Record<string, never>>({
  name: "cart",
  migrations: `${import.meta.dirname}/db`,
  settings: {},
  calls: [],
  problems,
  announces: [],
  announce: () => [],
  evolve: () => assert(false, "carts have no facts"),
  deps: (kit) => ({
    ids: kit.ids,
    carts: openCartStore(kit),
    readShelf: (wanted) => readShelf(kit.sql, kit.clock.now(), wanted),
  }),
  operations: [getCart, addCartLine, joinCart, changeCartLine, removeOne, clear, markNoticesSeen, readCartForOrder],
  reactions: [whenOrderPlaced],
  views: [shelf],
});
