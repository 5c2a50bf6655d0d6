import { reserveStock } from "#contracts/stock/operations.ts";
import { plus } from "#platform/core/time.ts";
import type { Policies } from "./policy.ts";
import { newItem, stockUp, type Town } from "./town.ts";

const OWNER = { may: ["SELLER"], whose: "owner" } as const;
const ANYONE = { may: "anyone", whose: "anyone" } as const;
const HOUSE = { may: "house", whose: "house" } as const;

export const itemContent = {
  ...{ name: "떡볶이", description: "매운맛", category: "01", basePrice: 4500 },
  optionGroups: [{ name: "맵기", min: 0, max: 1, options: [{ name: "순한맛", priceDelta: 0 }] }],
};

export const catalogPolicy: Policies = {
  createItem: {
    ...OWNER,
    good: ({ food, seller }) => ({
      input: { storeId: food.storeId, ...itemContent },
      as: seller,
      other: { name: "순대" },
    }),
  },
  editItem: {
    ...OWNER,
    good: async (town) => {
      const { itemId, version } = await newItem(town, town.seller, town.food);
      return { input: { itemId, version, ...itemContent }, as: town.seller, other: { name: "순대" } };
    },
  },
  moveItem: {
    ...OWNER,
    good: async (town) => {
      const { itemId, version } = await newItem(town, town.seller, town.food);
      return { input: { itemId, version, status: "PAUSED" }, as: town.seller, other: { status: "HIDDEN" } };
    },
  },
  listMyItems: { ...OWNER, good: ({ food, seller }) => ({ input: { storeId: food.storeId }, as: seller }) },
  readMyItem: { ...OWNER, good: ({ food, seller }) => ({ input: { itemId: food.itemId }, as: seller }) },
  listStoreItems: { ...ANYONE, good: ({ food }) => ({ input: { storeId: food.storeId, sort: "price-low" } }) },
  searchItems: { ...ANYONE, good: () => ({ input: { keyword: "상품", kind: "FOOD", limit: 1 } }) },
  getItem: { ...ANYONE, good: ({ food }) => ({ input: { itemId: food.itemId } }) },
  getItemForOrder: { ...HOUSE, good: ({ food, door }) => ({ input: { itemId: food.itemId }, as: door.house() }) },
};

/** A reservation of one piece of the goods, as the order would ask for it. */
export function reservation(town: Town, skuId = town.goods.itemId, quantity = 1) {
  const expiresAt = plus(town.door.market.clock.now(), { minutes: 10 });
  return { orderId: town.id("order"), lines: [{ orderLineId: town.id("orderLine"), skuId, quantity }], expiresAt };
}

export async function reserved(town: Town): Promise<string> {
  const input = reservation(town);
  await town.done(reserveStock, input, town.door.house());
  return input.orderId;
}

export const stockPolicy: Policies = {
  reserveStock: {
    ...HOUSE,
    good: (town) => {
      const { lines } = reservation(town, town.goods.itemId, 2);
      return { input: reservation(town), as: town.door.house(), other: { lines } };
    },
  },
  commitStock: {
    ...HOUSE,
    good: async (town) => ({ input: { orderId: await reserved(town) }, as: town.door.house() }),
  },
  releaseStock: {
    ...HOUSE,
    good: async (town) => ({
      input: { orderId: await reserved(town), restock: true, reason: "취소" },
      as: town.door.house(),
    }),
  },
  listStoreStock: { ...OWNER, good: ({ goods, seller }) => ({ input: { storeId: goods.storeId }, as: seller }) },
  adjustStock: {
    ...OWNER,
    good: async (town) => {
      const { itemId } = await newItem(town, town.seller, town.goods);
      await stockUp(town, town.seller, itemId, 3);
      return { input: { skuId: itemId, available: 7, unlimited: false, reason: "실사" }, as: town.seller };
    },
  },
  getAvailability: { ...ANYONE, good: ({ food, goods }) => ({ input: { skuIds: `${food.itemId},${goods.itemId}` } }) },
};
