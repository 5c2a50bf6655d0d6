import type { Kit } from "#platform/service.ts";
import type { CartStore } from "../cart-store.ts";
import { readShelf, readShelfIfCartIs } from "../views/shelf.ts";
import { cachedCartStore } from "./cached-cart-store.ts";
import { durableCartStore } from "./durable-cart-store.ts";

/** Carts in the database, and before it in Redis when the house has one. */
export function openCartStore({
  clock,
  records,
  sql,
  cache,
}: Pick<Kit, "clock" | "records" | "sql" | "cache">): CartStore {
  const durable = durableCartStore(records, (ids) => readShelf(sql, clock.now(), ids));
  if (cache === undefined) return durable;
  return cachedCartStore(durable, cache, (ids, guess) => readShelfIfCartIs(sql, clock.now(), ids, guess));
}
