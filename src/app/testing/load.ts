import { randomBytes } from "node:crypto";
import { setTimeout as pause } from "node:timers/promises";
import { makeIds } from "#platform/core/ids.ts";
import { machineNow } from "../clock.ts";
import { DEMO_PASSWORD, DEMO_PEOPLE } from "../demo/people.ts";

/** People who order without end from a running demo. */
export interface Load {
  stop(): Promise<Told>;
}
export interface Told {
  /** Orders that the server has said are placed. */
  readonly placed: readonly string[];
  /** Those of them that it does not know afterwards: there may never be one. */
  readonly lost: readonly string[];
  /** Answers other than "placed", by status; 0: no answer at all. */
  readonly refused: Readonly<Record<string, number>>;
}

const BUYERS = 3;
const PAUSE_MS = 40;
const IN_FLIGHT_PAUSE_MS = 200;
const IN_FLIGHT_TRIES_MAX = 100;
const STORE = "할매찌개";
const ITEM = "김치찌개";

export async function orderWithoutEnd(url: string): Promise<Load> {
  const token = await logIn(url);
  const { storeId, itemId, price } = await findItem(url);
  const ids = makeIds(() => machineNow(), { bytes: randomBytes });
  const placed: string[] = [];
  const refused: Record<string, number> = {};
  let isOver = false;
  async function order(): Promise<void> {
    while (!isOver) {
      const orderId = ids.make("order");
      const key = randomBytes(12).toString("hex");
      const body = {
        orderId,
        lines: [{ itemId, optionIds: [], quantity: 1 }],
        handovers: [{ storeId, fulfilment: "PICKUP" }],
        expectedTotal: price,
        evenIfDouble: true,
      };
      const status = await untilKnown(() => send(url, token, "/orders", { body, key }));
      if (status === 201) placed.push(orderId);
      else refused[status] = (refused[status] ?? 0) + 1;
      await pause(PAUSE_MS);
    }
  }
  const buying = Array.from({ length: BUYERS }, order);
  return {
    async stop() {
      isOver = true;
      await Promise.all(buying);
      const known = await Promise.all(placed.map((orderId) => send(url, token, `/orders/${orderId}`)));
      return { placed, lost: placed.filter((_, at) => known[at] !== 200), refused };
    },
  };
}

async function logIn(url: string): Promise<string> {
  const answer = await fetch(`${url}/sessions`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ email: DEMO_PEOPLE.buyer.email, password: DEMO_PASSWORD }),
  });
  return ((await answer.json()) as { accessToken: string }).accessToken;
}

async function findItem(url: string): Promise<{ storeId: string; itemId: string; price: number }> {
  const { stores } = await read<{ stores: { storeId: string; name: string }[] }>(`${url}/stores`);
  const { storeId = "" } = stores.find(({ name }) => name === STORE) ?? {};
  type Items = { items: { itemId: string; name: string; basePrice: number }[] };
  const { items } = await read<Items>(`${url}/stores/${storeId}/items`);
  const { itemId = "", basePrice = 0 } = items.find(({ name }) => name === ITEM) ?? {};
  return { storeId, itemId, price: basePrice };
}

async function read<Reply>(url: string): Promise<Reply> {
  return (await (await fetch(url)).json()) as Reply;
}

/** 409: the order's holds are still being taken, so the same request is sent again. */
async function untilKnown(ask: () => Promise<number>): Promise<number> {
  for (let tries = 1; ; tries++) {
    const status = await ask();
    if (status !== 409 || tries === IN_FLIGHT_TRIES_MAX) return status;
    await pause(IN_FLIGHT_PAUSE_MS);
  }
}

/** @returns the status; 0 when no answer came. */
async function send(
  url: string,
  token: string,
  path: string,
  command?: { readonly body: unknown; readonly key: string },
): Promise<number> {
  const authorization = `Bearer ${token}`;
  const post = command && {
    method: "POST",
    headers: { authorization, "content-type": "application/json", "idempotency-key": command.key },
    body: JSON.stringify(command.body),
  };
  try {
    const answer = await fetch(`${url}${path}`, post ?? { headers: { authorization } });
    await answer.arrayBuffer();
    return answer.status;
  } catch {
    return 0;
  }
}
