import { randomUUID } from "node:crypto";
import { migrateServices } from "#app/database.ts";
import { allServices } from "#app/services.ts";
import { openStall, putItem, type Stall, startGateways, startMarket } from "#app/testing/market.ts";
import { dropDatabase, type Template, templateDatabase } from "#platform/db/template.ts";
import { stopTestCluster, testCluster } from "#platform/testing/cluster.ts";

/** The stores and items that every play finds. */
export interface Town extends Market {
  /** A database of one's own in which the town stands. */
  newDatabase(): Promise<{ readonly url: string; drop(): Promise<void> }>;
  close(): Promise<void>;
}

interface Market {
  readonly food: Stall;
  readonly tteokbokki: string;
  readonly pottery: Stall;
  readonly bowl: string;
  readonly weaver: Stall;
  readonly scarf: string;
  /** Goods of which two pieces are left. */
  readonly lastCup: string;
}

export const PRICES = { tteokbokki: 9_000, bowl: 20_000, scarf: 30_000, lastCup: 15_000, parcel: 2_500 } as const;

/** Builds the town once; every run gets a copy. */
export async function buildTown(): Promise<Town> {
  const { url: adminUrl } = await testCluster();
  let market: Market | undefined;
  const template: Template = await templateDatabase({
    adminUrl,
    key: `sweep ${randomUUID()}`,
    build: async (url) => {
      await migrateServices(url, allServices);
      market = await settle(url);
    },
  });
  return {
    ...(market as unknown as Market),
    async newDatabase() {
      const { url, name } = await template.clone();
      return { url, drop: () => dropDatabase(adminUrl, name) };
    },
    close: stopTestCluster,
  };
}

async function settle(url: string): Promise<Market> {
  const gateways = await startGateways();
  const market = await startMarket(gateways, { database: { url } });
  const food = await openStall(market, "FOOD", "마당분식");
  const pottery = await openStall(market, "GOODS", "마당도예");
  const weaver = await openStall(market, "GOODS", "마당직물");
  const town = {
    food,
    pottery,
    weaver,
    tteokbokki: await putItem(market, food, "국물떡볶이", PRICES.tteokbokki),
    bowl: await putItem(market, pottery, "막사발", PRICES.bowl, 1_000),
    scarf: await putItem(market, weaver, "모시 목도리", PRICES.scarf, 1_000),
    lastCup: await putItem(market, pottery, "찻잔", PRICES.lastCup, 2),
  };
  await market.settle();
  // Not close(), which would also stop the server when no other app is open.
  await market.app.close();
  market.crash();
  await gateways.close();
  return town;
}
