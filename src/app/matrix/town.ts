import { addCartLine } from "#contracts/cart/operations.ts";
import { createItem } from "#contracts/catalog/operations.ts";
import * as orders from "#contracts/order/operations.ts";
import * as sellers from "#contracts/order/seller-operations.ts";
import { confirmPayment, startAttempt } from "#contracts/payment/buyer-operations.ts";
import { adjustStock } from "#contracts/stock/operations.ts";
import * as stores from "#contracts/store/operations.ts";
import type { TestAppOptions } from "#platform/testing/app.ts";
import { type Client, createClient, type Input } from "./client.ts";
import { type Door, openMatrixDoor } from "./door.ts";
import { hire, join, type Person, phone } from "./people.ts";
import type { As, Minted } from "./tokens.ts";

/** Two buyers, two sellers with a store of each kind, operators: enough to take anything for another's. */
export interface Town extends Client {
  readonly door: Door;
  readonly buyer: Person;
  readonly otherBuyer: Minted;
  readonly seller: Person;
  readonly otherSeller: Minted;
  readonly operator: Person;
  readonly admin: Person;
  readonly food: Stall;
  readonly goods: Stall;
  readonly otherFood: Stall;
  id(kind: Parameters<Door["market"]["app"]["ids"]["make"]>[0]): string;
  settle(): Promise<void>;
  close(): Promise<void>;
}
export interface Stall {
  readonly storeId: string;
  readonly itemId: string;
  readonly kind: "FOOD" | "GOODS";
  readonly price: number;
  readonly fee: number;
  /** Food that is brought, not fetched. */
  readonly isDelivered?: boolean;
}
export interface Order {
  readonly orderId: string;
  readonly storeOrderId: string;
  readonly paymentId: string;
  readonly payable: number;
}

const ALWAYS = [0, 1, 2, 3, 4, 5, 6].map((day) => ({ opensAt: day * 1440, closesAt: (day + 1) * 1440 }));
export const road = "서울 강남구 카나리아로 77";
export const address = {
  area: "1168010100",
  recipient: "김카나리",
  phone,
  zipcode: "06236",
  road,
  detail: "카나 101호",
};
export const profiles = {
  FOOD: {
    fulfilments: ["PICKUP", "DELIVERY"],
    deliveryAreas: [{ area: address.area, fee: 3000 }],
    categories: ["010101"],
    hours: ALWAYS,
  },
  GOODS: { categories: ["02"], fulfilments: ["PARCEL"], deliveryAreas: [{ area: "ALL", fee: 2500 }] },
} as const;

export async function openTown(settings: TestAppOptions["settings"] = {}): Promise<Town> {
  const door = await openMatrixDoor(settings);
  const client = createClient(door);
  for (const secret of [road, address.recipient, address.detail]) door.secrets.add(secret);
  // Whose password nobody asks for is not signed up: hashing takes its time.
  const [otherBuyer, otherSeller] = [door.mint.as("BUYER"), door.mint.as("SELLER")];
  const [buyer, seller, staff] = await Promise.all([
    join(client, door, "buyer", ["BUYER"]),
    join(client, door, "seller", ["SELLER"]),
    hire(client, door),
  ]);
  const { market } = door;
  const people = { ...client, door, buyer, otherBuyer, seller, otherSeller, ...staff };
  const tools = { id: (kind: never) => market.app.ids.make(kind), settle: () => market.settle() };
  const base = { ...people, ...tools, close: () => door.close() } as never;
  await company(base, seller, "111-11-11119");
  await company(base, otherSeller, "222-22-22227");
  return Object.assign(base, {
    food: await stall(base, seller, "FOOD"),
    goods: await stall(base, seller, "GOODS"),
    otherFood: await stall(base, otherSeller, "FOOD"),
  }) as Town;
}

async function company({ done }: Town, seller: As, businessRegistrationNo: string) {
  await done(stores.saveCompany, { businessRegistrationNo, name: "카나리아상사", phone: "02-123-4567" }, seller);
}

let names = 0;
export const newName = (what: string) => `${what} ${++names}`;

