import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { setTimeout as pause } from "node:timers/promises";
import { makeIds } from "#platform/core/ids.ts";
import { machineNow } from "../clock.ts";
import { DEMO_PASSWORD, DEMO_PEOPLE } from "../demo/people.ts";

/** What a visitor does, by its name. */
export type Act = "look" | "list" | "order" | "log-in";
export interface Seen {
  readonly act: Act;
  /** 0: no answer at all. */
  readonly status: number;
  readonly ms: number;
  readonly text: string;
}

/** People who look, order and log in without end, through whichever edge says that it is ready. */
export interface Visitors {
  /** What was seen since the last time this was asked. */
  take(): readonly Seen[];
  /** Waits until all acts were seen often enough to judge by. @returns what was seen until then, as `take`. */
  takeEnough(of: readonly Act[], withinMs: number): Promise<readonly Seen[]>;
  stop(): Promise<void>;
}

/** How often an act is seen before it is judged. */
const ENOUGH = 8;
/** What a busy machine adds to what people wait for. */
const NOISE_MS = 250;

/**
 * Nobody waits much longer than before. Judged is what half of them waited for, each act for itself: one alone can
 * stand in a queue of a busy machine, but whoever needs what is down waits each time, until a deadline of seconds.
 */
export function assertAsBefore(acts: readonly Act[], seen: readonly Seen[], calm: readonly Seen[]): void {
  for (const act of acts) {
    const [ms, calmMs] = [medianMs(act, seen), medianMs(act, calm)];
    assert.ok(ms < 5 * calmMs + NOISE_MS, `${act}: ${ms} ms instead of ${calmMs} ms`);
  }
}

function medianMs(act: Act, seen: readonly Seen[]): number {
  const sorted = seen
    .filter((one) => one.act === act)
    .map(({ ms }) => ms)
    .sort((one, other) => one - other);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}

const LOOK_AT_EDGES_MS = 100;
const PAUSE_MS = 20;

/** @param pauseMs Between one thing and the next that a visitor does. */
export async function visit(edges: readonly string[], acts: readonly Act[], pauseMs = PAUSE_MS): Promise<Visitors> {
  const balancer = balanceOver(edges);
  const token = await logIn(balancer.pick());
  const basket = await findBasket(balancer.pick());
  const ids = makeIds(() => machineNow(), { bytes: randomBytes });
  let seen: Seen[] = [];
  let isOver = false;

  const doing: Readonly<Record<Act, (url: string) => Promise<Response>>> = {
    look: (url) => fetch(`${url}/stores/${basket.storeId}/items`),
    list: (url) => fetch(`${url}/orders`, { headers: { authorization: `Bearer ${token}` } }),
    order: (url) => send(`${url}/orders`, { ...basket.order, orderId: ids.make("order") }, token),
    // Somebody else: one account has so many sessions, and the oldest ends for the newest.
    "log-in": (url) => send(`${url}/sessions`, { email: DEMO_PEOPLE.food.email, password: DEMO_PASSWORD }),
  };

  async function visitor(act: Act): Promise<void> {
    while (!isOver) {
      const began = performance.now();
      const { status, text } = await doing[act](balancer.pick()).then(
        async (answer) => ({ status: answer.status, text: await answer.text() }),
        (error: Error) => ({ status: 0, text: `${error} ${error.cause}` }),
      );
      seen.push({ act, status, ms: performance.now() - began, text });
      await pause(act === "log-in" ? 10 * PAUSE_MS : pauseMs);
    }
  }

  const visiting = acts.map(visitor);
  function take(): readonly Seen[] {
    const taken = seen;
    seen = [];
    return taken;
  }
  return {
    take,
    async takeEnough(of, withinMs) {
      const latest = performance.now() + withinMs;
      const missing = () => of.filter((act) => seen.filter((one) => one.act === act).length < ENOUGH);
      while (missing().length > 0) {
        assert.ok(performance.now() < latest, `too few in ${withinMs} ms: ${missing()}`);
        await pause(PAUSE_MS);
      }
      return take();
    },
    async stop() {
      isOver = true;
      await Promise.all(visiting);
      await balancer.stop();
    },
  };
}

/** A load balancer as they all are: it asks each edge whether it is ready, and passes over one that is not. */
function balanceOver(edges: readonly string[]) {
  let ready: readonly string[] = edges;
  let turn = 0;
  let isOver = false;
  async function look(): Promise<void> {
    while (!isOver) {
      const answers = await Promise.all(
        edges.map((url) =>
          fetch(`${url}/health/ready`, { signal: AbortSignal.timeout(1_000) }).then(
            async (answer) => [await answer.text(), answer.ok] as const,
            () => ["", false] as const,
          ),
        ),
      );
      ready = edges.filter((_, at) => answers[at]?.[1]);
      await pause(LOOK_AT_EDGES_MS);
    }
  }
  const looking = look();
  return {
    pick: () => ready[turn++ % ready.length] ?? edges[0] ?? "",
    stop: () => {
      isOver = true;
      return looking;
    },
  };
}

async function logIn(url: string): Promise<string> {
  const answer = await send(`${url}/sessions`, { email: DEMO_PEOPLE.buyer.email, password: DEMO_PASSWORD });
  return ((await answer.json()) as { accessToken: string }).accessToken;
}

async function findBasket(url: string) {
  type Stores = { stores: { storeId: string; name: string }[] };
  const { stores } = (await (await fetch(`${url}/stores`)).json()) as Stores;
  const { storeId = "" } = stores.find(({ name }) => name === "할매찌개") ?? {};
  type Items = { items: { itemId: string; name: string; basePrice: number }[] };
  const { items } = (await (await fetch(`${url}/stores/${storeId}/items`)).json()) as Items;
  const { itemId = "", basePrice = 0 } = items.find(({ name }) => name === "김치찌개") ?? {};
  const order = {
    lines: [{ itemId, optionIds: [], quantity: 1 }],
    handovers: [{ storeId, fulfilment: "PICKUP" }],
    expectedTotal: basePrice,
    evenIfDouble: true,
  };
  return { storeId, order };
}

function send(url: string, body: unknown, token?: string): Promise<Response> {
  return fetch(url, {
    method: "POST",
    headers: {
      "content-type": "application/json",
      "idempotency-key": randomBytes(12).toString("hex"),
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
    },
    body: JSON.stringify(body),
  });
}
