import { execFileSync } from "node:child_process";
import { setTimeout as pause } from "node:timers/promises";
import { DEMO_PEOPLE } from "#app/demo/people.ts";
import { makeIds, siblingId } from "#platform/core/ids.ts";
import { instant } from "#platform/core/time.ts";
import { cpuOf } from "./rig/cpu.ts";
import { type House, startHouse } from "./rig/house.ts";
import { addGoods, freshKey, type Item, type Market, openMarket } from "./rig/market.ts";
import { residentMb } from "./rig/reads.ts";
import { openWatchers, type Watchers } from "./rig/watchers.ts";
import type { Figures } from "./run.ts";

const LINES = 10_000;
const ORDERS = 30;
const FEE = 3_000;
/** Beside the lines: the database, the log, the requests of the bench. */
const OTHER_FILES = 500;
const REST_MS = 10_000;

/**
 * 10,000 clients watch one store's queue on one process: what each costs in memory, and how long after an order was
 * paid they all know. Each order's buyer watches it too: one line among them. The limit is 1 s for all of them.
 */
export async function streams(): Promise<Figures> {
  const filesMax = Number(execFileSync("sh", ["-c", "ulimit -Hn"], { encoding: "utf8" }));
  if (filesMax < LINES + OTHER_FILES) {
    throw new Error(`ulimit -Hn is ${filesMax}: a process here cannot hold ${LINES} connections. Raise it first.`);
  }
  const house = await startHouse({ WATCHES_MAX: `${LINES + ORDERS}`, WATCHES_BY_ACCOUNT: `${LINES + ORDERS}` });
  const market = await openMarket(house.url);
  try {
    const item = await addGoods(market, "찻잔", "unlimited");
    const [buyer = ""] = await market.buyers(1);
    const seller = await market.logIn(DEMO_PEOPLE.goods.email);
    const storeId = await market.store("흙과불");
    await buy(house, market, { item, storeId, token: buyer });
    await pause(REST_MS);
    const before = residentMb(house.server.pid) ?? Number.NaN;
    const began = performance.now();
    const path = `/stores/${storeId}/orders/events`;
    const watchers = await openWatchers({ url: house.url, path, token: seller, lines: LINES, event: "arrived" });
    const openedPerSecond = Math.round(LINES / ((performance.now() - began) / 1000));
    const idleCpu = await cpuShare(house, REST_MS);
    const after = residentMb(house.server.pid) ?? Number.NaN;
    const told = await tellAll(house, { item, storeId, token: buyer, watchers });
    const memoryAfterMb = residentMb(house.server.pid);
    watchers.close();
    const memory = {
      restMb: before,
      openMb: after,
      kbEach: Math.round((1024 * (after - before)) / LINES),
      memoryAfterMb,
    };
    return { lines: LINES, filesMax, openedPerSecond, memory, idleCpu, ...told, yardstick: { limitMs: 1_000 } };
  } finally {
    market.close();
    await house.stop();
  }
}

interface Buying {
  readonly item: Item;
  readonly storeId: string;
  readonly token: string;
}

async function tellAll(house: House, { watchers, ...buying }: Buying & { readonly watchers: Watchers }) {
  // The first connection was quiet for too long, and the server has closed it.
  const market = await openMarket(house.url);
  const [all, last, one]: [number[], number[], number[]] = [[], [], []];
  for (let n = 0; n < ORDERS; n++) {
    one.push(await buy(house, market, buying));
    await watchers.heard(LINES);
    const delays = watchers.takeDelays();
    all.push(...delays);
    last.push(shareOf(delays, 1));
    await pause(200);
  }
  market.close();
  if (watchers.open !== LINES) throw new Error(`${LINES - watchers.open} lines were lost`);
  return {
    everybody: {
      p50: shareOf(all, 0.5),
      p99: shareOf(all, 0.99),
      worst: shareOf(all, 1),
      lastP50: shareOf(last, 0.5),
    },
    oneAmongThem: { p50: shareOf(one, 0.5), p99: shareOf(one, 0.99) },
    ratio: Math.round(shareOf(all, 0.99)) / 1000,
  };
}

const ids = makeIds(() => instant(Date.now()), { bytes: (count) => crypto.getRandomValues(new Uint8Array(count)) });

/** Places, watches and pays one order. @returns how long after it was paid its buyer's line said so, in ms. */
async function buy(house: House, market: Market, { item, storeId, token }: Buying): Promise<number> {
  const orderId = ids.make("order");
  const paymentId = siblingId("payment", orderId);
  const amount = item.price + FEE;
  const address = {
    area: "1168010100",
    recipient: "손님",
    phone: "010-1234-5678",
    zipcode: "06236",
    road: "길 1",
    detail: "",
  };
  const body = {
    orderId,
    lines: [{ itemId: item.itemId, optionIds: [], quantity: 1 }],
    handovers: [{ storeId, fulfilment: "PARCEL", address }],
    expectedTotal: amount,
  };
  await market.json("POST", "/orders", { token, key: freshKey(), body });
  const path = `/orders/${orderId}/events`;
  const line = await openWatchers({ url: house.url, path, token, lines: 1, event: "order" });
  const attemptId = siblingId("attempt", paymentId);
  const authorized = await fetch(`${house.tossUrl}/fake/authorize`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ orderId: attemptId, amount }),
  });
  const { paymentKey } = (await authorized.json()) as { paymentKey: string };
  const paying = { token, key: freshKey(), body: { attemptId, amount, paymentKey } };
  await market.json("POST", `/payments/${paymentId}/confirm`, paying);
  await line.heard(1);
  line.close();
  return line.takeDelays().at(-1) ?? Number.NaN;
}

/** The share of one core that the server takes while nothing happens but beats. */
async function cpuShare(house: House, ms: number): Promise<number> {
  const before = cpuOf.process(house.server.pid) ?? Number.NaN;
  await pause(ms);
  const after = cpuOf.process(house.server.pid) ?? Number.NaN;
  return Math.round((1000 * (after - before)) / ms) / 1000;
}

function shareOf(values: readonly number[], share: number): number {
  const sorted = [...values].sort((one, other) => one - other);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}
