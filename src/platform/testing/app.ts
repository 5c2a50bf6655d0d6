import { randomBytes } from "node:crypto";
import { setTimeout as pause } from "node:timers/promises";
import { isBehind } from "#app/behind.ts";
import { type App, compose, type World } from "#app/compose.ts";
import { servicePool } from "#app/database.ts";
import type { EventContract, EventData } from "#platform/core/event.ts";
import type { Answer, Call, Caller, InputOf, Operation } from "#platform/core/operation.ts";
import { createPool, type Pool } from "#platform/db/pool.ts";
import { dropDatabase } from "#platform/db/template.ts";
import type { BatchLimits } from "#platform/facts/batcher.ts";
import { type Boundary, openBoundary } from "#platform/facts/boundary.ts";
import type { WorkLimits } from "#platform/facts/work.ts";
import type { AnyService } from "#platform/service.ts";
import type { Log } from "#platform/telemetry/log.ts";
import { isBusKafka, stopTestBrokers, type TestBusOptions, testBus } from "./bus.ts";
import { type TurnableClock, turnableClock } from "./clock.ts";
import { stopTestCluster, testDatabase } from "./cluster.ts";
import { type SpokenFeed, spokenFeed } from "./feed.ts";
import { withKey } from "./people.ts";

/** An answer in the place of a service that is not composed. */
export interface Stand {
  readonly operation: Operation;
  readonly answer: (input: never, caller: Caller) => unknown;
}

export function standIn<Op extends Operation>(
  operation: Op,
  answer: (input: InputOf<Op>, caller: Caller) => Answer<Op> | Promise<Answer<Op>>,
): Stand {
  return { operation, answer };
}

export interface TestAppOptions {
  readonly services: readonly AnyService[];
  /** Settings that differ from their defaults, by service name. */
  readonly settings?: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  readonly answers?: readonly Stand[];
  readonly boundary?: Boundary;
  readonly clock?: TurnableClock;
  readonly batch?: Partial<BatchLimits>;
  readonly work?: Partial<WorkLimits>;
  /** Another app's database: a second process on it, or the same one after a crash. */
  readonly database?: { readonly url: string };
  readonly log?: Log;
  readonly forget?: World["forget"];
  /** Hears other services over Kafka: those that are not composed here, or all of them. */
  readonly bus?: Partial<TestBusOptions>;
}

export interface TestApp {
  readonly app: App;
  readonly clock: TurnableClock;
  readonly database: { readonly url: string };
  readonly letters: { readonly to: string; readonly subject: string; readonly text: string }[];
  /** Calls an operation as somebody, with a fresh Idempotency-Key unless the caller has a command. */
  call<Op extends Operation>(operation: Op, input: InputOf<Op>, caller: Caller): Promise<Answer<Op>>;
  /** Speaks as a service that is not composed. */
  say<Contract extends EventContract>(contract: Contract, key: string, data: EventData<Contract>): void;
  /** Waits until every consumer has read its feeds to the end and no work is under way. */
  settle(): Promise<void>;
  /** Runs SQL as the service (its role, its schema). */
  sql<Row = Record<string, unknown>>(service: string, text: string, values?: readonly unknown[]): Promise<Row[]>;
  /** Runs SQL as the administrator. */
  adminSql<Row = Record<string, unknown>>(text: string, values?: readonly unknown[]): Promise<Row[]>;
  /** The death of this process: connections cut, nothing goes on. The database stays; start another app on it. */
  crash(): void;
  close(): Promise<void>;
}

const quiet: Log = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };
const BATCH: BatchLimits = { batchMax: 256, inFlightMax: 2, queueMax: 10_000, triesMax: 12, leaseMs: 400 };
const WORK: WorkLimits = { pollMs: 20, leaseMs: 400, tasksMax: 500 };

const open = new Set<TestApp>();

