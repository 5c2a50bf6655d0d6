import assert from "node:assert/strict";
import { test } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import { isRefusal } from "#platform/core/decision.ts";
import type { Instant } from "#platform/core/time.ts";
import { turnableClock } from "#platform/testing/clock.ts";
import { TRACEPARENT } from "#platform/testing/people.ts";
import type { Loaded } from "./batch.ts";
import { type Batcher, type BatcherOptions, createBatcher, submitChange } from "./batcher.ts";
import type { Change, Task } from "./change.ts";
import type { RecordStore } from "./record-store.ts";
import { count, tally } from "./testing/tally.ts";
import type { Written } from "./written.ts";

/** A store that answers as told, and remembers what it was to write. */
function memoryStore(loaded: Partial<Loaded> = {}, onCommit: (batch: Written) => void = () => {}) {
  const commits: Written[] = [];
  const store = {
    load: async () => ({ rows: new Map(), commands: new Map(), ...loaded }),
    commit: async (batch: Written) => {
      onCommit(batch);
      commits.push(batch);
      return 0;
    },
  } as unknown as RecordStore;
  return { store, commits };
}

function batcherOn(store: RecordStore, more: Partial<BatcherOptions> = {}): Batcher {
  let fence = 0;
  return createBatcher({
    store,
    rules: tally,
    clock: turnableClock(),
    limits: { batchMax: 256, inFlightMax: 2, queueMax: 300, triesMax: 5, leaseMs: 400 },
    onCommit: () => new Map(),
    makeFence: () => ++fence,
    wait: (ms) => pause(ms),
    meters: { committed: () => {} },
    ...more,
  });
}

function settling(key: string, fence: number): Change {
  return { ...count(`s-${fence}`, 1), settles: { key, fence } };
}

test("what goes wrong after the commit is not told as if the commit had failed", async () => {
  const { store, commits } = memoryStore();
  const batcher = batcherOn(store, {
    onCommit: () => {
      throw new Error("announce is broken");
    },
  });
  const verdicts = await Promise.all([1, 2, 3].map((n) => submitChange(batcher, count(`k-${n}`, 1))));
  assert.ok(verdicts.every((verdict) => !isRefusal(verdict)));
  assert.equal(commits.length, 1);
});

test("a change that writes a row it did not ask for fails alone", async () => {
  const { store, commits } = memoryStore();
  const batcher = batcherOn(store);
  const good = [1, 2, 3].map((n) => submitChange(batcher, count(`k-${n}`, 1)));
  const stray = submitChange(batcher, { ...count("elsewhere", 1), keys: ["k-1"] });
  await assert.rejects(stray, /did not ask for/);
  assert.ok((await Promise.all(good)).every((verdict) => !isRefusal(verdict)));
  assert.ok(commits.every((commit) => commit.facts.every((fact) => fact.stream !== "elsewhere")));
});

test("two owners of one piece of work never settle it in one commit: the fence decides between them", async () => {
  const { store, commits } = memoryStore({}, (batch) => {
    if (batch.settled?.some((one) => one.fence === 1)) throw Object.assign(new Error("lost"), { code: "MD002" });
  });
  const batcher = batcherOn(store);
  const [frozen, current] = await Promise.allSettled([
    submitChange(batcher, settling("timer", 1)),
    submitChange(batcher, settling("timer", 2)),
  ]);
  assert.deepEqual([frozen.status, current.status], ["rejected", "fulfilled"]);
  assert.deepEqual(
    commits.flatMap((commit) => commit.facts.map((fact) => fact.stream)),
    ["s-2"],
  );
});

test("work that a neighbour in the batch has put anew is not settled in the same commit by who held it before", async () => {
  const { store, commits } = memoryStore();
  const batcher = batcherOn(store);
  const putting: Change = {
    ...count("order", 1),
    decide: () => ({ work: [{ put: { key: "next-step", kind: "commit", stream: "order" } }] }),
  };
  const again = { put: { key: "next-step", kind: "ask", stream: "order" } };
  const asking: Change = { ...settling("next-step", 1), decide: () => ({ work: [again] }) };
  await Promise.all([submitChange(batcher, putting), submitChange(batcher, asking)]);
  // Apart, the second finds in the database that its fence is no longer the one of the row.
  assert.deepEqual(
    commits.map(({ work = [], kept = [] }) => [work.length, kept.length]),
    [
      [1, 0],
      [1, 1],
    ],
  );
});

test("a command that was done before still settles the work it came from", async () => {
  const { store, commits } = memoryStore({
    commands: new Map([["c1", { stream: "timer-stream", bodyHash: "body" }]]),
  });
  const verdict = await submitChange(batcherOn(store), {
    ...count("timer-stream", 1, { id: "c1" }),
    settles: { key: "timer", fence: 7 },
  });
  assert.ok(!isRefusal(verdict) && verdict.repeated);
  assert.deepEqual(commits[0]?.released, [{ key: "timer", fence: 7 }]);
});

