import { DEMO_PEOPLE } from "#app/demo/people.ts";
import { startHouse } from "./rig/house.ts";
import { addGoods, freshKey, openMarket } from "./rig/market.ts";
import { freshness, readsAgainstHello, residentMb } from "./rig/reads.ts";
import type { Figures } from "./run.ts";

/** One item as a visitor sees it, how soon it shows a change, and what memory the server takes at rest. */
export async function detail(): Promise<Figures> {
  const house = await startHouse();
  try {
    await new Promise((resolve) => setTimeout(resolve, 3_000));
    const memoryAtStartMb = residentMb(house.server.pid);
    const market = await openMarket(house.url);
    const { itemId, version } = await addGoods(market, "찻잔", 100);
    const token = await market.logIn(DEMO_PEOPLE.goods.email);
    market.close();
    const path = `/items/${itemId}`;
    const figures = await readsAgainstHello(`${house.url}${path}`);
    let last = version;
    const shownWithinMs = await freshness(house, path, async ({ json }, n) => {
      const content = {
        name: "찻잔",
        description: `빚은 날 ${n}`,
        category: "020201",
        basePrice: 5_000,
        optionGroups: [],
      };
      const body = { version: last, ...content };
      last = (await json<{ version: number }>("PUT", path, { token, key: freshKey(), body })).version;
      return content.description;
    });
    return { memoryAtStartMb, memoryAfterMb: residentMb(house.server.pid), shownWithinMs, ...figures };
  } finally {
    await house.stop();
  }
}
