import assert from "node:assert/strict";
import { test } from "node:test";
import { isRefusal } from "#platform/core/decision.ts";
import { type Cart, EMPTY_CART } from "./cart.ts";
import { changeLine } from "./fill-cart.ts";
import { markSeen, unseenNotices } from "./notices.ts";
import type { Shelf } from "./shelf.ts";
import { put, shelfWith, shirt, snackBar, tteokbokki } from "./testing.ts";

function withTteokbokki(): Cart {
  const cart = put(EMPTY_CART, tteokbokki, ["opt_mild"]);
  assert.ok(!isRefusal(cart));
  return cart;
}

function seenAll(cart: Cart, shelf: Shelf): Cart {
  return markSeen(
    cart,
    unseenNotices(cart, shelf).map((notice) => notice.noticeId),
    shelf,
  );
}

const dearer = shelfWith({ items: [{ ...tteokbokki, basePrice: 9_900 }] });

test("what was just added is no news", () => {
  assert.deepEqual(unseenNotices(withTteokbokki(), shelfWith()), []);
});

test("a price change gives exactly one notice, until it is seen", () => {
  const cart = withTteokbokki();
  const [notice, ...others] = unseenNotices(cart, dearer);
  assert.deepEqual(
    [notice?.code, notice?.args, others],
    ["PRICE_CHANGED", { name: "국물떡볶이", from: 9_000, to: 9_900 }, []],
  );
  assert.deepEqual(unseenNotices(seenAll(cart, dearer), dearer), []);
});

test("a change that came after the shown one stays unseen", () => {
  const cart = withTteokbokki();
  const shown = unseenNotices(cart, dearer).map((notice) => notice.noticeId);
  const evenDearer = shelfWith({ items: [{ ...tteokbokki, basePrice: 12_000 }] });
  const after = markSeen(cart, shown, evenDearer);
  assert.deepEqual(
    unseenNotices(after, evenDearer).map((notice) => notice.args.to),
    [12_000],
  );
});

test("another quantity does not hide a price change", () => {
  const cart = withTteokbokki();
  const changed = changeLine(cart, { cartLineId: cart.lines[0]?.cartLineId ?? "", quantity: 3 }, dearer);
  assert.ok(!isRefusal(changed));
  assert.equal(unseenNotices(changed, dearer).length, 1);
});

test("a price that went back is no news", () => {
  const cart = withTteokbokki();
  assert.equal(unseenNotices(cart, dearer).length, 1);
  assert.equal(unseenNotices(cart, shelfWith()).length, 0);
});

test("each kind of change has its code", () => {
  const [spice, extra] = tteokbokki.optionGroups;
  assert.ok(spice && extra);
  const withSpice = (change: Partial<typeof spice>) =>
    shelfWith({ items: [{ ...tteokbokki, optionGroups: [{ ...spice, ...change }, extra] }] });
  const mildIs = (status: "SOLD_OUT" | "HIDDEN") =>
    withSpice({
      options: spice.options.map((option) => (option.optionId === "opt_mild" ? { ...option, status } : option)),
    });
  const cases: [Shelf, string][] = [
    [shelfWith({ items: [{ ...tteokbokki, status: "DISCONTINUED" }] }), "ITEM_GONE"],
    [shelfWith({ items: [{ ...tteokbokki, status: "HIDDEN" }] }), "ITEM_GONE"],
    [shelfWith({ items: [{ ...tteokbokki, status: "PAUSED" }] }), "ITEM_PAUSED"],
    [shelfWith({ soldOut: [tteokbokki.itemId] }), "SOLD_OUT"],
    [mildIs("SOLD_OUT"), "OPTION_SOLD_OUT"],
    [mildIs("HIDDEN"), "OPTION_GONE"],
    [withSpice({ min: 2, max: 2 }), "OPTION_CHOICE"],
    [shelfWith({ stores: [{ ...snackBar, openNow: false }] }), "STORE_CLOSED"],
    [shelfWith({ stores: [{ ...snackBar, status: "SUSPENDED", openNow: false }] }), "STORE_GONE"],
  ];
  for (const [shelf, expected] of cases) {
    assert.deepEqual(
      unseenNotices(withTteokbokki(), shelf).map((notice) => notice.code),
      [expected],
    );
    assert.deepEqual(unseenNotices(seenAll(withTteokbokki(), shelf), shelf), [], expected);
  }
});

test("what came back and goes again is news again", () => {
  const out = shelfWith({ soldOut: [tteokbokki.itemId] });
  const seen = seenAll(withTteokbokki(), out);
  const back = markSeen(seen, [], shelfWith());
  assert.equal(unseenNotices(back, out).length, 1);
});

test("the stock of an option speaks for it alone", () => {
  const cart = put(EMPTY_CART, shirt, ["opt_s"]);
  assert.ok(!isRefusal(cart));
  assert.deepEqual(unseenNotices(cart, shelfWith({ soldOut: ["opt_l", shirt.itemId] })), []);
  assert.equal(unseenNotices(cart, shelfWith({ soldOut: ["opt_s"] }))[0]?.code, "OPTION_SOLD_OUT");
});
