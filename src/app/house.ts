import { randomBytes } from "node:crypto";
import { setTimeout as pause } from "node:timers/promises";
import { createPool, type Pool } from "#platform/db/pool.ts";
import { openBoundary } from "#platform/facts/boundary.ts";
import { createMailer } from "#platform/jobs/mail.ts";
import type { AnyService } from "#platform/service.ts";
import { makeRegistry } from "#platform/telemetry/metrics.ts";
import { createLog } from "#platform/telemetry/pino-log.ts";
import { houseClock } from "./clock.ts";
import { type App, compose, type World } from "./compose.ts";
import type { Config } from "./config.ts";
import { migrateServices, servicePool } from "./database.ts";
import { openDoor } from "./door.ts";
import { startLoop } from "./loop.ts";
import { type Letter, startMailSink } from "./mail/sink.ts";
import { type Database, openDatabase } from "./open-database.ts";
import { addPages } from "./pages.ts";
import { StartRefused } from "./start-refused.ts";

/** A running marketplace. */
export interface House {
  readonly url: string;
  readonly app: App;
  readonly database: Database;
  /** What the built-in mail sink has taken; nothing when mail goes elsewhere. */
  letters(): readonly Letter[];
  /** Finishes what is under way, then closes everything in reverse; within 5 s. */
  stop(): Promise<void>;
}

const CLOCK_WARN_MS = 1_000;
const CLOCK_REFUSE_MS = 60_000;

/** Starts everything that the configuration names, in order, and knows how to stop it in reverse. */
export async function startHouse(config: Config, onGone: (error: unknown) => void): Promise<House> {
  const stops: (() => Promise<void>)[] = [];
  const stop = async () => {
    for (const end of stops.splice(0).reverse()) await end();
  };
  try {
    return await startAll(config, onGone, stops, stop);
  } catch (error) {
    await stop();
    throw error;
  }
}

async function startAll(
  config: Config,
  onGone: (error: unknown) => void,
  stops: (() => Promise<void>)[],
  stop: () => Promise<void>,
): Promise<House> {
  const started = createLog({ level: config.platform.logLevel, now: () => new Date().toISOString() as never });
  const { log } = started;
  stops.push(async () => started.flush());
  const database = await openDatabase(config, (code, details) => log.debug({ code, ...details }), onGone);
  stops.push(() => database.stop());
  for (const service of config.services) await migrateServices(database.urlOf(service.name), [service]);
  const clockPool = poolForClock(config, database);
  const clock = houseClock(clockPool);
  await clock.adjust();
  stops.push(() => clockPool.close());
  const sink = config.platform.smtpUrl === "" ? await startMailSink({ clock, log }) : undefined;
  if (sink) stops.push(() => sink.close());
  // A pause alone must not keep a process that has stopped alive.
  const wait = (ms: number) => pause(ms, undefined, { ref: false });
  const smtpUrl = sink?.smtpUrl ?? config.platform.smtpUrl;
  const mailer = createMailer({
    smtpUrl,
    from: config.platform.mailFrom,
    log,
    wait,
    queueMax: config.platform.mailQueueMax,
  });
  stops.push(() => mailer.close({ graceMs: 1_000 }));
  const registry = makeRegistry({ processMetrics: true });
  const world = worldOf(config, database, { clock, log, wait, mail: mailer.mail });
  const app = await compose(world);
  stops.push(() => app.close());
  const loop = startLoop({ ...world, name: "clock", everyMs: 10_000 }, async () => {
    await clock.adjust();
    if (Math.abs(clock.offsetMs()) > CLOCK_WARN_MS) log.warn({ code: "clock.off", offsetMs: clock.offsetMs() });
  });
  stops.push(loop);
  const checks = { clock: () => Math.abs(clock.offsetMs()) <= CLOCK_REFUSE_MS || "the clock is off" } as const;
  const door = await openDoor({ config, app, world, registry, checks });
  addPages(door.server, { letters: sink ? () => sink.letters() : undefined });
  stops.push(() => door.close());
  const url = await listen(door.server, config);
  return { url, app, database, letters: () => sink?.letters() ?? [], stop };
}

async function listen(server: { listen(at: { host: string; port: number }): Promise<string> }, { platform }: Config) {
  try {
    return await server.listen({ host: platform.host, port: platform.port });
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (code !== "EADDRINUSE" && code !== "EACCES") throw error;
    const why = { EADDRINUSE: ["이미 쓰이고 있습니다", "is in use"], EACCES: ["쓸 수 없습니다", "may not be used"] }[
      code
    ];
    throw new StartRefused(
      `포트 ${platform.port}은(는) ${why[0]}. PORT=3001처럼 다른 포트를 정해 주세요.\n` +
        `Port ${platform.port} ${why[1]}. Choose another one, as with PORT=3001.`,
    );
  }
}

function worldOf(
  config: Config,
  database: Database,
  { clock, log, wait, mail }: Pick<World, "clock" | "log" | "wait" | "mail">,
): World {
  const { platform } = config;
  return {
    services: config.services,
    settingsOf: (service: AnyService) => config.of(service),
    poolOf: (service: AnyService) => servicePool(database.urlOf(service.name), service, platform.poolMax),
    clock,
    random: { bytes: randomBytes },
    log,
    boundary: openBoundary,
    mail,
    wait,
    callRemote: async (operation) => {
      throw new Error(`${operation.service} does not run in this process, and nothing says where it does`);
    },
    batch: {
      batchMax: platform.batchMax,
      inFlightMax: platform.batchesInFlight,
      queueMax: platform.batchQueueMax,
      triesMax: platform.batchTriesMax,
      leaseMs: platform.workLeaseMs,
    },
    work: { pollMs: platform.workPollMs, leaseMs: platform.workLeaseMs, tasksMax: platform.workTasksMax },
    feedPollMs: platform.feedPollMs,
    metersOf: () => ({ committed: () => {} }),
  };
}

function poolForClock(config: Config, database: Database): Pool {
  const [first] = config.services;
  if (!first) throw new StartRefused("SERVICES: 돌릴 서비스가 없습니다. / there is no service to run.");
  return createPool({
    url: database.urlOf(first.name),
    max: 1,
    applicationName: "madang-clock",
    statementTimeoutMs: 2_000,
    lockTimeoutMs: 500,
    idleInTransactionTimeoutMs: 500,
  });
}
