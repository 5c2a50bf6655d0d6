import type { Pool } from "#platform/db/pool.ts";
import { openCounter } from "./rig/count.ts";
import { type House, startHouse } from "./rig/house.ts";
import { addGoods, type Item, type Market, openMarket } from "./rig/market.ts";
import { buyAll } from "./rig/shopping.ts";
import type { Figures } from "./run.ts";

const ACCOUNTS = 8;
const BUYERS = 64;
const UNITS = 200;
const TRIES = 400;
const ITEMS = 40;

/**
 * 400 buyers, 64 at a time, one try each, 200 units; by one server process and by two on one database. Then how fast
 * one item sells whose stock has no end, against forty of them: that is the yardstick here.
 */
export async function hotItem(): Promise<Figures> {
  const house = await startHouse();
  const pool = openCounter(house.databaseUrl);
  const market = await openMarket(house.url);
  try {
    const storeId = await market.store("흙과불");
    const tokens = await market.buyers(ACCOUNTS);
    const job = { urls: [house.url], tossUrl: house.tossUrl, tokens };
    const basketOf = (item: Item) => ({ body: oneOf(storeId, item), total: item.price + FEE });
    const speed = await speeds(house, pool, market, { ...job, basketOf });
    const one = await rush(house, pool, { ...job, basket: basketOf(await addGoods(market, "한정판 하나", UNITS)) });
    const second = await house.second();
    const urls = [house.url, second.url];
    const two = await rush(house, pool, { ...job, urls, basket: basketOf(await addGoods(market, "한정판 둘", UNITS)) });
    const ratio = Math.round((1000 * speed.hot) / speed.many) / 1000;
    return { oneProcess: one, twoProcesses: two, hotPerSecond: speed.hot, yardstick: { many: speed.many }, ratio };
  } finally {
    market.close();
    await pool.close();
    await house.stop();
  }
}

const FEE = 3_000;
const ADDRESS = {
  ...{ area: "1168010100", recipient: "김마당", phone: "010-1234-5678", zipcode: "06236" },
  ...{ road: "서울 강남구 테헤란로 1", detail: "101호" },
};

function oneOf(storeId: string, item: Item) {
  const lines = [{ itemId: item.itemId, optionIds: [], quantity: 1 }];
  return { lines, handovers: [{ storeId, fulfilment: "PARCEL", address: ADDRESS }] };
}

interface Base {
  readonly urls: readonly string[];
  readonly tossUrl: string;
  readonly tokens: readonly string[];
}
type Basket = { readonly body: Readonly<Record<string, unknown>>; readonly total: number };

/** Everybody wants the same 200 pieces. `exact`: 200 paid, 200 told sold out, and nobody saw an error. */
async function rush(house: House, pool: Pool, { basket, ...base }: Base & { readonly basket: Basket }) {
  const job = { ...base, baskets: [basket], buyers: BUYERS, orders: TRIES, seconds: 60 };
  const { seen, complete, perSecond } = await buyAll(house, pool, job);
  const { soldOut, errors, p99 } = seen;
  const isExact = complete === UNITS && soldOut === TRIES - UNITS && Object.keys(errors).length === 0;
  const figures = { exact: isExact, paid: complete, soldOut, errors, perSecond, p99 };
  console.error(`${base.urls.length} process(es): ${JSON.stringify(figures)}`);
  return figures;
}

/** One item against forty, in turns: alternating, so that a busy machine is as busy for both. */
async function speeds(
  house: House,
  pool: Pool,
  market: Market,
  { basketOf, ...base }: Base & { readonly basketOf: (item: Item) => Basket },
) {
  const hot = [basketOf(await addGoods(market, "끝없는 하나", "unlimited"))];
  const many: Basket[] = [];
  for (let n = 0; n < ITEMS; n++) many.push(basketOf(await addGoods(market, `끝없는 ${n}`, "unlimited")));
  const run = async (baskets: readonly Basket[], orders: number) =>
    (await buyAll(house, pool, { ...base, baskets, buyers: BUYERS, orders, seconds: 5 })).perSecond;
  await run(many, 1_000);
  const found = { hot: 0, many: 0 };
  for (let turn = 0; turn < 2; turn++) {
    found.many += (await run(many, 3_000)) / 2;
    found.hot += (await run(hot, 3_000)) / 2;
  }
  console.error(`one item ${found.hot}/s, ${ITEMS} items ${found.many}/s`);
  return found;
}
