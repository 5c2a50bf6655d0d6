import assert from "node:assert/strict";
import { test } from "node:test";
import { Type } from "typebox";
import { reject } from "#platform/core/decision.ts";
import type { Caller } from "#platform/core/operation.ts";
import { makeReadCache } from "./read-cache.ts";
import { anOperation, as, bound, testServer } from "./test-server.ts";

const output = Type.Object({ price: Type.Integer() });
const items = anOperation({
  name: "items",
  path: "/items",
  cacheMs: 60_000,
  output,
  input: Type.Object({ q: Type.Optional(Type.String()) }),
});

test("a public read is carried out once per address until its service's facts move", async () => {
  let price = 1;
  let runs = 0;
  const { inject, cache } = testServer([
    bound(items, () => {
      runs++;
      return { price };
    }),
  ]);
  const get = async (url = "/items") => (await inject({ url })).json().price;
  assert.deepEqual([await get(), await get(), runs], [1, 1, 1]);
  assert.equal(await get("/items?q=a"), 1);
  assert.equal(runs, 2);
  price = 2;
  cache.clear("another");
  assert.equal(await get(), 1);
  cache.clear("store");
  assert.deepEqual([await get(), await get("/items?q=a"), runs], [2, 2, 4]);
});

test("many who ask at once are answered by one reading", async () => {
  let runs = 0;
  const { inject } = testServer([
    bound(items, async () => {
      runs++;
      await new Promise((resolve) => setTimeout(resolve, 30));
      return { price: 7 };
    }),
  ]);
  const answers = await Promise.all(Array.from({ length: 20 }, () => inject({ url: "/items" })));
  assert.ok(answers.every((answer) => answer.json().price === 7));
  assert.equal(runs, 1);
});

test("what was read before the facts moved is never kept, nor shared with who asks after", async () => {
  let price = 1;
  let release = () => {};
  const { inject, cache } = testServer([
    bound(items, async () => {
      const seen = price;
      if (seen === 1) await new Promise<void>((resolve) => (release = resolve));
      return { price: seen };
    }),
  ]);
  const early = inject({ url: "/items" });
  await new Promise((resolve) => setTimeout(resolve, 30));
  price = 2;
  cache.clear("store");
  assert.equal((await inject({ url: "/items" })).json().price, 2);
  release();
  assert.equal((await early).json().price, 1);
  assert.equal((await inject({ url: "/items" })).json().price, 2);
});

test("refusals are not kept, and are told in each caller's language", async () => {
  let runs = 0;
  const { inject } = testServer([
    bound({ ...items, problems: ["store.closed"] }, () => {
      runs++;
      return reject("store.closed", { store: "A", minutes: 1 });
    }),
  ]);
  const korean = await inject({ url: "/items" });
  const english = await inject({ url: "/items", headers: { "accept-language": "en" } });
  assert.deepEqual([korean.json().detail, english.json().detail], ["A은 1분 뒤에 열어요.", "A opens in 1 min."]);
  assert.equal(runs, 2);
});

test("nothing of the one who asks first flows into what everybody is given", async () => {
  const callers: Caller[] = [];
  const { inject } = testServer([
    bound(items, (_, caller) => {
      callers.push(caller);
      return { price: 1 };
    }),
  ]);
  await inject({ url: "/items", headers: { ...as("buyer"), "accept-language": "en" } });
  const { traceparent: _, ...caller } = callers[0] as Caller;
  assert.deepEqual(caller, { kind: "anyone", roles: [], locale: "ko" });
});

test("a kept answer has an ETag, and who has it already gets a 304", async () => {
  const { inject } = testServer([bound(items, () => ({ price: 1 }))]);
  await inject({ url: "/items" });
  const hit = await inject({ url: "/items" });
  assert.equal(hit.headers["cache-control"], "public, no-cache");
  assert.equal(hit.headers["content-type"], "application/json; charset=utf-8");
  const again = await inject({ url: "/items", headers: { "if-none-match": String(hit.headers.etag) } });
  assert.deepEqual([again.statusCode, again.body], [304, ""]);
  const head = await inject({ method: "HEAD", url: "/items" });
  assert.deepEqual([head.statusCode, head.body], [200, ""]);
});

test("an answer is kept for its time only, and the cache stays within its size", async () => {
  let now = 0;
  const cache = makeReadCache(() => now, 10_000);
  const load = (url: string, text = "x") =>
    cache.load(
      { service: "s", url, ttlMs: 100 },
      async () => text,
      (answer) => answer,
    );
  await load("/a");
  now = 99;
  assert.equal(cache.get("/a")?.text, "x");
  now = 100;
  assert.equal(cache.get("/a"), undefined);
  for (let at = 0; at < 1000; at++) await load(`/${at}`);
  assert.ok(cache.size < 100);
  await load("/big", "x".repeat(5000));
  assert.equal(cache.get("/big"), undefined);
});

test("an error while reading reaches all who waited, and the next one tries anew", async () => {
  let runs = 0;
  const { inject } = testServer([
    bound(items, async () => {
      runs++;
      await new Promise((resolve) => setTimeout(resolve, 20));
      if (runs === 1) throw new Error("once");
      return { price: 1 };
    }),
  ]);
  const both = await Promise.all([inject({ url: "/items" }), inject({ url: "/items" })]);
  assert.deepEqual(
    both.map((answer) => answer.statusCode),
    [500, 500],
  );
  assert.equal((await inject({ url: "/items" })).statusCode, 200);
});