/** A store of the seller's in one of its states. */
export async function newStore(town: Town, owner: As, kind: Stall["kind"], upTo: "DRAFT" | "SUBMITTED" | "OPEN") {
  const { done, operator } = town;
  const { storeId } = await done(stores.createStore, { name: newName("가게"), kind, ...profiles[kind] }, owner);
  if (upTo !== "DRAFT") await done(stores.submitStore, { storeId }, owner);
  if (upTo === "OPEN") {
    await done(stores.approveStore, { storeId }, operator);
    await done(stores.switchStore, { storeId, open: true }, owner);
  }
  await town.settle();
  return storeId;
}

export async function newItem(town: Town, owner: As, at: Pick<Stall, "storeId" | "kind">, more: Input = {}) {
  const content = { name: newName("상품"), basePrice: 5000, category: at.kind === "FOOD" ? "01" : "02" };
  const item = await town.done(createItem, { storeId: at.storeId, ...content, ...more }, owner);
  await town.settle();
  return item;
}

async function stall(town: Town, owner: As, kind: Stall["kind"]): Promise<Stall> {
  const storeId = await newStore(town, owner, kind, "OPEN");
  const { itemId } = await newItem(town, owner, { storeId, kind });
  if (kind === "GOODS") await stockUp(town, owner, itemId, 10_000);
  return { storeId, itemId, kind, price: 5000, fee: kind === "GOODS" ? 2500 : 0 };
}

export async function stockUp(town: Town, owner: As, skuId: string, available: number) {
  await town.done(adjustStock, { skuId, unlimited: false, available, reason: "입고" }, owner);
  await town.settle();
}

export function basketOf({ storeId, itemId, kind, isDelivered }: Stall, quantity = 1) {
  const brought = { fulfilment: kind === "FOOD" ? "DELIVERY" : "PARCEL", address };
  const how = kind === "FOOD" && !isDelivered ? { fulfilment: "PICKUP" } : brought;
  return { lines: [{ itemId, optionIds: [], quantity }], handovers: [{ storeId, ...how }] };
}

export function placing(town: Town, at: Stall): Input {
  return {
    orderId: town.id("order"),
    ...basketOf(at),
    expectedTotal: at.price + (at.isDelivered ? 3000 : at.fee),
    evenIfDouble: true,
  };
}

export async function place(town: Town, at = town.food, who: As = town.buyer): Promise<Order> {
  const order = await town.done(orders.placeOrder, placing(town, at), who);
  const { orderId, paymentId = "", payable } = order;
  return { orderId, paymentId, payable, storeOrderId: order.storeOrders[0]?.storeOrderId ?? "" };
}

/** What a buyer brings back from the window of Toss, having agreed there. */
export async function authorize(town: Town, order: Order, who: As = town.buyer) {
  const { paymentId, payable: amount } = order;
  const { attemptId } = await town.done(startAttempt, { paymentId, gateway: "toss" }, who);
  const { paymentKey } = town.door.gateways.toss.authorize({ orderId: attemptId, amount });
  return { paymentId, attemptId, amount, paymentKey };
}

export async function placePaid(town: Town, at = town.food, who: As = town.buyer): Promise<Order> {
  const order = await place(town, at, who);
  await town.done(confirmPayment, await authorize(town, order, who), who);
  await town.settle();
  return order;
}

const steps = {
  ...{ accept: sellers.acceptStoreOrder, prepare: sellers.prepareStoreOrder, ready: sellers.readyStoreOrder },
  ...{ ship: sellers.shipStoreOrder, sendOut: sellers.sendOutStoreOrder, handOver: sellers.handOverStoreOrder },
  deliver: sellers.deliverStoreOrder,
};
export type StepName = keyof typeof steps;

/** A paid order whose seller has taken these steps. */
export async function placeMoved(town: Town, at: Stall, ...names: readonly StepName[]): Promise<Order> {
  const order = await placePaid(town, at);
  for (const name of names) {
    const parcel = name === "ship" ? { carrier: "마당택배", trackingNo: "123456" } : {};
    await town.done(steps[name], { orderId: order.orderId, storeOrderId: order.storeOrderId, ...parcel }, town.seller);
  }
  return order;
}

export async function putIntoCart(town: Town, at = town.food, who: As = town.buyer): Promise<string> {
  const cart = await town.done(addCartLine, { itemId: at.itemId, optionIds: [], quantity: 1, replace: true }, who);
  const lines = cart.baskets.flatMap((basket) => basket.stores.flatMap((store) => store.lines));
  return lines.find(({ itemId }) => itemId === at.itemId)?.cartLineId ?? "";
}
