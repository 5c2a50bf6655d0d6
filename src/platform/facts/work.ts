import { type Clock, plus } from "#platform/core/time.ts";
import type { Log } from "#platform/telemetry/log.ts";
import { traceIdOf } from "#platform/telemetry/trace.ts";
import type { Boundary } from "./boundary.ts";
import type { Task } from "./change.ts";
import { failureText, isLeaseLost } from "./failure.ts";
import type { RecordStore } from "./record-store.ts";

export interface WorkOptions {
  readonly service: string;
  readonly store: RecordStore;
  readonly handlers: Readonly<Record<string, (task: Task) => Promise<void>>>;
  readonly boundary: Boundary;
  readonly clock: Clock;
  readonly log: Log;
  readonly makeFence: () => number;
  readonly wait: (ms: number) => Promise<void>;
  readonly limits: WorkLimits;
}

export interface WorkLimits {
  readonly pollMs: number;
  readonly leaseMs: number;
  /** Tasks under way at once in this process; what comes above that waits for its turn. */
  readonly tasksMax: number;
}

export interface WorkRunner {
  /** Starts tasks that this process has just written under its own lease. */
  start(tasks: readonly Task[]): Promise<void>;
  /** Takes up what is due and nobody holds; returns how many that were. */
  poll(): Promise<number>;
  /** Tasks under way, or waiting for their turn. */
  underWay(): number;
  /** Lets what is under way end for up to a second; the rest is taken up by others when its lease runs out. */
  close(): Promise<void>;
}

const CLOSE_WITHIN_MS = 1_000;
/**
 * Leased in one statement: its answer fits into a socket, so a frozen process cannot hold the rows' locks by not
 * reading.
 */
const LEASED_MAX = 100;
/** Tasks that wait here for their turn: what a few seconds of full load start, far fewer than a lease is long. */
const WAITING_MAX = 5_000;

/**
 * What must happen later, happens: at once in the process that wrote it, else by whoever's poll finds it due
 * (MECHANISMS.md §6). A task that fails is put off with back-off and never given up; its settling write compares the
 * fence, so a frozen owner that wakes up writes nothing.
 */
export function startWork(options: WorkOptions): WorkRunner {
  const { store, limits, clock, log } = options;
  const tasks = new Set<Promise<void>>();
  const busyStreams = new Map<string, number>();
  const waiting: (() => void)[] = [];
  let isClosed = false;

  async function run(task: Task): Promise<void> {
    const handler = options.handlers[task.kind];
    const name = `${options.service}:${task.kind}`;
    try {
      if (!handler) throw new Error(`nobody does work of the kind ${task.kind}`);
      await options.boundary({ kind: "work", name }, () => handler(task));
    } catch (error) {
      if (isLeaseLost(error)) return;
      const traceId = traceIdOf(task.traceparent);
      log.warn({ code: "work.put_off", work: name, key: task.key, attempt: task.attempt, traceId, error });
      const dueAt = plus(clock.now(), { ms: backOffMs(task.attempt) });
      // If this fails too, the lease runs out and a poll takes it up.
      await store.putOff(task.key, task.ref.fence, dueAt, failureText(error)).catch(() => undefined);
    }
  }

  function launch(task: Task): Promise<void> {
    const running = run(task).finally(() => {
      tasks.delete(running);
      count(task.stream, -1);
      if (tasks.size < limits.tasksMax) waiting.shift()?.();
    });
    tasks.add(running);
    count(task.stream, 1);
    return running;
  }

  function count(stream: string, change: 1 | -1): void {
    const sum = (busyStreams.get(stream) ?? 0) + change;
    if (sum === 0) busyStreams.delete(stream);
    else busyStreams.set(stream, sum);
  }

  /** What follows from a task under way does not wait for its end: that task may be waiting for this one. */
  async function launchInTurn(task: Task): Promise<void> {
    const mustWait = tasks.size >= limits.tasksMax && !busyStreams.has(task.stream);
    // Its lease has to run out before anybody takes up what is left here, so only the quite unlikely is.
    if (mustWait && waiting.length >= WAITING_MAX) return;
    if (mustWait) await new Promise<void>((begin) => waiting.push(begin));
    if (!isClosed) await launch(task);
  }

  async function poll(): Promise<number> {
    const room = Math.min(LEASED_MAX, limits.tasksMax - tasks.size);
    if (room <= 0) return 0;
    const leased = await store.lease(clock.now(), room, limits.leaseMs, options.makeFence());
    for (const { fence, ...rest } of leased) void launch({ ...rest, ref: { key: rest.key, fence } });
    return leased.length;
  }

  async function pollForEver(): Promise<void> {
    while (!isClosed) {
      await poll().catch((error) => log.warn({ code: "work.poll_failed", service: options.service, error }));
      await options.wait(limits.pollMs);
    }
  }

  const polling = pollForEver();
  return {
    start: async (started) => {
      // What is not begun before the end is left to its lease.
      if (isClosed) return;
      await Promise.all(started.map(launchInTurn));
    },
    poll,
    underWay: () => tasks.size + waiting.length,
    close: async () => {
      isClosed = true;
      for (const begin of waiting.splice(0)) begin();
      await Promise.race([polling.then(() => Promise.all(tasks)), options.wait(CLOSE_WITHIN_MS)]);
    },
  };
}

/** 100 ms, doubled at each attempt, at most a minute: a neighbour that restarts is found again soon. */
function backOffMs(attempt: number): number {
  return Math.min(60_000, 100 * 2 ** Math.min(attempt, 10));
}
