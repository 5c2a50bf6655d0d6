import * as orders from "#contracts/order/operations.ts";
import * as sellers from "#contracts/order/seller-operations.ts";
import { editStore, suspendStore, switchStore } from "#contracts/store/operations.ts";
import type { Operation } from "#platform/core/operation.ts";
import { chosen, moved, withUnseen } from "./reach-carts.ts";
import { type Asked, type Case, refuses } from "./reach-case.ts";
import {
  address,
  basketOf,
  newItem,
  newStore,
  place,
  placeMoved,
  placePaid,
  placing,
  type Stall,
  stockUp,
  type Town,
} from "./town.ts";

type PricingCode = (typeof orders.quoteOrder.problems)[number];
type Basket = { input: object; as?: Asked["as"] };

async function newStall(town: Town, basePrice = 5000): Promise<Stall> {
  const storeId = await newStore(town, town.seller, "FOOD", "OPEN");
  const { itemId } = await newItem(town, town.seller, { storeId, kind: "FOOD" }, { basePrice });
  return { storeId, itemId, kind: "FOOD", price: basePrice, fee: 0 };
}
const both = (one: Stall, other: Stall) => {
  const [first, second] = [basketOf(one), basketOf(other)];
  return { lines: [...first.lines, ...second.lines], handovers: [...first.handovers, ...second.handovers] };
};
const handedOver = ({ food }: Town, change: object) => ({
  ...basketOf(food),
  handovers: [{ storeId: food.storeId, fulfilment: "DELIVERY", ...change }],
});
const lineOf = (town: Town, line: object) => ({ ...basketOf(town.food), lines: [line] });

/** Baskets that cannot be ordered: quoted and placed they are refused alike. */
const baskets: readonly (readonly [PricingCode, (town: Town) => Promise<Basket> | Basket])[] = [
  ["order.nothing_to_order", ({ food }) => ({ input: { handovers: basketOf(food).handovers } })],
  [
    "order.handover_missing",
    ({ food, goods }) => ({ input: { ...basketOf(food), handovers: basketOf(goods).handovers } }),
  ],
  [
    "order.handover_surplus",
    ({ food, goods }) => ({
      input: { ...basketOf(food), handovers: [...basketOf(food).handovers, ...basketOf(goods).handovers] },
    }),
  ],
  [
    "order.item_gone",
    (town) => ({ input: lineOf(town, { itemId: `itm_${"7".repeat(26)}`, optionIds: [], quantity: 1 }) }),
  ],
  [
    "order.item_unavailable",
    async (town) => {
      const item = await chosen(town);
      await moved(town, item, "PAUSED");
      return { input: lineOf(town, item.line) };
    },
  ],
  [
    "order.option_invalid",
    async (town) => {
      const { line, none } = await chosen(town);
      return { input: lineOf(town, { ...line, optionIds: [none] }) };
    },
  ],
  [
    "order.option_choice",
    async (town) => {
      const { line } = await chosen(town);
      return { input: lineOf(town, { ...line, optionIds: [] }) };
    },
  ],
  ["order.mixed_kinds", ({ food, goods }) => ({ input: both(food, goods) })],
  ["order.one_food_store", ({ food, otherFood }) => ({ input: both(food, otherFood) })],
  [
    "order.store_gone",
    async (town) => {
      const stall = await newStall(town);
      await town.done(suspendStore, { storeId: stall.storeId, comment: "점검" }, town.operator);
      await town.settle();
      return { input: basketOf(stall) };
    },
  ],
  [
    "order.store_closed",
    async (town) => {
      const stall = await newStall(town);
      await town.done(switchStore, { storeId: stall.storeId, open: false }, town.seller);
      await town.settle();
      return { input: basketOf(stall) };
    },
  ],
  [
    "order.below_minimum",
    async (town) => {
      const stall = await newStall(town);
      await town.done(editStore, { storeId: stall.storeId, minOrder: 5001 }, town.seller);
      await town.settle();
      return { input: basketOf(stall) };
    },
  ],
  ["order.fulfilment_not_offered", (town) => ({ input: handedOver(town, { fulfilment: "DINE_IN" }) })],
  ["order.address_missing", (town) => ({ input: handedOver(town, {}) })],
  ["order.area_not_served", (town) => ({ input: handedOver(town, { address: { ...address, area: "9999999999" } }) })],
  ["order.too_much", async (town) => ({ input: basketOf(await newStall(town, 100_000_000), 99) })],
  [
    "cart.empty",
    async (town) => ({
      input: { fromCart: {}, handovers: basketOf(town.food).handovers },
      as: town.door.mint.as("BUYER"),
    }),
  ],
  [
    "cart.unseen_changes",
    async (town) => ({
      input: { fromCart: {}, handovers: basketOf(town.food).handovers },
      as: await withUnseen(town),
    }),
  ],
  [
    "cart.line_not_found",
    ({ food }) => ({
      input: { fromCart: { cartLineIds: [`cln_${"7".repeat(26)}`] }, handovers: basketOf(food).handovers },
    }),
  ],
];

