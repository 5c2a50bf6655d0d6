import { after, before } from "node:test";
import type { Cache } from "#platform/cache.ts";
import { cartStoreConformance } from "./cart-store.conformance.ts";
import { type CartProcesses, startCartProcesses } from "./testing/cart-processes.ts";

let processes: CartProcesses;
before(async () => {
  processes = await startCartProcesses();
});
after(() => processes.close());

cartStoreConformance("durable", () => processes.open());

/** One memory for all processes, as Redis is, which the tests below make worse than any Redis. */
function memory(answer: (kept: ReadonlyMap<string, string>, key: string) => string | undefined): Cache {
  const kept = new Map<string, string>();
  return {
    get: async (key) => answer(kept, key),
    put: (key, text) => void kept.set(key, kept.get(key) ?? text),
  };
}

const empty = JSON.stringify({ lines: [], seenStoreMarks: {} });
const strangers = JSON.stringify({ lines: [{ itemId: "itm_x", storeId: "str_x", optionIds: ["opt_x"] }] });
const nonsense = ["", "null", "{}", '{"lines":7}', '{"lines":[{"optionIds":[]}]}', '{"lines":[],"x":"\\u0000"}'];
let turn = 0;

// Whatever a cache says, carts are what the database says: these need no Redis, and fail when one is ever believed.
const caches: Record<string, Cache> = {
  "behind a cache that keeps what it heard first": memory((kept, key) => kept.get(key)),
  "behind a cache that takes every cart for empty": memory(() => empty),
  "behind a cache that mixes up the carts": memory((kept, key) => [...kept.values()].at(-1) ?? kept.get(key)),
  "behind a cache that knows a cart which never was": memory(() => strangers),
  "behind a cache that talks nonsense": memory(() => nonsense[turn++ % nonsense.length]),
};
for (const [name, cache] of Object.entries(caches)) cartStoreConformance(name, () => processes.open(cache));
