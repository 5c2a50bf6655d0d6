import { randomBytes } from "node:crypto";
import { setTimeout as pause } from "node:timers/promises";
import { type App, compose } from "#app/compose.ts";
import { servicePool } from "#app/database.ts";
import { type Gateways, marketSettings, startGateways } from "#app/testing/market.ts";
import { createPool, type Pool } from "#platform/db/pool.ts";
import type { Boundary } from "#platform/facts/boundary.ts";
import type { AnyService } from "#platform/service.ts";
import type { Settings } from "#platform/settings.ts";
import type { Log } from "#platform/telemetry/log.ts";
import { type TurnableClock, turnableClock } from "#platform/testing/clock.ts";

/** One run's world: a database, its gateways, and a process that may die and is then started anew on both. */
export interface Rig {
  readonly services: readonly AnyService[];
  readonly gateways: Gateways;
  readonly clock: TurnableClock;
  readonly admin: Pool;
  /** What the processes complained of, for the report of a failing case. */
  readonly complaints: readonly string[];
  /** The living process; waits while it is being started anew. */
  living(): Promise<Living>;
  /** The process dies: connections are cut, nothing in it goes on. Another is started at once. */
  crash(): void;
  /** Turns all clocks forward: the shop's and the gateways'. */
  turn(ms: number): void;
  /** A lease that nobody holds any more has run out: what would take seconds of the database's time. */
  endLeases(): Promise<void>;
  close(): Promise<void>;
}

/** A process, and how those who talk to it learn of its death: `broken` rejects, as their connection breaks. */
export interface Living {
  readonly app: App;
  readonly broken: Promise<never>;
}

/** Recovery is to be quick: deadlines are turned to, so only what is waited for in real time is made short. */
const SETTINGS = {
  order: { doubleWithinSeconds: 0, askAgainMs: 60_000 },
  payment: { gatewayTimeoutMs: 400, breakerFailures: 1_000 },
};
const BATCH = { batchMax: 256, inFlightMax: 2, queueMax: 10_000, triesMax: 12, leaseMs: 60_000 };
const WORK = { pollMs: 3_600_000, leaseMs: 60_000, tasksMax: 100 };
const JOBS_EVERY_MS = 150;
const CONNECTIONS_MAX = 2;
const COMPLAINTS_MAX = 2_000;

export interface RigOptions {
  readonly url: string;
  readonly services: readonly AnyService[];
  readonly boundary: Boundary;
  readonly gateways?: Gateways;
}

class Broken extends Error {
  override name = "Broken";
}

/** Starts a world on a database that is migrated. Nothing runs by itself but what a request sets off: see calm.ts. */
export async function startRig(options: RigOptions): Promise<Rig> {
  const services = options.services.map(withQuickJobs);
  const gateways = options.gateways ?? (await startGateways());
  const clock = turnableClock();
  const complaints: string[] = [];
  const log = logTo(complaints);
  const admin = createPool({ ...ADMIN, url: options.url });
  let life = newLife();

  function start(): Promise<App> {
    const mine = life;
    const settings = marketSettings(gateways, SETTINGS) as Record<string, Record<string, unknown>>;
    return compose({
      services,
      settingsOf: (service) => settingsOf(service, settings[service.name] ?? {}),
      poolOf: (service) => {
        const pool = servicePool(options.url, service, CONNECTIONS_MAX);
        mine.pools.push(pool);
        return pool;
      },
      clock,
      random: { bytes: randomBytes },
      log,
      boundary: (point, run) => (mine.isDead ? mine.never : options.boundary(point, run)),
      mail: async () => undefined,
      wait: (ms) => (mine.isDead ? mine.never : pause(ms, undefined, { ref: false })),
      callRemote: () => Promise.reject(new Error("every service is in this process")),
      batch: BATCH,
      work: WORK,
      feedPollMs: WORK.pollMs,
      forget: { keptDays: 0, everyMs: 3_600_000 },
      metersOf: () => ({ committed: () => {} }),
    });
  }

  const rig: Rig = {
    services,
    gateways,
    clock,
    admin,
    complaints,
    async living() {
      for (;;) {
        const { app, broken } = life;
        // It may die while it is being started.
        const started = await Promise.race([app, broken]).catch((error) => (error instanceof Broken ? "dead" : error));
        if (started === "dead") continue;
        if (started === undefined || started instanceof Error) throw new Error("no process starts", { cause: started });
        return { app: started, broken };
      }
    },
    crash() {
      const dead = life;
      life = newLife();
      dead.isDead = true;
      for (const pool of dead.pools) pool.cut();
      life.app = rig.endLeases().then(start);
      // Whoever waits for the process hears of it; that nobody waits is no reason to end everything.
      life.app.catch(() => undefined);
      dead.break(new Broken("the connection to the server broke"));
    },
    turn(ms) {
      clock.turn({ ms });
      gateways.toss.clock.advance(ms);
      gateways.kakaopay.clock.advance(ms);
    },
    async endLeases() {
      const all = services.map(
        ({ name }) => `update "${name}".work set lease_until = null where lease_until is not null`,
      );
      await admin.query(undefined, all.join(";"));
    },
    async close() {
      // A process that is just being started anew is let start, else its pools would be cut before they are known.
      await rig.living().catch(() => undefined);
      life.isDead = true;
      for (const pool of life.pools) pool.cut();
      admin.cut();
      if (!options.gateways) await gateways.close();
    },
  };
  life.app = start();
  life.app.catch(() => undefined);
  await rig.living();
  return rig;
}

interface Life {
  isDead: boolean;
  app?: Promise<App>;
  readonly pools: Pool[];
  readonly never: Promise<never>;
  readonly broken: Promise<never>;
  readonly break: (error: Error) => void;
}

function newLife(): Life {
  const { promise: broken, reject } = Promise.withResolvers<never>();
  broken.catch(() => undefined);
  return { isDead: false, pools: [], never: new Promise<never>(() => {}), broken, break: reject };
}

const ADMIN = {
  max: 1,
  applicationName: "sweep",
  statementTimeoutMs: 20_000,
  lockTimeoutMs: 0,
  idleInTransactionTimeoutMs: 0,
};

function withQuickJobs(service: AnyService): AnyService {
  return service.jobs ? { ...service, jobs: service.jobs.map((job) => ({ ...job, everyMs: JOBS_EVERY_MS })) } : service;
}

function settingsOf(service: AnyService, given: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const known = Object.entries(service.settings as Settings);
  return Object.fromEntries(known.map(([key, setting]) => [key, given[key] ?? setting.fallback]));
}

function logTo(complaints: string[]): Log {
  const note = (level: string) => (fields: object) => {
    if (complaints.length < COMPLAINTS_MAX)
      complaints.push(`${level} ${JSON.stringify(fields, (_key, value) => plain(value))}`);
  };
  return { debug: () => {}, info: () => {}, warn: note("warn"), error: note("error") };
}

function plain(value: unknown): unknown {
  return value instanceof Error ? String(value) : value;
}
