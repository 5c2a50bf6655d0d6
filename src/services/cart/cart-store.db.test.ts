import assert from "node:assert/strict";
import { after, before } from "node:test";
import type { Records } from "#platform/facts/change.ts";
import { service } from "#platform/service.ts";
import { startApp, type TestApp } from "#platform/testing/app.ts";
import { durableCartStore } from "./adapters/durable-cart-store.ts";
import { cartStoreConformance } from "./cart-store.conformance.ts";

/** A service that is nothing but its records. */
const kept: Records[] = [];
const shelfless = service<object, Record<string, never>>({
  name: "cart",
  migrations: `${import.meta.dirname}/db`,
  settings: {},
  calls: [],
  problems: {},
  announces: [],
  announce: () => [],
  evolve: (state) => state,
  deps: ({ records }) => {
    kept.push(records);
    return {};
  },
  operations: [],
});
const apps: TestApp[] = [];

before(async () => {
  const first = await startApp({ services: [shelfless] });
  // A second process on the same database.
  apps.push(first, await startApp({ services: [shelfless], database: first.database }));
});
after(async () => {
  for (const app of apps.toReversed()) await app.close();
});

let turn = 0;
cartStoreConformance("durable", () => {
  const records = kept[turn++ % kept.length];
  assert.ok(records);
  return durableCartStore(records);
});
