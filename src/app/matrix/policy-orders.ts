import { getOrder } from "#contracts/order/operations.ts";
import type { Policies, Policy } from "./policy.ts";
import {
  basketOf,
  type Order,
  place,
  placeMoved,
  placePaid,
  placing,
  putIntoCart,
  type StepName,
  type Town,
} from "./town.ts";

const BUYER = { may: ["BUYER"], whose: "caller" } as const;
const SELLER = { may: ["SELLER"], whose: "owner" } as const;
const HOUSE = { may: "house", whose: "house" } as const;
const BUYERS_OWN = { may: ["BUYER"], whose: "owner" } as const;

export const cartPolicy: Policies = {
  getCart: { ...BUYER, good: ({ buyer }) => ({ input: { area: "1168010100" }, as: buyer }) },
  addCartLine: {
    ...BUYER,
    good: ({ goods, buyer }) => ({
      input: { itemId: goods.itemId, optionIds: [], quantity: 1 },
      as: buyer,
      other: { quantity: 2 },
    }),
  },
  changeCartLine: {
    ...BUYERS_OWN,
    good: async (town) => ({
      input: { cartLineId: await putIntoCart(town), quantity: 3 },
      as: town.buyer,
      other: { quantity: 4 },
    }),
  },
  removeCartLine: {
    ...BUYERS_OWN,
    good: async (town) => ({ input: { cartLineId: await putIntoCart(town) }, as: town.buyer }),
  },
  clearCart: { ...BUYER, good: ({ buyer }) => ({ input: { kind: "FOOD" }, as: buyer, other: { kind: "GOODS" } }) },
  joinCart: {
    ...BUYER,
    good: ({ goods, otherBuyer }) => ({
      input: { lines: [{ itemId: goods.itemId, optionIds: [], quantity: 2 }] },
      as: otherBuyer,
      other: { lines: [{ itemId: goods.itemId, optionIds: [], quantity: 3 }] },
    }),
  },
  markNoticesSeen: {
    ...BUYER,
    good: ({ buyer }) => ({ input: { noticeIds: ["seen-1"] }, as: buyer, other: { noticeIds: [] } }),
  },
  readCartForOrder: {
    may: "house",
    whose: "house",
    good: async (town) => {
      await putIntoCart(town);
      return { input: { accountId: town.buyer.accountId }, as: town.door.house() };
    },
  },
};

/** A seller's step on a paid order on which the steps before it were taken. */
function step(at: "food" | "goods" | "delivery", more: object, ...before: readonly StepName[]): Policy {
  const good = async (town: Town) => {
    const order = await placeMoved(
      town,
      { ...town.food, ...(at === "goods" ? town.goods : {}), isDelivered: at === "delivery" },
      ...before,
    );
    return { input: { orderId: order.orderId, storeOrderId: order.storeOrderId, ...more }, as: town.seller };
  };
  return { ...SELLER, good };
}

const onOrder =
  (make: (town: Town) => Promise<Order>, more: object = {}) =>
  async (town: Town) => {
    const { orderId } = await make(town);
    return { input: { orderId, ...more }, as: town.buyer };
  };

export const orderPolicy: Policies = {
  quoteOrder: { ...BUYER, good: (town) => ({ input: basketOf(town.food), as: town.buyer }) },
  placeOrder: {
    ...BUYER,
    good: (town) => ({ input: placing(town, town.goods), as: town.buyer, other: { evenIfDouble: false } }),
  },
  getOrder: { may: ["BUYER", "SELLER", "OPERATOR", "ADMIN"], whose: "owner", good: onOrder((town) => placePaid(town)) },
  getOrderByNumber: {
    ...BUYERS_OWN,
    good: async (town) => {
      const { orderId } = await place(town);
      const { orderNo } = await town.done(getOrder, { orderId }, town.buyer);
      return { input: { orderNo }, as: town.buyer };
    },
  },
  listOrders: { ...BUYER, good: ({ buyer }) => ({ input: { active: true, limit: 1 }, as: buyer }) },
  getOrderAt: {
    may: ["OPERATOR", "ADMIN"],
    whose: "operators",
    good: async (town) => {
      const { orderId } = await place(town);
      return { input: { orderId, at: town.door.market.clock.now() }, as: town.operator };
    },
  },
  getOrderForPayment: {
    ...HOUSE,
    good: async (town) => ({ input: { orderId: (await place(town)).orderId }, as: town.door.house() }),
  },
  getStoreOrderPeople: {
    ...HOUSE,
    good: async (town) => ({ input: { storeOrderId: (await placePaid(town)).storeOrderId }, as: town.door.house() }),
  },
  watchOrder: { ...BUYERS_OWN, good: onOrder((town) => place(town)) },
  watchStoreOrders: { ...SELLER, good: ({ food, seller }) => ({ input: { storeId: food.storeId }, as: seller }) },
  watchKitchen: { ...SELLER, good: ({ food, seller }) => ({ input: { storeId: food.storeId }, as: seller }) },
  listStoreOrders: { ...SELLER, good: ({ food, seller }) => ({ input: { storeId: food.storeId }, as: seller }) },
  getKitchen: { ...SELLER, good: ({ food, seller }) => ({ input: { storeId: food.storeId }, as: seller }) },
  acceptStoreOrder: step("food", { estimatedMinutes: 20 }),
  rejectStoreOrder: step("food", { reason: "재료 소진" }),
  prepareStoreOrder: step("food", {}, "accept"),
  readyStoreOrder: step("food", {}, "accept", "prepare"),
  handOverStoreOrder: step("food", {}, "accept", "prepare", "ready"),
  shipStoreOrder: step("goods", { carrier: "마당택배", trackingNo: "123456" }, "accept", "prepare"),
  sendOutStoreOrder: step("delivery", {}, "accept", "prepare", "ready"),
  deliverStoreOrder: step("goods", {}, "accept", "prepare", "ship"),
  confirmPurchase: {
    ...BUYERS_OWN,
    good: async (town) => {
      const { orderId, storeOrderId } = await placeMoved(town, town.goods, "accept", "prepare", "ship", "deliver");
      return { input: { orderId, storeOrderId }, as: town.buyer };
    },
  },
  cancelOrder: {
    may: ["BUYER", "SELLER", "OPERATOR"],
    whose: "owner",
    good: onOrder((town) => place(town), { reason: "마음이 바뀜" }),
  },
};
