import * as cart from "#contracts/cart/operations.ts";
import { moveItem } from "#contracts/catalog/operations.ts";
import type { Input } from "./client.ts";
import { type Case, refuses } from "./reach-case.ts";
import type { Minted } from "./tokens.ts";
import { newItem, stockUp, type Town } from "./town.ts";

const shopper = ({ door }: Town): Minted => door.mint.as("BUYER");
export const choices = {
  optionGroups: [
    {
      ...{ name: "맵기", min: 1, max: 1 },
      options: [
        { name: "순한맛", priceDelta: 0 },
        { name: "매운맛", priceDelta: 500 },
        { name: "없는맛", priceDelta: 0, status: "SOLD_OUT" },
      ],
    },
  ],
};

/** An item with three options of which one must be taken, and what it takes to put it into a cart. */
export async function chosen(town: Town, at: "food" | "goods" = "food") {
  const { itemId, version, optionGroups } = await newItem(town, town.seller, town[at], choices);
  if (at === "goods") await stockUp(town, town.seller, itemId, 5);
  const [mild = "", hot = "", none = ""] = optionGroups[0]?.options.map(({ optionId }) => optionId) ?? [];
  return { itemId, version, mild, hot, none, line: { itemId, optionIds: [mild], quantity: 1 } };
}

export async function moved(town: Town, item: { itemId: string; version: number }, status: string) {
  await town.done(moveItem, { itemId: item.itemId, version: item.version, status }, town.seller);
  await town.settle();
}

export const added = async (town: Town, as: Minted, line: Input): Promise<string> => {
  const { baskets } = await town.done(cart.addCartLine, line, as);
  const lines = baskets.flatMap(({ stores }) => stores.flatMap((store) => store.lines));
  return lines.find(({ itemId }) => itemId === line.itemId)?.cartLineId ?? "";
};

type Choice = Awaited<ReturnType<typeof chosen>>;
type ChoiceCode = (typeof cart.changeCartLine.problems)[number];
/** What goes wrong between seeing an item and taking it, and the choice that is then made. */
const faults: readonly (readonly [ChoiceCode, (town: Town, item: Choice) => Promise<void> | object])[] = [
  ["cart.item_not_found", (town, item) => moved(town, item, "DISCONTINUED")],
  ["cart.item_not_on_sale", (town, item) => moved(town, item, "PAUSED")],
  ["cart.sold_out", (town, item) => stockUp(town, town.seller, item.itemId, 0)],
  ["cart.option_not_available", (_, { none }) => ({ optionIds: [none] })],
  ["cart.option_choice", (_, { mild, hot }) => ({ optionIds: [mild, hot] })],
];

export const reachCarts: readonly Case[] = [
  ...faults.map(([code, fault]) =>
    refuses(cart.addCartLine, code as "cart.sold_out", async (town) => {
      const item = await chosen(town, "goods");
      return { input: { ...item.line, ...(await fault(town, item)) }, as: shopper(town) };
    }),
  ),
  ...faults.map(([code, fault]) =>
    refuses(cart.changeCartLine, code, async (town) => {
      const as = shopper(town);
      const item = await chosen(town, "goods");
      const cartLineId = await added(town, as, item.line);
      return { input: { cartLineId, optionIds: [item.hot], ...(await fault(town, item)) }, as };
    }),
  ),
  refuses(cart.addCartLine, "cart.quantity_limit", async (town) => {
    const as = shopper(town);
    const { line } = await chosen(town);
    await added(town, as, { ...line, quantity: 60 });
    return { input: { ...line, quantity: 60 }, as };
  }),
  refuses(cart.changeCartLine, "cart.quantity_limit", async (town) => {
    const as = shopper(town);
    const { line, hot } = await chosen(town);
    const cartLineId = await added(town, as, { ...line, quantity: 60 });
    await added(town, as, { ...line, optionIds: [hot], quantity: 60 });
    return { input: { cartLineId, optionIds: [hot] }, as };
  }),
  refuses(cart.addCartLine, "cart.other_store", async (town) => {
    const as = shopper(town);
    await added(town, as, { itemId: town.otherFood.itemId, optionIds: [], quantity: 1 });
    return { input: { itemId: town.food.itemId, optionIds: [], quantity: 1 }, as };
  }),
  refuses(cart.addCartLine, "cart.full", async (town) => {
    const as = shopper(town);
    const options = Array.from({ length: 50 }, (_, at) => ({ name: `고명 ${at}`, priceDelta: 0 }));
    const item = { optionGroups: [{ name: "고명", min: 0, max: 50, options }] };
    const { itemId, optionGroups } = await newItem(town, town.seller, town.food, item);
    const ids = optionGroups[0]?.options.map(({ optionId }) => optionId) ?? [];
    const line = (optionIds: readonly string[]) => ({ itemId, optionIds, quantity: 1 });
    const lines = [...ids.map((one) => line([one])), ...ids.slice(1).map((one) => line([one, ids[0] ?? ""])), line([])];
    await town.done(cart.joinCart, { lines }, as);
    return { input: line(ids.slice(0, 3)), as };
  }),
  refuses(cart.readCartForOrder, "cart.empty", async (town) => ({
    input: { accountId: shopper(town).accountId },
    as: town.door.house(),
  })),
  refuses(cart.readCartForOrder, "cart.unseen_changes", async (town) => {
    const { accountId } = await withUnseen(town);
    return { input: { accountId }, as: town.door.house() };
  }),
  refuses(cart.readCartForOrder, "cart.line_not_found", async (town) => {
    const { accountId } = shopper(town);
    return { input: { accountId, cartLineIds: [`cln_${"7".repeat(26)}`] }, as: town.door.house() };
  }),
];

/** A shopper in whose cart something was paused since it was put there. */
export async function withUnseen(town: Town): Promise<Minted> {
  const as = shopper(town);
  const item = await chosen(town);
  await added(town, as, item.line);
  await moved(town, item, "PAUSED");
  return as;
}
