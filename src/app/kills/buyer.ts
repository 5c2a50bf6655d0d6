import { randomBytes } from "node:crypto";
import { setTimeout as pause } from "node:timers/promises";
import type { OrderDetail } from "#contracts/order/shapes.ts";
import { makeIds } from "#platform/core/ids.ts";
import { machineNow } from "../clock.ts";
import { DEMO_PASSWORD } from "../demo/people.ts";
import type { Ask } from "./ask.ts";
import type { Seeded } from "./seeded.ts";
import { logIn, type Stall, type Town } from "./town.ts";

/** Where the gateways' pages are. */
export interface Pages {
  readonly toss: string;
  readonly kakaopay: string;
}

export interface Buying {
  readonly ask: Ask;
  readonly name: string;
  readonly town: Town;
  readonly pages: Pages;
  readonly chance: Seeded;
  /** Asked before each next order. */
  readonly isOver: () => boolean;
}

const ids = makeIds(machineNow, { bytes: randomBytes });
const address = {
  ...{ area: "1168010100", recipient: "김마당", phone: "010-1234-5678", zipcode: "06236" },
  ...{ road: "서울 강남구 테헤란로 1", detail: "101호" },
};
/** Orders whose parcels a buyer still looks after. */
const REMEMBERED_MAX = 20;
/** At most; a machine of two cores must start what was killed beside it. */
const PAUSE_MS = 250;
const LOOK_AGAIN_MS = 500;
const LOOKS_MAX = 60;

/** A new person of the town. @returns how they order, pay, change their mind and look again, until it is over. */
export async function comeToTown(buying: Buying): Promise<() => Promise<void>> {
  const { ask, name, chance, isOver } = buying;
  const person = { email: `${name}@madang.test`, nickname: name, name, password: DEMO_PASSWORD, roles: ["BUYER"] };
  await ask({ op: "signUp", method: "POST", path: "/accounts", body: person });
  const token = await logIn(ask, person.email);
  const mine: string[] = [];
  return async () => {
    while (!isOver()) {
      const orderId = await buyOnce(buying, token);
      if (orderId !== undefined) mine.push(orderId);
      if (mine.length > REMEMBERED_MAX) mine.shift();
      const [first, ...others] = mine;
      if (first !== undefined) await lookAfter(buying, token, chance.of([first, ...others]));
      await pause(chance.below(PAUSE_MS));
    }
  };
}

async function buyOnce(buying: Buying, token: string): Promise<string | undefined> {
  const { ask, chance } = buying;
  const order = await place(buying, token);
  if (!order) return undefined;
  const { orderId } = order;
  const cancel = (part: { storeOrderId?: string | undefined } = {}) => {
    const body = { ...part, reason: "변심" };
    return ask({ op: "cancelOrder", method: "POST", path: `/orders/${orderId}/cancel`, body, token, about: orderId });
  };
  // Some never pay: the house must end what they hold.
  if (chance.happens(0.08)) return orderId;
  if (chance.happens(0.08)) await cancel();
  else {
    await pay(buying, order, token);
    if (chance.happens(0.15)) await cancel();
    else if (order.storeOrders.length > 1 && chance.happens(0.3)) {
      await cancel({ storeOrderId: order.storeOrders[chance.below(2)]?.storeOrderId });
    }
  }
  return orderId;
}

function basketOf({ town, chance }: Buying): readonly [Stall, ...Stall[]] {
  if (chance.happens(0.5)) return [chance.of(town.food)];
  if (chance.happens(0.4)) return [town.vase];
  return chance.happens(0.5) ? [town.cups] : [town.cups, town.tea];
}

async function place(buying: Buying, token: string): Promise<OrderDetail | undefined> {
  const { ask, chance } = buying;
  const stalls = basketOf(buying);
  // 마당분식 sends nothing for less than 8,000.
  const quantity = stalls[0].price < 8_000 ? 2 : 1;
  const body = {
    orderId: ids.make("order"),
    lines: stalls.map(({ itemId }) => ({ itemId, optionIds: [], quantity })),
    handovers: stalls.map(({ storeId, kind }) =>
      kind === "FOOD" ? { storeId, fulfilment: "PICKUP" } : { storeId, fulfilment: "PARCEL", address },
    ),
    expectedTotal: stalls.reduce((sum, { price, fee }) => sum + quantity * price + fee, 0),
  };
  const key = body.orderId;
  const request = { op: "placeOrder", method: "POST", path: "/orders", body, token, key, about: key } as const;
  const told = await ask<OrderDetail>(request);
  if (told.code !== undefined) return undefined;
  // A double click: the same key again is the same order.
  if (chance.happens(0.1)) await ask(request);
  return told.body;
}

async function pay({ ask, pages, chance }: Buying, order: OrderDetail, token: string): Promise<void> {
  const { orderId: about, paymentId, payable } = order;
  const gateway = chance.happens(0.25) ? "kakaopay" : "toss";
  type Started = { attemptId: string; redirectUrl?: string; checkout?: { gatewayOrderId: string } };
  const path = `/payments/${paymentId}`;
  const start = {
    op: "startAttempt",
    method: "POST",
    path: `${path}/attempts`,
    body: { gateway },
    token,
    about,
  } as const;
  const { code, body: started } = await ask<Started>(start);
  if (code !== undefined) return;
  const agreed =
    gateway === "toss"
      ? await agree(pages.toss, { orderId: started.checkout?.gatewayOrderId, amount: payable })
      : await agree(pages.kakaopay, { tid: started.redirectUrl?.slice(started.redirectUrl.lastIndexOf("/") + 1) });
  const proof = gateway === "toss" ? { paymentKey: agreed.paymentKey } : { pgToken: agreed.pg_token };
  const body = { attemptId: started.attemptId, amount: payable, ...proof };
  type Paid = { status: string };
  const told = await ask<Paid>({ op: "confirmPayment", method: "POST", path: `${path}/confirm`, body, token, about });
  // UNKNOWN is not a no: whoever was told so looks until there is a word.
  let { status } = told.body;
  for (let looks = 0; ["UNKNOWN", "IN_PROGRESS"].includes(status) && looks < LOOKS_MAX; looks++) {
    await pause(LOOK_AGAIN_MS);
    ({ status } = (await ask<Paid>({ op: "getPayment", method: "GET", path, token, about })).body);
  }
}

/** The buyer's step on the gateway's page. The gateways are never killed, so this is no part of the history. */
async function agree(
  page: string,
  body: unknown,
): Promise<{ readonly paymentKey?: string; readonly pg_token?: string }> {
  const headers = { "content-type": "application/json" };
  const answer = await fetch(`${page}/fake/authorize`, { method: "POST", headers, body: JSON.stringify(body) });
  return (await answer.json()) as { paymentKey?: string; pg_token?: string };
}

/** Looks at an order of one's own, and confirms what has arrived. */
async function lookAfter({ ask }: Buying, token: string, orderId: string): Promise<void> {
  const told = await ask<OrderDetail>({
    op: "getOrder",
    method: "GET",
    path: `/orders/${orderId}`,
    token,
    about: orderId,
  });
  if (told.code !== undefined) return;
  for (const { storeOrderId, status } of told.body.storeOrders) {
    if (status !== "DELIVERED") continue;
    const path = `/orders/${orderId}/store-orders/${storeOrderId}/confirm`;
    await ask({ op: "confirmPurchase", method: "POST", path, body: {}, token, about: orderId });
  }
}
