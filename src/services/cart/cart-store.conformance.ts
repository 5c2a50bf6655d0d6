import assert from "node:assert/strict";
import { test } from "node:test";
import { isRefusal, reject } from "#platform/core/decision.ts";
import type { CartStore } from "./cart-store.ts";
import { type Cart, EMPTY_CART, withoutLines } from "./domain/cart.ts";
import { cup, put, shirt } from "./domain/testing.ts";

const traceparent = "00-0123456789abcdef0123456789abcdef-0123456789abcdef-01";
let commands = 0;

function command(id = `cart-store-${++commands}`, bodyHash = "body") {
  return { traceparent, command: { id, bodyHash } };
}

function filled(cart: unknown): Cart {
  assert.ok(!isRefusal(cart), JSON.stringify(cart));
  return cart as Cart;
}

/** What every place where carts are kept must do (F2). `open` gives a store on the same place, as after a restart. */
export function cartStoreConformance(name: string, open: () => CartStore) {
  // Several adapters may be tried on one database.
  const own = (id: string) => `${id} ${name}`;

  test(`${name}: a cart that was never filled is empty`, async () => {
    assert.deepEqual((await open().load(own("acc_never"))).cart, EMPTY_CART);
  });

  test(`${name}: what was saved is there after a restart, for its owner alone`, async () => {
    const saved = filled(await open().save(own("acc_keep"), command(), (cart) => put(cart, cup)));
    assert.deepEqual((await open().load(own("acc_keep"))).cart, saved);
    assert.deepEqual((await open().load(own("acc_kee"))).cart, EMPTY_CART);
  });

  test(`${name}: an emptied cart is as one that was never filled, and can be filled again`, async () => {
    const store = open();
    const { lines } = filled(await store.save(own("acc_empty"), command(), (cart) => put(cart, cup)));
    const ids = lines.map((line) => line.cartLineId);
    filled(await store.save(own("acc_empty"), command(), (cart) => withoutLines(cart, ids)));
    assert.deepEqual((await store.load(own("acc_empty"))).cart, EMPTY_CART);
    assert.equal(
      filled(await store.save(own("acc_empty"), command(), (cart) => put(cart, shirt, ["opt_s"]))).lines.length,
      1,
    );
  });

  test(`${name}: a refusal leaves the cart alone`, async () => {
    const store = open();
    const saved = filled(await store.save(own("acc_refuse"), command(), (cart) => put(cart, cup)));
    assert.deepEqual(await store.save(own("acc_refuse"), command(), () => reject("cart.full")), {
      refused: "cart.full",
    });
    assert.deepEqual((await store.load(own("acc_refuse"))).cart, saved);
  });

  test(`${name}: the same command again adds nothing, under another body it is refused`, async () => {
    const store = open();
    const once = command(own("cart-store-once"));
    for (let time = 0; time < 3; time++) filled(await store.save(own("acc_once"), once, (cart) => put(cart, cup)));
    assert.deepEqual(
      (await store.load(own("acc_once"))).cart.lines.map((line) => line.quantity),
      [1],
    );
    const other = await store.save(own("acc_once"), command(own("cart-store-once"), "other"), (cart) => put(cart, cup));
    assert.equal(isRefusal(other) && other.refused, "request.key_reused");
  });

  test(`${name}: of 16 additions at once none is lost`, async () => {
    const stores = [open(), open()];
    await Promise.all(
      Array.from({ length: 16 }, (_, n) => stores[n % 2]?.save(own("acc_race"), command(), (cart) => put(cart, cup))),
    );
    assert.deepEqual(
      (await open().load(own("acc_race"))).cart.lines.map((line) => line.quantity),
      [16],
    );
  });
}
