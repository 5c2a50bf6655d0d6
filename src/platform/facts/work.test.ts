import assert from "node:assert/strict";
import { test } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import type { Instant } from "#platform/core/time.ts";
import type { Log } from "#platform/telemetry/log.ts";
import { openBoundary } from "./boundary.ts";
import type { Task } from "./change.ts";
import type { RecordStore } from "./record-store.ts";
import { startWork, type WorkRunner } from "./work.ts";

const silent = { debug() {}, info() {}, warn() {}, error() {} } as unknown as Log;

function runner(handler: (task: Task) => Promise<void>): WorkRunner {
  return startWork({
    service: "shop",
    // The poll finds nothing: what is started here is under lease.
    store: { lease: async () => [] } as unknown as RecordStore,
    handlers: { chore: handler },
    boundary: openBoundary,
    clock: { now: () => "2026-11-21T00:00:00.000Z" as Instant },
    log: silent,
    makeFence: () => 1,
    wait: (ms) => pause(ms),
    limits: { pollMs: 5, leaseMs: 30_000, tasksMax: 2 },
  });
}

function chore(key: string, stream = key): Task {
  const ref = { key, fence: 1 };
  return { key, kind: "chore", stream, data: null, attempt: 0, traceparent: "", ref } as unknown as Task;
}

test("more work than may be under way waits for its turn, and not for a lease to run out", async () => {
  let atOnce = 0;
  let most = 0;
  const done: string[] = [];
  const work = runner(async (task) => {
    atOnce += 1;
    most = Math.max(most, atOnce);
    await pause(2);
    atOnce -= 1;
    done.push(task.key);
  });
  await work.start(["a", "b", "c", "d", "e"].map((key) => chore(key)));
  assert.deepEqual(done.sort(), ["a", "b", "c", "d", "e"]);
  assert.equal(most, 2);
  await work.close();
});

test("a task may wait for what follows from it, however many do so at once", async () => {
  const done: string[] = [];
  const work: WorkRunner = runner(async (task) => {
    if (!task.key.endsWith("+")) await work.start([chore(`${task.key}+`, task.stream)]);
    done.push(task.key);
  });
  await work.start(["a", "b", "c"].map((key) => chore(key)));
  assert.deepEqual(done.sort(), ["a", "a+", "b", "b+", "c", "c+"]);
  await work.close();
});