test("work that falls due during the commit is not started beside the poller: one instant decides", async () => {
  let now = 0;
  const clock = { now: () => new Date(Date.UTC(2026, 0, 1) + now++ * 60_000).toISOString() as Instant };
  const started: Task[] = [];
  const { store, commits } = memoryStore();
  const batcher = batcherOn(store, {
    clock,
    onCommit: (_facts, tasks) => {
      started.push(...tasks);
      return new Map();
    },
  });
  const dueAts = [0, 1, 2, 3, 4].map((minute) => new Date(Date.UTC(2026, 0, 1, 0, minute)).toISOString() as Instant);
  await submitChange(batcher, {
    keys: ["w"],
    traceparent: TRACEPARENT,
    decide: () => ({ work: dueAts.map((dueAt, n) => ({ put: { key: `w-${n}`, kind: "k", stream: "w", dueAt } })) }),
  });
  const underLease = (commits[0]?.work ?? []).filter((one) => one.dueAt === undefined).map((one) => one.key);
  assert.deepEqual(
    started.map((task) => task.key),
    underLease,
  );
});

test("a lost lease or a moved cursor is found by name, and its neighbours go on in one more commit", async () => {
  let tries = 0;
  const { store, commits } = memoryStore({}, (batch) => {
    tries += 1;
    if (batch.settled?.some((one) => one.fence === 9)) {
      throw Object.assign(new Error("the lease was lost"), { code: "MD002", detail: JSON.stringify(["timer-9"]) });
    }
  });
  const batcher = batcherOn(store);
  const good = Array.from({ length: 100 }, (_, n) => submitChange(batcher, count(`k-${n}`, 1)));
  const bad = submitChange(batcher, settling("timer-9", 9));
  await assert.rejects(bad, { code: "MD002" });
  await Promise.all(good);
  assert.deepEqual([tries, commits.length], [2, 1]);
});

test("a full queue tells callers to come back, and takes commands again afterwards", async () => {
  const { store } = memoryStore();
  const batcher = batcherOn(store);
  const all = await Promise.allSettled(
    Array.from({ length: 400 }, (_, n) => submitChange(batcher, count(`k-${n}`, 1))),
  );
  assert.equal(all.filter((one) => one.status === "rejected").length, 100);
  for (const one of all) if (one.status === "rejected") assert.equal(one.reason.name, "Busy");
  assert.ok(!isRefusal(await submitChange(batcher, count("later", 1))));
});

test("one poison member among 256 costs a logarithmic number of commits", async () => {
  let tries = 0;
  const { store } = memoryStore({}, (batch) => {
    tries += 1;
    if (batch.facts.some((fact) => fact.stream === "k-101")) throw Object.assign(new Error("no"), { code: "23514" });
  });
  const batcher = batcherOn(store);
  const all = await Promise.allSettled(
    Array.from({ length: 256 }, (_, n) => submitChange(batcher, count(`k-${n}`, 1))),
  );
  assert.deepEqual(
    all.flatMap((one, n) => (one.status === "rejected" ? [n] : [])),
    [101],
  );
  assert.ok(tries <= 17, `${tries} commits were tried`);
});

test("a decision that throws fails alone", async () => {
  const { store } = memoryStore();
  const batcher = batcherOn(store);
  const good = Array.from({ length: 20 }, (_, n) => submitChange(batcher, count(`k-${n}`, 1)));
  const broken = submitChange(batcher, {
    ...count("broken", 1),
    decide: () => {
      throw new Error("a broken assumption");
    },
  });
  await assert.rejects(broken, /broken assumption/);
  assert.ok((await Promise.all(good)).every((verdict) => !isRefusal(verdict)));
});

test("who was slower 30 times tries again at once: waiting would hand the row to the faster one for good", async () => {
  let tries = 0;
  const { store } = memoryStore({}, () => {
    tries += 1;
    if (tries <= 30) throw Object.assign(new Error("a row has changed"), { code: "MD001" });
  });
  const from = performance.now();
  assert.ok(!isRefusal(await submitChange(batcherOn(store), count("hot", 1))));
  assert.deepEqual([tries, performance.now() - from < 100], [31, true]);
});

test("a caller waits for the work that its own change started, not for that of its neighbours in the batch", async () => {
  const { store, commits } = memoryStore();
  const batcher = batcherOn(store, {
    onCommit: (_facts, tasks) =>
      new Map(tasks.map(({ key }) => [key, key === "slow" ? new Promise<void>(() => {}) : Promise.resolve()])),
  });
  const putting = (key: string): Change => ({
    keys: [`row-${key}`],
    traceparent: TRACEPARENT,
    decide: () => ({ work: [{ put: { key, kind: "k", stream: key } }] }),
  });
  const [, quick] = await Promise.all([
    submitChange(batcher, putting("slow")),
    submitChange(batcher, putting("quick")),
  ]);
  assert.equal(commits.length, 1);
  if ("started" in quick) await quick.started;
});
