import { openCounter } from "./rig/count.ts";
import { type House, startHouse } from "./rig/house.ts";
import { openMarket } from "./rig/market.ts";
import { pgbenchOn, type YardstickRun } from "./rig/pgbench.ts";
import { buyAll } from "./rig/shopping.ts";
import type { Figures } from "./run.ts";

const ACCOUNTS = 8;
const WARM_UP = { buyers: 64, orders: 40_000, seconds: 45 };
const LEVELS = [
  { buyers: 1, orders: 1_500, seconds: 5 },
  { buyers: 16, orders: 10_000, seconds: 8 },
  { buyers: 64, orders: 25_000, seconds: 10 },
] as const;

interface Listed {
  readonly itemId: string;
  readonly name: string;
  readonly basePrice: number;
}

/**
 * Complete paid checkouts a second: place and confirm over HTTP, counted in the database, food with two lines. The
 * yardstick runs before and after the level that is compared with it.
 */
export async function checkout(): Promise<Figures> {
  const house = await startHouse();
  const pool = openCounter(house.databaseUrl);
  try {
    const yardstick = await pgbenchOn(house);
    const { tokens, baskets } = await prepare(house);
    const job = { urls: [house.url], tossUrl: house.tossUrl, tokens, baskets };
    // Until Node has compiled what is hot: before, a tenth of a checkout's CPU is the compiler's.
    await buyAll(house, pool, { ...job, ...WARM_UP });
    const levels: Record<string, unknown> = {};
    const runs: YardstickRun[] = [];
    let best = 0;
    for (const level of LEVELS) {
      const isCompared = level.buyers === 64;
      if (isCompared && yardstick) runs.push(await yardstick.run(10));
      const { seen, complete, perSecond, cost } = await buyAll(house, pool, { ...job, ...level });
      if (isCompared && yardstick) runs.push(await yardstick.run(10));
      const { p50, p99, placeP50, confirmP50, errors } = seen;
      const figures = { perSecond, complete, p50, p99, placeP50, confirmP50, errors, cost };
      levels[`buyers${level.buyers}`] = figures;
      console.error(`${level.buyers} buyers: ${JSON.stringify(figures)}`);
      best = perSecond;
    }
    if (runs.length === 0) return levels;
    const tps = mean(runs.map((run) => run.tps));
    const yardstickOf = { pgbenchN: Math.round(tps), runs };
    return { ...levels, yardstick: yardstickOf, ratio: round(best / tps) };
  } finally {
    await pool.close();
    await house.stop();
  }
}

/** Two lines of one food store, to be fetched: without a fee, so the order has just these two. */
export async function prepare(house: House) {
  const market = await openMarket(house.url);
  const storeId = await market.store("마당분식");
  const { items } = await market.json<{ items: Listed[] }>("GET", `/stores/${storeId}/items`);
  const [fries, rolls] = ["모둠튀김", "꼬마김밥"].map((name) => items.find((item) => item.name === name));
  if (!fries || !rolls) throw new Error("the demo's items have other names");
  const lines = [
    { itemId: fries.itemId, optionIds: [], quantity: 1 },
    { itemId: rolls.itemId, optionIds: [], quantity: 2 },
  ];
  const body = { lines, handovers: [{ storeId, fulfilment: "PICKUP" }] };
  const tokens = await market.buyers(ACCOUNTS);
  market.close();
  return { tokens, baskets: [{ body, total: fries.basePrice + 2 * rolls.basePrice }] };
}

function round(ratio: number): number {
  return Math.round(ratio * 1000) / 1000;
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, one) => sum + one, 0) / values.length;
}
