import * as catalog from "#contracts/catalog/operations.ts";
import * as stock from "#contracts/stock/operations.ts";
import { closeStore } from "#contracts/store/operations.ts";
import { itemContent, reservation, reserved } from "./policy-goods.ts";
import { type Case, refuses } from "./reach-case.ts";
import { newItem, newStore, type Town } from "./town.ts";

const group = itemContent.optionGroups[0];
const groups = (change: object) => ({ optionGroups: [{ ...group, ...change }] });

type ContentCode = Extract<(typeof catalog.createItem.problems)[number], (typeof catalog.editItem.problems)[number]>;
const faults: readonly (readonly [ContentCode, object])[] = [
  ["item.name_blank", { name: "  " }],
  ["item.category_not_found", { category: "99" }],
  ["item.choice_range", groups({ min: 2, max: 1 })],
  ["item.option_unknown", groups({ optionGroupId: `opg_${"7".repeat(26)}` })],
  ["item.stocked_is_for_goods", groups({ options: [{ name: "큰 것", priceDelta: 0, stocked: true }] })],
  ["item.price_below_zero", groups({ options: [{ name: "작은 것", priceDelta: -4501 }] })],
];
const edit = async (town: Town, change: object) => {
  const { itemId, version } = await newItem(town, town.seller, town.food);
  return { input: { itemId, version, ...itemContent, ...change }, as: town.seller };
};
const gone = async (town: Town) => {
  const { itemId, version } = await newItem(town, town.seller, town.food);
  const over = await town.done(catalog.moveItem, { itemId, version, status: "DISCONTINUED" }, town.seller);
  return { itemId, version: over.version };
};
const house = ({ door }: Town) => door.house();

export const reachGoods: readonly Case[] = [
  ...faults.map(([code, fault]) =>
    refuses(catalog.createItem, code, ({ food, seller }) => ({
      input: { storeId: food.storeId, ...itemContent, ...fault },
      as: seller,
    })),
  ),
  ...faults.map(([code, fault]) => refuses(catalog.editItem, code, (town) => edit(town, fault))),
  refuses(catalog.createItem, "item.store_closed", async (town) => {
    const storeId = await newStore(town, town.seller, "FOOD", "DRAFT");
    await town.done(closeStore, { storeId }, town.seller);
    await town.settle();
    return { input: { storeId, ...itemContent }, as: town.seller };
  }),
  refuses(catalog.editItem, "item.version_conflict", (town) => edit(town, { version: 9 })),
  refuses(catalog.editItem, "item.wrong_state", async (town) => edit(town, await gone(town))),
  refuses(catalog.moveItem, "item.version_conflict", async (town) => {
    const { itemId } = await newItem(town, town.seller, town.food);
    return { input: { itemId, version: 9, status: "PAUSED" }, as: town.seller };
  }),
  refuses(catalog.moveItem, "item.wrong_state", async (town) => ({
    input: { ...(await gone(town)), status: "ON_SALE" },
    as: town.seller,
  })),
  refuses(stock.reserveStock, "stock.sold_out", (town) => ({
    input: reservation(town, town.goods.itemId, 99_999),
    as: house(town),
  })),
  refuses(stock.reserveStock, "stock.unknown_sku", (town) => ({
    input: reservation(town, `itm_${"7".repeat(26)}`),
    as: house(town),
  })),
  refuses(stock.reserveStock, "stock.reservation_over", async (town) => {
    const input = reservation(town);
    const release = { orderId: input.orderId, restock: true, reason: "먼저" };
    await town.done(stock.releaseStock, release, house(town));
    return { input, as: house(town) };
  }),
  refuses(stock.commitStock, "stock.reservation_over", async (town) => {
    const orderId = await reserved(town);
    await town.done(stock.releaseStock, { orderId, restock: true, reason: "취소" }, house(town));
    return { input: { orderId }, as: house(town) };
  }),
  refuses(stock.adjustStock, "stock.amount_needed", ({ goods, seller }) => ({
    input: { skuId: goods.itemId, unlimited: true, available: 3, reason: "실사" },
    as: seller,
  })),
  refuses(stock.adjustStock, "stock.changed", ({ goods, seller }) => ({
    input: { skuId: goods.itemId, available: 3, version: 999, reason: "실사" },
    as: seller,
  })),
];
