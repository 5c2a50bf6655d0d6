import assert from "node:assert/strict";
import { test } from "node:test";
import { isRefusal, type Refusal } from "#platform/core/decision.ts";
import { type Cart, EMPTY_CART } from "./cart.ts";
import { addLine, changeLine } from "./fill-cart.ts";
import { joinCart } from "./join-cart.ts";
import { cup, noodles, put, shelfWith, shirt, snackBar, tteokbokki } from "./testing.ts";
import { basketsOf } from "./totals.ts";

function filled(cart: Cart | Refusal): Cart {
  assert.ok(!isRefusal(cart), JSON.stringify(cart));
  return cart;
}

function code(answer: unknown): string {
  return isRefusal(answer) ? answer.refused : "done";
}

const mild = ["opt_mild"];

test("food of another store is refused until the buyer lets go of the first; goods stay either way", () => {
  const cart = filled(put(filled(put(EMPTY_CART, tteokbokki, mild)), cup));
  assert.equal(code(put(cart, noodles)), "cart.other_store");
  const replaced = filled(put(cart, noodles, [], 1, true));
  assert.deepEqual(
    replaced.lines.map((line) => line.itemId),
    ["itm_cup", "itm_noodle"],
  );
});

test("goods of two sellers lie side by side, beside food", () => {
  const cart = filled(put(filled(put(filled(put(EMPTY_CART, shirt, ["opt_s"])), cup)), noodles));
  const baskets = basketsOf(cart, shelfWith(), undefined);
  assert.deepEqual(
    baskets.map((basket) => [basket.kind, basket.stores.length, basket.itemsTotal]),
    [
      ["FOOD", 1, 7_000],
      ["GOODS", 2, 40_000],
    ],
  );
});

test("the same choice raises its line, in whatever order its options are named", () => {
  const one = filled(put(EMPTY_CART, tteokbokki, ["opt_mild", "opt_egg"], 2));
  const two = filled(put(one, tteokbokki, ["opt_egg", "opt_mild"], 3));
  assert.deepEqual(
    two.lines.map((line) => line.quantity),
    [5],
  );
  assert.equal(filled(put(two, tteokbokki, ["opt_hot"])).lines.length, 2);
  assert.equal(code(put(two, tteokbokki, ["opt_mild", "opt_egg"], 95)), "cart.quantity_limit");
});

test("an option named twice counts once", () => {
  const cart = filled(put(EMPTY_CART, tteokbokki, ["opt_mild", "opt_egg", "opt_egg"]));
  assert.equal(cart.lines[0]?.seenPrice, 10_000);
});

test("too few, too many, foreign and hidden options are refused", () => {
  assert.equal(code(put(EMPTY_CART, tteokbokki, [])), "cart.option_choice");
  assert.equal(code(put(EMPTY_CART, tteokbokki, ["opt_mild", "opt_hot"])), "cart.option_choice");
  assert.equal(code(put(EMPTY_CART, tteokbokki, ["opt_mild", "opt_s"])), "cart.option_not_available");
  const [spice, extra] = tteokbokki.optionGroups;
  assert.ok(spice && extra);
  const hidden = { ...extra, options: extra.options.map((option) => ({ ...option, status: "HIDDEN" as const })) };
  const shelf = shelfWith({ items: [{ ...tteokbokki, optionGroups: [spice, hidden] }] });
  const wanted = { cartLineId: "cln_1", itemId: tteokbokki.itemId, quantity: 1, replace: false };
  assert.equal(
    code(addLine(EMPTY_CART, { ...wanted, optionIds: ["opt_mild", "opt_egg"] }, shelf)),
    "cart.option_not_available",
  );
  assert.equal(code(addLine(EMPTY_CART, { ...wanted, optionIds: mild }, shelf)), "done");
});

