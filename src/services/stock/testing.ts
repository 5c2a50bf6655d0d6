import assert from "node:assert/strict";
import { itemChanged } from "#contracts/catalog/events.ts";
import { adjustStock, commitStock, releaseStock, reserveStock } from "#contracts/stock/operations.ts";
import { storeChanged } from "#contracts/store/events.ts";
import { isRefusal } from "#platform/core/decision.ts";
import type { PublicEvent } from "#platform/core/event.ts";
import type { StoredFact } from "#platform/facts/change.ts";
import { createRecords } from "#platform/facts/records.ts";
import type { TestApp } from "#platform/testing/app.ts";
import { seller, service, withKey } from "#platform/testing/people.ts";
import type { Deps } from "./deps.ts";
import { evolve } from "./domain/evolve.ts";
import { invariants } from "./invariants.ts";

export const order = service("order");
export const mine = seller("acc_01jd7x0000000000000000se11");
export const other = seller("acc_01jd7x0000000000000000se22");

export function id(prefix: string, n: number): string {
  return `${prefix}_01jd7x${String(n).padStart(20, "0")}`;
}

export const storeId = id("str", 1);
export const food = id("itm", 1);

export async function open(app: TestApp): Promise<void> {
  app.say(storeChanged, storeId, { ...storeChanged.example, storeId, sellerId: mine.id ?? "" });
  app.say(itemChanged, food, { ...itemChanged.example, itemId: food, storeId });
  await app.settle();
}

/** A new goods item with so many pieces. */
export async function goods(app: TestApp, n: number, available: number): Promise<string> {
  const itemId = id("itm", n);
  app.say(itemChanged, itemId, {
    ...itemChanged.example,
    itemId,
    storeId,
    kind: "GOODS",
    name: `머그컵 ${n}`,
    optionGroups: [],
  });
  await app.settle();
  if (available > 0) {
    const adjusted = await app.call(adjustStock, { skuId: itemId, available, reason: "입고" }, mine);
    assert.ok(!isRefusal(adjusted));
  }
  return itemId;
}

export function later(app: TestApp, minutes = 25): string {
  return new Date(Date.parse(app.clock.now()) + minutes * 60_000).toISOString();
}

export function reserve(app: TestApp, n: number, skuId: string, quantity = 1) {
  const lines = [
    { orderLineId: id("oln", n * 2), skuId, quantity },
    { orderLineId: id("oln", n * 2 + 1), skuId: food, quantity: 3 },
  ];
  // Each order brings its own key, as the saga's steps do: two apps on one database would otherwise count alike.
  const step = withKey(order, reserveStock, `reserve-${n}`);
  return app.call(reserveStock, { orderId: id("ord", n), lines, expiresAt: later(app) }, step);
}

export const commit = (app: TestApp, n: number) =>
  app.call(commitStock, { orderId: id("ord", n) }, withKey(order, commitStock, `commit-${n}`));
export const release = (app: TestApp, n: number, over: { restock?: boolean; orderLineIds?: string[] } = {}) =>
  app.call(
    releaseStock,
    { orderId: id("ord", n), restock: true, reason: "buyer", ...over },
    withKey(order, releaseStock, `release-${n}`),
  );

export async function counters(app: TestApp, skuId: string) {
  const sql = "select data from states where key = $1";
  const [row] = await app.sql<{ data: Record<string, number> }>("stock", sql, [skuId]);
  return [row?.data.available, row?.data.reserved, row?.data.committed, row?.data.returned];
}

export async function sound(app: TestApp): Promise<void> {
  for (const { id: name, sql } of invariants) assert.deepEqual(await app.adminSql(sql), [], name);
  // Replaying every fact gives the live rows (D7).
  const sql = "select stream, version, type, data, meta, at, position from facts order by position";
  const facts = await app.sql<StoredFact>("stock", sql);
  const replayed = new Map<string, unknown>();
  for (const fact of facts) replayed.set(fact.stream, evolve(replayed.get(fact.stream), fact));
  const rows = await app.sql<{ key: string; data: unknown }>("stock", "select key, data from states");
  const live = new Map(rows.map((row) => [row.key, row.data]));
  assert.deepEqual(new Map([...replayed].sort()), new Map([...live].sort()));
}

/** What the job is handed, to let it run at a moment of the test's choice. */
export function depsOf(app: TestApp): Deps {
  const runtime = app.app.runtimes.get("stock");
  assert.ok(runtime);
  return {
    clock: app.clock,
    records: createRecords(runtime.batcher, runtime.store),
    sql: { rows: (_name, text, values = []) => app.sql("stock", text, values) },
  };
}

export async function everythingSaid(app: TestApp): Promise<readonly PublicEvent[]> {
  const feed = app.app.feeds.get("stock");
  assert.ok(feed);
  const said: PublicEvent[] = [];
  for (let after = 0; after < feed.head(); ) {
    const { events, upTo } = await feed.read(after, 10_000);
    said.push(...events);
    after = upTo;
  }
  return said;
}

export async function inGroupsOf<Result>(
  size: number,
  count: number,
  run: (n: number) => Promise<Result>,
): Promise<Result[]> {
  const results: Result[] = [];
  let next = 0;
  const worker = async () => {
    while (next < count) {
      const n = next++;
      results[n] = await run(n);
    }
  };
  await Promise.all(Array.from({ length: size }, worker));
  return results;
}