/** A whole app, or some of its services, on a database of its own in well under a second. Close it in `after`. */
export async function startApp(options: TestAppOptions): Promise<TestApp> {
  const owned = options.database ? undefined : await testDatabase(options.services);
  const url = options.database?.url ?? owned?.url ?? "";
  const clock = options.clock ?? turnableClock();
  const letters: TestApp["letters"] = [];
  const pools = new Map<string, Pool>();
  const feeds = foreignFeeds(options.services, clock);
  let isDead = false;
  const never = new Promise<never>(() => {});
  const boundary = options.boundary ?? openBoundary;
  const wait = (ms: number): Promise<void> => (isDead ? never : pause(ms, undefined, { ref: false }));
  const log = options.log ?? quiet;
  const { services } = options;
  const bus =
    options.bus || isBusKafka() ? await testBus({ services, databaseUrl: url, wait, log, ...options.bus }) : undefined;
  const world: World = {
    services: options.services,
    settingsOf: (service) => settingsOf(service, options.settings?.[service.name] ?? {}),
    poolOf: (service) => {
      const pool = servicePool(url, service, 5);
      pools.set(service.name, pool);
      return pool;
    },
    clock,
    random: { bytes: randomBytes },
    log,
    boundary: (point, run) => (isDead ? never : boundary(point, run)),
    mail: async (letter) => {
      letters.push(letter);
    },
    wait,
    bus,
    callRemote: callStands(options.answers ?? []),
    remoteFeeds: feeds,
    batch: { ...BATCH, ...options.batch },
    work: { ...WORK, ...options.work },
    feedPollMs: 20,
    forget: options.forget ?? { keptDays: 14, everyMs: 3_600_000 },
    metersOf: () => ({ committed: () => {} }),
  };
  const app = await compose(world);
  const adminPool = administrators(url);
  // Two apps on one database must not share their commands.
  const session = randomBytes(6).toString("hex");
  let keys = 0;
  const self: TestApp = {
    app,
    clock,
    database: { url },
    letters,
    call: (operation, input, caller) =>
      app.call(operation, input, caller.command ? caller : withKey(caller, operation, `auto-${session}-${++keys}`)),
    say: (contract, key, data) => feeds.get(contract.service)?.say(contract, key, data),
    settle: () => settle(app),
    sql: async <Row>(service: string, text: string, values: readonly unknown[] = []) =>
      ((await pools.get(service)?.query<Row>(undefined, text, values))?.rows ?? []) as Row[],
    adminSql: async <Row>(text: string, values: readonly unknown[] = []) =>
      (await adminPool.query<Row>(undefined, text, values)).rows,
    crash() {
      isDead = true;
      open.delete(self);
      for (const pool of pools.values()) pool.cut();
      // A dead member would be waited for until its session ends, which is not what these tests are about.
      for (const consumer of app.consumers()) void consumer.close();
      void bus?.bus.close();
      adminPool.cut();
    },
    async close() {
      open.delete(self);
      if (!isDead) {
        await app.close();
        await bus?.bus.close();
        await adminPool.close();
      }
      if (owned) await dropDatabase(owned.adminUrl, owned.name);
      if (open.size > 0) return;
      await stopTestCluster();
      await stopTestBrokers();
    },
  };
  open.add(self);
  return self;
}

function administrators(url: string): Pool {
  const timeouts = { statementTimeoutMs: 60_000, lockTimeoutMs: 0, idleInTransactionTimeoutMs: 0 };
  return createPool({ url, max: 1, applicationName: "test", ...timeouts });
}

function foreignFeeds(services: readonly AnyService[], clock: TurnableClock): Map<string, SpokenFeed> {
  const ours = new Set(services.map((service) => service.name));
  const heard = services.flatMap((service) => [
    ...(service.reactions ?? []).map((reaction) => reaction.on.service),
    ...(service.views ?? []).flatMap((view) => view.projections.map((projection) => projection.on.service)),
    ...(service.tails ?? []).map((tail) => tail.on.service),
  ]);
  const foreign = [...new Set(heard)].filter((name) => !ours.has(name));
  return new Map(foreign.map((name) => [name, spokenFeed(name, clock)]));
}

function settingsOf(service: AnyService, given: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(service.settings).map(([key, setting]) => {
      const value = given[key] ?? setting.fallback;
      if (value === undefined) throw new Error(`the test must give the setting ${service.name}.${key}`);
      return [key, value];
    }),
  );
}

function callStands(stands: readonly Stand[]): Call {
  return async (operation, input, caller) => {
    const stand = stands.find((one) => one.operation === operation);
    if (!stand) throw new Error(`nobody stands in for ${operation.service}.${operation.name}`);
    return (await stand.answer(input as never, caller)) as never;
  };
}

async function settle(app: App): Promise<void> {
  // Calm must be seen twice: what one consumer writes, the next one hears.
  for (let calm = 0; calm < 2; ) {
    await Promise.all([...app.runtimes.values()].map((runtime) => runtime.batcher.drained()));
    const busy =
      (await isBehind(app)) || [...app.runtimes.values()].some((runtime) => (runtime.work()?.underWay() ?? 0) > 0);
    calm = busy ? 0 : calm + 1;
    await pause(busy ? 2 : 5);
  }
}
