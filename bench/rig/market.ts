import { DEMO_PASSWORD, DEMO_PEOPLE } from "#app/demo/people.ts";
import { type Client, openClient, type RequestOptions } from "./client.ts";

interface Listed {
  readonly storeId: string;
  readonly name: string;
}

export interface Item {
  readonly itemId: string;
  readonly name: string;
  readonly price: number;
  readonly version: number;
}

/** What the bench does before the clock starts: accounts, log-ins, items. Over HTTP, as anybody would. */
export interface Market {
  readonly client: Client;
  json<Answer>(method: "GET" | "POST" | "PUT", path: string, options?: RequestOptions): Promise<Answer>;
  /** Signs up new buyers and logs each in; log-ins are slow by design, so a few accounts place many orders. */
  buyers(count: number): Promise<string[]>;
  logIn(email: string): Promise<string>;
  store(name: string): Promise<string>;
  close(): void;
}

let keys = 0;
/** A fresh Idempotency-Key. */
export function freshKey(): string {
  keys += 1;
  return `bench-${process.pid}-${keys}`;
}

export async function openMarket(url: string): Promise<Market> {
  const client = await openClient(url);
  async function json<Answer>(method: "GET" | "POST" | "PUT", path: string, options: RequestOptions = {}) {
    const reply = await client.request(method, path, options);
    if (reply.status >= 300) throw new Error(`${method} ${path}: ${reply.status} ${reply.text}`);
    return JSON.parse(reply.text) as Answer;
  }
  const tokenOf = async (email: string, password: string) => {
    const { accessToken } = await json<{ accessToken: string }>("POST", "/sessions", { body: { email, password } });
    return accessToken;
  };
  return {
    ...{ client, json },
    async buyers(count) {
      const tokens: string[] = [];
      for (let n = 0; n < count; n++) {
        const email = `bench-${process.pid}-${n}@madang.test`;
        const body = { roles: ["BUYER"], email, password: DEMO_PASSWORD, nickname: `손님${n}`, name: "손님" };
        await json("POST", "/accounts", { key: freshKey(), body });
        tokens.push(await tokenOf(email, DEMO_PASSWORD));
      }
      return tokens;
    },
    logIn: (email) => tokenOf(email, DEMO_PASSWORD),
    async store(name) {
      const { stores } = await json<{ stores: Listed[] }>("GET", "/stores?limit=20");
      const found = stores.find((store) => store.name === name);
      if (!found) throw new Error(`the demo has no store ${name}`);
      return found.storeId;
    },
    close: () => client.close(),
  };
}

/** A goods item of the demo's potter, with a stock or without limit. */
export async function addGoods(market: Market, name: string, stock: number | "unlimited"): Promise<Item> {
  const token = await market.logIn(DEMO_PEOPLE.goods.email);
  const storeId = await market.store("흙과불");
  const body = { name, basePrice: 10_000, category: "020201" };
  const item = await market.json<Item>("POST", `/stores/${storeId}/items`, { token, key: freshKey(), body });
  const adjustment = {
    reason: "bench",
    ...(stock === "unlimited" ? { unlimited: true } : { unlimited: false, available: stock }),
  };
  for (let tries = 0; ; tries++) {
    const options = { token, key: freshKey(), body: adjustment };
    const reply = await market.client.request("PUT", `/stock/${item.itemId}`, options);
    if (reply.status < 300) return { ...item, name, price: 10_000 };
    // The stock service hears of a new item a moment after catalog has it.
    if (tries > 50) throw new Error(`no stock for ${name}: ${reply.text}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
