import { randomBytes } from "node:crypto";
import { setTimeout as pause } from "node:timers/promises";
import { makeIds, siblingId } from "#platform/core/ids.ts";
import { machineNow } from "../clock.ts";
import type { Gateways } from "./market.ts";
import { type Asked, ask } from "./visitor.ts";

/** Something in the demo's stores. */
export interface Wanted {
  readonly storeId: string;
  readonly line: object;
  readonly handover: object;
  /** With the fee of its parcel. */
  readonly total: number;
}

export interface Placed {
  readonly orderId: string;
  readonly storeOrders: readonly { readonly storeOrderId: string }[];
  readonly total: number;
}

const ids = makeIds(machineNow, { bytes: randomBytes });
const IN_FLIGHT_PAUSE_MS = 100;
const BUSY: readonly number[] = [503, 504];
const ASKED_FOR_MS = 60_000;
const PARCEL_FEE = 3_000;
const address = {
  ...{ area: "1168010100", recipient: "김마당", phone: "010-1234-5678", zipcode: "06236" },
  ...{ road: "길 1", detail: "" },
};

export async function findWanted(
  url: string,
  store: string,
  item: string,
  fulfilment: "PARCEL" | "PICKUP",
  quantity = 1,
): Promise<Wanted> {
  const { body } = await ask<{ stores: { storeId: string; name: string }[] }>(url, "GET", "/stores");
  const { storeId = "" } = body.stores.find(({ name }) => name === store) ?? {};
  type Items = { items: { itemId: string; name: string; basePrice: number }[] };
  const { items } = (await ask<Items>(url, "GET", `/stores/${storeId}/items`)).body;
  const { itemId = "", basePrice = 0 } = items.find(({ name }) => name === item) ?? {};
  const isParcel = fulfilment === "PARCEL";
  const handover = { storeId, fulfilment, ...(isParcel ? { address } : {}) };
  const line = { itemId, optionIds: [], quantity };
  return { storeId, line, handover, total: quantity * basePrice + (isParcel ? PARCEL_FEE : 0) };
}

/** @returns the order, or the code of what stood against it. */
export async function place(url: string, token: string, wanted: Wanted): Promise<Placed | string> {
  const { line, handover, total } = wanted;
  const orderId = ids.make("order");
  const order = { orderId, lines: [line], handovers: [handover], expectedTotal: total, evenIfDouble: true };
  const told = await command<Omit<Placed, "total">>(url, "/orders", { token, key: `${orderId}.place`, body: order });
  return typeof told === "string" ? told : { ...told, total };
}

/** Pays with Toss, as a storefront does. @returns "paid", or the code of what stood against it. */
export async function pay(url: string, { toss }: Gateways, token: string, { orderId, total }: Placed): Promise<string> {
  const paymentId = siblingId("payment", orderId as Parameters<typeof siblingId>[1]);
  const attemptId = siblingId("attempt", paymentId);
  const { paymentKey } = toss.authorize({ orderId: attemptId, amount: total });
  const body = { attemptId, amount: total, paymentKey };
  const told = await command(url, `/payments/${paymentId}/confirm`, { token, key: `${orderId}.confirm`, body });
  return typeof told === "string" ? told : "paid";
}

/**
 * @returns what was answered, or the code of the problem. What is in flight, and what a busy machine did not get done
 * in time, is asked for again with the same key.
 */
async function command<Body>(url: string, path: string, asked: Asked): Promise<Body | string> {
  const latest = performance.now() + ASKED_FOR_MS;
  for (;;) {
    const { status, body } = await ask<Body & { readonly code?: string }>(url, "POST", path, asked);
    if (status < 300) return body;
    const code = body?.code ?? `${status}`;
    const mayPass = code === "request.in_flight" || BUSY.includes(status);
    if (!mayPass || performance.now() > latest) return code;
    await pause(IN_FLIGHT_PAUSE_MS);
  }
}