test("what is hidden, paused, sold out or of a suspended store does not go in", () => {
  const tryWith = (changes: Parameters<typeof shelfWith>[0], item = cup, optionIds: string[] = []) =>
    code(
      addLine(
        EMPTY_CART,
        { cartLineId: "cln_1", itemId: item.itemId, optionIds, quantity: 1, replace: false },
        shelfWith(changes),
      ),
    );
  assert.equal(tryWith({ items: [{ ...cup, status: "HIDDEN" }] }), "cart.item_not_found");
  assert.equal(tryWith({ items: [{ ...cup, status: "PAUSED" }] }), "cart.item_not_on_sale");
  assert.equal(tryWith({ items: [{ ...cup, status: "SOLD_OUT" }] }), "cart.sold_out");
  assert.equal(tryWith({ soldOut: [cup.itemId] }), "cart.sold_out");
  assert.equal(tryWith({ soldOut: ["opt_s"] }, shirt, ["opt_s"]), "cart.option_not_available");
  assert.equal(tryWith({ soldOut: ["opt_s", shirt.itemId] }, shirt, ["opt_l"]), "done");
  const suspended = { ...snackBar, status: "SUSPENDED" };
  assert.equal(tryWith({ stores: [suspended] }, tteokbokki, mild), "cart.item_not_found");
});

test("other options make another price, and join a line that has them already", () => {
  const cart = filled(put(filled(put(EMPTY_CART, tteokbokki, mild, 2)), tteokbokki, ["opt_hot"]));
  const [first] = cart.lines;
  assert.ok(first);
  const hotter = filled(changeLine(cart, { cartLineId: first.cartLineId, optionIds: ["opt_hot"] }, shelfWith()));
  assert.deepEqual(
    hotter.lines.map((line) => [line.cartLineId, line.quantity, line.seenPrice]),
    [[first.cartLineId, 3, 9_500]],
  );
  assert.equal(code(changeLine(cart, { cartLineId: "cln_none", quantity: 1 }, shelfWith())), "cart.line_not_found");
});

test("totals tell what is short of the minimum, and the fee where the store delivers", () => {
  const cart = filled(put(EMPTY_CART, tteokbokki, ["opt_hot"]));
  const at = (area?: string) => basketsOf(cart, shelfWith(), area)[0]?.stores[0];
  assert.deepEqual([at()?.itemsTotal, at()?.shortOfMinOrder, at()?.deliveryFee], [9_500, 2_500, undefined]);
  assert.deepEqual([at("1168010100")?.deliveryFee, at("1111010100")?.deliveryFee], [3_000, undefined]);
  const goods = basketsOf(filled(put(EMPTY_CART, cup)), shelfWith(), "1111010100")[0]?.stores[0];
  assert.equal(goods?.deliveryFee, 2_500);
  const sold = basketsOf(cart, shelfWith({ soldOut: [tteokbokki.itemId] }), undefined)[0]?.stores[0];
  assert.deepEqual([sold?.itemsTotal, sold?.lines[0]?.marks], [0, ["SOLD_OUT"]]);
});

test("what a visitor collected joins the account's lines; what cannot is left out and named", () => {
  const cart = filled(put(filled(put(EMPTY_CART, noodles)), cup));
  const wanted = (itemId: string, optionIds: string[] = []) => ({
    cartLineId: `cln_${itemId}`,
    itemId,
    optionIds,
    quantity: 2,
  });
  const visitors = [
    wanted(cup.itemId),
    wanted(tteokbokki.itemId, mild),
    wanted(shirt.itemId, ["opt_s"]),
    wanted("itm_gone"),
  ];
  const { cart: joined, leftOut } = joinCart(cart, visitors, shelfWith({ soldOut: ["opt_s"] }));
  assert.deepEqual(
    joined.lines.map((line) => [line.itemId, line.quantity]),
    [
      [noodles.itemId, 1],
      [cup.itemId, 3],
    ],
  );
  assert.deepEqual(
    leftOut.map((line) => line.code),
    ["cart.other_store", "cart.option_not_available", "cart.item_not_found"],
  );
});
