import { type Basket, orderInput, type Stall } from "#app/testing/market.ts";
import * as orders from "#contracts/order/operations.ts";
import * as buying from "#contracts/payment/buyer-operations.ts";
import { isRefusal } from "#platform/core/decision.ts";
import type { Caller } from "#platform/core/operation.ts";
import { plus, type Span } from "#platform/core/time.ts";
import type { FaultLine } from "#platform/testing/faults.ts";
import { buyer } from "#platform/testing/people.ts";
import { runUntil } from "./calm.ts";
import { type Client, createClient } from "./client.ts";
import type { Rig } from "./rig.ts";
import { PRICES, type Town } from "./town.ts";

export const BUYER: Caller = buyer("acc_01jd7x000000000000000000by");

/** The order as its row has it: what the audience sees, nobody in the play does. */
export interface OrderRow {
  readonly orderId: string;
  readonly status: string;
  readonly payable: number;
  readonly paymentId?: string;
  readonly paidAt?: string;
  readonly isSecured?: boolean;
  readonly active: boolean;
  readonly storeOrders: readonly {
    readonly storeOrderId: string;
    readonly storeId: string;
    readonly status: string;
    readonly total: number;
    readonly refunded: number;
    readonly history: readonly { readonly status: string }[];
  }[];
}

/** Where a scenario is played: who asks, and the means to wait. */
export interface Stage {
  readonly rig: Rig;
  readonly town: Town;
  readonly client: Client;
  readonly orderIds: readonly string[];
  /** Places an order and waits until it can be paid. Undefined: it was refused. */
  place(basket: Basket): Promise<OrderRow | undefined>;
  /** Pays as a storefront does, and does not wait for more than the answer. */
  tryToPay(order: OrderRow, gateway: "toss" | "kakaopay"): Promise<void>;
  /** Pays, and waits until the order is paid or over. */
  pay(order: OrderRow, gateway: "toss" | "kakaopay"): Promise<OrderRow>;
  /** Lets time run for at most `within` (5 minutes unless told) until the order is as wished. */
  waitFor(orderId: string, isWished: (order: OrderRow) => boolean, within?: Span): Promise<OrderRow>;
  order(orderId: string): Promise<OrderRow | undefined>;
  partOf(order: OrderRow, stall: Stall): { readonly orderId: string; readonly storeOrderId: string };
}

export function createStage(rig: Rig, line: FaultLine, town: Town): Stage {
  const client = createClient(rig);
  const orderIds: string[] = [];

  async function order(orderId: string): Promise<OrderRow | undefined> {
    const found = await rig.admin.query<{ data: OrderRow }>("order", `select data from "order".states where key = $1`, [
      orderId,
    ]);
    return found.rows[0]?.data;
  }

  async function waitFor(orderId: string, isWished: (order: OrderRow) => boolean, within: Span = { minutes: 5 }) {
    let seen: OrderRow | undefined;
    await runUntil(rig, line, plus(rig.clock.now(), within), async () => {
      seen = await order(orderId);
      return seen !== undefined && isWished(seen);
    });
    if (!seen) throw new Error(`an order that was taken is not there: ${orderId}`);
    return seen;
  }

  return {
    rig,
    town,
    client,
    orderIds,
    order,
    waitFor,
    async place(basket) {
      const input = orderInput((await rig.living()) as never, basket);
      orderIds.push(input.orderId);
      const answer: unknown = await client.ask(orders.placeOrder, input, BUYER, input.orderId);
      return isRefusal(answer) ? undefined : order(input.orderId);
    },
    tryToPay: (placed, gateway) => payAtGateway({ rig, client }, placed, gateway),
    async pay(placed, gateway) {
      await payAtGateway({ rig, client }, placed, gateway);
      return waitFor(placed.orderId, (now) => now.isSecured === true || !now.active || now.status === "CANCELLING");
    },
    partOf(whole, stall) {
      const part = whole.storeOrders.find((one) => one.storeId === stall.storeId);
      return { orderId: whole.orderId, storeOrderId: part?.storeOrderId ?? "" };
    },
  };
}

/** Opens a window, agrees in it, confirms. What is not known yet is not tried again: that is the point of asking. */
async function payAtGateway(
  { rig, client }: { readonly rig: Rig; readonly client: Client },
  { paymentId = "", payable }: OrderRow,
  gateway: "toss" | "kakaopay",
): Promise<void> {
  const window = await openWindow(client, paymentId, gateway);
  if (!window) return;
  const { attemptId } = window;
  const agreed = gateway === "toss" ? agreeAtToss(rig, attemptId, payable) : agreeAtKakaoPay(rig, window.redirectUrl);
  await client.ask(buying.confirmPayment, { paymentId, attemptId, amount: payable, ...agreed }, BUYER);
}

async function openWindow(client: Client, paymentId: string, gateway: "toss" | "kakaopay") {
  for (let tries = 1; ; tries++) {
    const answer = await client.ask(buying.startAttempt, { paymentId, gateway }, BUYER);
    if (!isRefusal(answer)) return answer;
    // Nothing was begun, so this, and only this, may be tried anew.
    if (answer.refused !== "payment.gateway_unavailable" || tries === 3) return undefined;
  }
}

function agreeAtToss(rig: Rig, attemptId: string, amount: number) {
  const { paymentKey } = rig.gateways.toss.authorize({ orderId: attemptId, amount });
  return { paymentKey };
}

function agreeAtKakaoPay(rig: Rig, redirectUrl = "") {
  const agreed = rig.gateways.kakaopay.authorize(redirectUrl.slice(redirectUrl.lastIndexOf("/") + 1));
  return "error" in agreed ? {} : { pgToken: agreed.pg_token };
}

export function foodBasket({ food, tteokbokki }: Town): Basket {
  return { stalls: [food], lines: [{ itemId: tteokbokki, quantity: 2 }], total: 2 * PRICES.tteokbokki };
}

/** Goods of two sellers, one line each, two parcels. */
export function goodsBasket({ pottery, bowl, weaver, scarf }: Town): Basket {
  const lines = [
    { itemId: bowl, quantity: 1 },
    { itemId: scarf, quantity: 1 },
  ];
  return { stalls: [pottery, weaver], lines, total: PRICES.bowl + PRICES.scarf + 2 * PRICES.parcel };
}
