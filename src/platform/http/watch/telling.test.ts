import assert from "node:assert/strict";
import { test } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import { openYard, type Yard } from "./test-watch.ts";

test("who watches is told how things stand, then each step in order, and nothing of other things", async (t) => {
  const yard = await openYard(t);
  yard.step("cat");
  const cat = await yard.watch("cat");
  for (const thing of ["cat", "dog", "cat", "dog", "cat"]) yard.step(thing);
  assert.deepEqual(await cat.next(4), [
    { name: "open", id: "1", data: { n: 1 } },
    { name: "step", id: "2.0", data: { thing: "cat", n: 2 } },
    { name: "step", id: "4.0", data: { thing: "cat", n: 3 } },
    { name: "step", id: "6.0", data: { thing: "cat", n: 4 } },
  ]);
  assert.ok(cat.retryMs() >= 1_000);
});

test("what happens is worded once for all who watch, and not at all for nobody", async (t) => {
  const yard = await openYard(t, { limits: { watchesByAccount: 50 } });
  const cats = await Promise.all(Array.from({ length: 30 }, () => yard.watch("cat")));
  for (const cat of cats) await cat.next();
  yard.step("dog");
  yard.step("cat");
  for (const cat of cats) assert.equal((await cat.next())[0]?.id, "2.0");
  assert.equal(yard.worded(), 1);
});

test("who comes again with the last id is told what was missed, and only that", async (t) => {
  const yard = await openYard(t);
  const before = await yard.watch("cat");
  await before.next();
  for (let n = 0; n < 20; n++) yard.step(n % 2 === 0 ? "cat" : "dog");
  assert.equal((await before.next(3)).at(-1)?.id, "5.0");
  await before.leave();
  const again = await yard.watch("cat", { lastId: "5.0" });
  const missed = await again.next(7);
  assert.deepEqual(
    missed.map(({ name, data }) => [name, (data as { n: number }).n]),
    [4, 5, 6, 7, 8, 9, 10].map((n) => ["step", n]),
  );
  yard.step("cat");
  assert.deepEqual(await again.next(), [{ name: "step", id: "21.0", data: { thing: "cat", n: 11 } }]);
});

test("who missed too much, or brings an id that nobody gave, takes everything anew", async (t) => {
  const yard = await openYard(t, { limits: { watchResumeFacts: 10 } });
  for (let n = 0; n < 30; n++) yard.step("cat");
  for (const lastId of ["19", "19.0", "31", "999999999999", "x", "-1", "1e3", "30.x"]) {
    const cat = await yard.watch("cat", { lastId });
    assert.deepEqual(await cat.next(), [{ name: "reload", id: "30", data: { n: 30 } }], lastId);
    await cat.leave();
  }
  const near = await yard.watch("cat", { lastId: "20" });
  assert.equal((await near.next())[0]?.id, "21.0");
});

test("a quiet line moves its id on, so that who comes again does not have to be read to for long", async (t) => {
  const yard = await openYard(t, { limits: { watchBeatMs: 100 } });
  const response = await yard.ask("cat");
  yard.step("dog");
  yard.step("dog");
  let text = "";
  const decoder = new TextDecoder();
  assert.ok(response.body);
  for await (const bytes of response.body) {
    text += decoder.decode(bytes);
    if (text.includes(":\nid: 2\n\n")) break;
  }
  assert.equal(yard.worded(), 0);
});

test("what could not be said ends the line, and is said to who comes again", async (t) => {
  let isBroken = true;
  const yard = await openYard(t, {
    say: ({ data }) => {
      if (isBroken) throw new Error("the database is away");
      return { name: "step", data };
    },
  });
  const cat = await yard.watch("cat");
  const dog = await yard.watch("dog");
  await cat.next();
  await dog.next();
  yard.step("cat");
  assert.deepEqual(await cat.next(), [{ name: "end", data: { code: "server.behind" } }]);
  isBroken = false;
  const again = await yard.watch("cat", { lastId: cat.lastId() ?? "" });
  assert.deepEqual(await again.next(), [{ name: "step", id: "1.0", data: { thing: "cat", n: 1 } }]);
  yard.step("dog");
  assert.equal((await dog.next())[0]?.id, "2.0");
});

test("what happens while the state is read is told after it", async (t) => {
  const yard = await openYard(t, { lookMs: 50 });
  const opening = yard.watch("cat");
  await pause(20);
  yard.step("cat");
  const cat = await opening;
  assert.deepEqual(
    (await cat.next(2)).map(({ name, id }) => [name, id]),
    [
      ["open", "0"],
      ["step", "1.0"],
    ],
  );
});

/** Watches a thing from its first step to its last, leaving now and then, and gives the steps that were told. */
async function watchWithBreaks(yard: Yard, thing: string, random: () => number, last: number): Promise<number[]> {
  const told: number[] = [];
  let lastId = "0";
  while (told.at(-1) !== last) {
    const watcher = await yard.watch(thing, { lastId, token: thing });
    for (let patience = 1 + Math.floor(random() * 9); patience > 0 && told.at(-1) !== last; patience--) {
      const [said] = await watcher.next();
      assert.ok(said?.name === "step");
      told.push((said.data as { n: number }).n);
    }
    lastId = watcher.lastId() ?? lastId;
    await watcher.leave();
  }
  return told;
}

test("however often they leave and come, while it goes on: nothing is lost, doubled or out of order", async (t) => {
  let state = 20_261_121;
  const random = () => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    return state / 2 ** 32;
  };
  // Wording and reading take no time, or some: that is when the two ways to a line could cross.
  const yard = await openYard(t, { delay: () => (random() < 0.5 ? Promise.resolve() : pause(random() * 3)) });
  const things = ["a", "b", "c", "d", "e", "f"];
  const stepsOfEach = 60;
  const watching = things.map((thing) => watchWithBreaks(yard, thing, random, stepsOfEach));
  for (let n = 0; n < stepsOfEach; n++) {
    for (const thing of things) {
      yard.step(thing);
      if (random() < 0.2) await pause(1);
    }
  }
  for (const told of await Promise.all(watching)) {
    assert.deepEqual(
      told,
      Array.from({ length: stepsOfEach }, (_, at) => at + 1),
    );
  }
});
