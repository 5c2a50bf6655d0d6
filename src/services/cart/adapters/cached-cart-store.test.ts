import assert from "node:assert/strict";
import { test } from "node:test";
import type { CartStore } from "../cart-store.ts";
import { type Cart, EMPTY_CART } from "../domain/cart.ts";
import { cup, put } from "../domain/testing.ts";
import { cachedCartStore } from "./cached-cart-store.ts";

const shelf = { items: new Map(), stores: new Map(), soldOut: new Set<string>() };
const traceparent = "00-0123456789abcdef0123456789abcdef-0123456789abcdef-01";
const filled = put(EMPTY_CART, cup) as Cart;

/** A place for carts that counts how often it is asked, and a cache before it. */
function stores(isRight: boolean) {
  const asked = { durable: 0, confirm: [] as (readonly string[])[] };
  const kept = new Map<string, string>();
  const durable: CartStore = {
    load: async () => {
      asked.durable += 1;
      return { cart: filled, shelf };
    },
    save: async (_owner, _command, decide) => decide(EMPTY_CART),
  };
  const cache = {
    get: async (key: string) => kept.get(key),
    put: (key: string, text: string) => void kept.set(key, text),
  };
  const store = cachedCartStore(durable, cache, async (ids) => {
    asked.confirm.push(ids);
    return isRight ? shelf : undefined;
  });
  return { store, asked };
}

test("a cart that Redis has costs one statement, that of the shelf", async () => {
  const { store, asked } = stores(true);
  await store.save("acc_a", { traceparent }, () => filled);
  assert.deepEqual((await store.load("acc_a", ["itm_more"])).cart, filled);
  assert.deepEqual(asked, { durable: 0, confirm: [[cup.itemId, cup.storeId, "itm_more"]] });
});

test("a cart that the database does not confirm is read there, and is known the next time", async () => {
  const { store, asked } = stores(false);
  await store.load("acc_a");
  assert.deepEqual(asked, { durable: 1, confirm: [] });
  assert.deepEqual((await store.load("acc_a")).cart, filled);
  assert.equal(asked.durable, 2);
  assert.equal(asked.confirm.length, 1);
});
