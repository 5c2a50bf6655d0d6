import { DEMO_PEOPLE } from "#app/demo/people.ts";
import { startHouse } from "./rig/house.ts";
import { addGoods, freshKey, openMarket } from "./rig/market.ts";
import { freshness, readsAgainstHello } from "./rig/reads.ts";
import type { Figures } from "./run.ts";

/** A list of twenty items as a visitor sees it, and how soon it shows a change. */
export async function list(): Promise<Figures> {
  const house = await startHouse();
  try {
    const market = await openMarket(house.url);
    for (let n = 0; n < 25; n++) await addGoods(market, `찻잔 ${n}`, 100);
    const token = await market.logIn(DEMO_PEOPLE.goods.email);
    const storeId = await market.store("흙과불");
    market.close();
    const path = "/items?limit=20";
    const figures = await readsAgainstHello(`${house.url}${path}`);
    const shownWithinMs = await freshness(house, path, async ({ json }, n) => {
      const name = `새 물건 ${n}`;
      const body = { name, basePrice: 5_000, category: "020201" };
      await json("POST", `/stores/${storeId}/items`, { token, key: freshKey(), body });
      return name;
    });
    return { shownWithinMs, ...figures };
  } finally {
    await house.stop();
  }
}
