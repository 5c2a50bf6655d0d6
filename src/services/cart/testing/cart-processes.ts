import type { Cache } from "#platform/cache.ts";
import { assert } from "#platform/core/assert.ts";
import { type Kit, service } from "#platform/service.ts";
import { startApp, type TestApp } from "#platform/testing/app.ts";
import { openCartStore } from "../adapters/open-cart-store.ts";
import type { CartStore } from "../cart-store.ts";

/** Two processes on one database that do nothing but keep carts. */
export interface CartProcesses {
  /** A store in one process or the other, by turns, as after a restart. */
  open(cache?: Cache): CartStore;
  close(): Promise<void>;
}

export async function startCartProcesses(): Promise<CartProcesses> {
  const kits: Kit[] = [];
  const keeper = service<object, Record<string, never>>({
    name: "cart",
    migrations: `${import.meta.dirname}/../db`,
    settings: {},
    calls: [],
    problems: {},
    announces: [],
    announce: () => [],
    evolve: (state) => state,
    deps: (kit) => {
      kits.push(kit);
      return {};
    },
    operations: [],
  });
  const apps: TestApp[] = [await startApp({ services: [keeper] })];
  apps.push(await startApp({ services: [keeper], database: apps[0]!.database }));
  let turn = 0;
  return {
    open(cache) {
      const kit = kits[turn++ % kits.length];
      assert(kit, "both processes run");
      return openCartStore(cache ? { ...kit, cache } : kit);
    },
    async close() {
      for (const app of apps.toReversed()) await app.close();
    },
  };
}
