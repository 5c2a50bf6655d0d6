import assert from "node:assert/strict";
import { test } from "node:test";
import { createRowCache } from "./row-cache.ts";

const row = (version: number) => ({ version, data: { version } });

test("the rows that were used last are kept, and one that is gone is forgotten", () => {
  const cache = createRowCache(2, () => 0);
  cache.set("a", row(1));
  cache.set("b", row(1));
  cache.set("a", row(2));
  cache.set("c", row(1));
  assert.deepEqual([cache.get("a")?.version, cache.get("b"), cache.get("c")?.version], [2, undefined, 1]);
  cache.set("a", { version: 3, data: null });
  assert.equal(cache.get("a"), undefined);
});

test("a row that another process writes too is not remembered for a second", () => {
  let now = 0;
  const cache = createRowCache(10, () => now);
  cache.set("hot", row(1));
  cache.set("own", row(1));
  cache.forget(["hot"], true);
  cache.forget(["own"], false);
  for (const key of ["hot", "own"]) cache.set(key, row(2));
  assert.deepEqual([cache.get("hot"), cache.get("own")?.version], [undefined, 2]);
  now = 1_001;
  cache.set("hot", row(3));
  assert.equal(cache.get("hot")?.version, 3);
});