/** Every step of a seller in a state from which it does not lead anywhere. */
const steps: readonly (readonly [Operation, (town: Town) => ReturnType<typeof place>, object?])[] = [
  [sellers.acceptStoreOrder, (town) => placeMoved(town, town.food, "accept", "prepare")],
  [
    sellers.rejectStoreOrder,
    (town) => placeMoved(town, town.food, "accept", "prepare", "ready"),
    { reason: "재료 소진" },
  ],
  [sellers.prepareStoreOrder, (town) => placePaid(town)],
  [sellers.readyStoreOrder, (town) => placePaid(town)],
  [sellers.handOverStoreOrder, (town) => placePaid(town)],
  [sellers.sendOutStoreOrder, (town) => placePaid(town)],
  [sellers.deliverStoreOrder, (town) => placePaid(town)],
  [sellers.shipStoreOrder, (town) => placePaid(town), { carrier: "마당택배", trackingNo: "1" }],
];

export const reachOrders: readonly Case[] = [
  ...baskets.flatMap(([code, make]) => [
    refuses(orders.quoteOrder, code, async (town) => ({ as: town.buyer, ...(await make(town)) }) as Asked),
    refuses(orders.placeOrder, code, async (town) => {
      const { input, as = town.buyer } = await make(town);
      return { input: { orderId: town.id("order"), expectedTotal: 1, ...input }, as };
    }),
  ]),
  refuses(orders.placeOrder, "order.price_changed", (town) => ({
    input: { ...placing(town, town.food), expectedTotal: 1 },
    as: town.buyer,
  })),
  refuses(orders.placeOrder, "order.looks_doubled", async (town) => {
    await place(town, town.goods);
    return { input: { ...placing(town, town.goods), evenIfDouble: false }, as: town.buyer };
  }),
  refuses(orders.placeOrder, "order.sold_out", async (town) => {
    const { itemId } = await newItem(town, town.seller, town.goods);
    await stockUp(town, town.seller, itemId, 0);
    return { input: placing(town, { ...town.goods, itemId }), as: town.buyer };
  }),
  refuses(orders.placeOrder, "order.not_found", async (town) => {
    const { orderId } = await place(town);
    return { input: { ...placing(town, town.otherFood), orderId }, as: town.otherBuyer };
  }),
  ...steps.map(([operation, make, more = {}]) =>
    refuses(operation, "order.wrong_state", async (town) => {
      const { orderId, storeOrderId } = await make(town);
      return { input: { orderId, storeOrderId, ...more }, as: town.seller };
    }),
  ),
  refuses(orders.confirmPurchase, "order.wrong_state", async (town) => {
    const { orderId, storeOrderId } = await placePaid(town);
    return { input: { orderId, storeOrderId }, as: town.buyer };
  }),
  refuses(orders.cancelOrder, "order.too_late_to_cancel", async (town) => {
    const { orderId } = await placeMoved(town, town.food, "accept", "prepare", "ready");
    return { input: { orderId, reason: "늦음" }, as: town.buyer };
  }),
  refuses(orders.cancelOrder, "order.already_cancelled", async (town) => {
    const { orderId } = await placePaid(town);
    await town.done(orders.cancelOrder, { orderId, reason: "취소" }, town.buyer);
    return { input: { orderId, reason: "취소" }, as: town.buyer };
  }),
];
