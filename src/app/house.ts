import { createPool, type Pool } from "#platform/db/pool.ts";
import { mechanismMeters } from "#platform/facts/meters.ts";
import { createMailer } from "#platform/jobs/mail.ts";
import type { Log } from "#platform/telemetry/log.ts";
import { makeRegistry } from "#platform/telemetry/metrics.ts";
import { openBus } from "./bus.ts";
import { type HouseClock, houseClock, monotonicMs } from "./clock.ts";
import { type App, compose, type World } from "./compose.ts";
import type { Config } from "./config.ts";
import { migrateServices } from "./database.ts";
import { openDoor } from "./door.ts";
import { calledFrom, findElsewhere } from "./elsewhere.ts";
import { listen } from "./listen.ts";
import { startLoop } from "./loop.ts";
import { type Letter, type MailSink, startMailSink } from "./mail/sink.ts";
import type { Database } from "./open-database.ts";
import { addPages } from "./pages.ts";
import { cachesIn, startRedis } from "./redis.ts";
import { serviceTokensOf } from "./service-keys.ts";
import { StartRefused } from "./start-refused.ts";
import { endAll, type Stops } from "./stops.ts";
import { wait } from "./wait.ts";
import { worldOf } from "./world.ts";

/** A running marketplace. */
export interface House {
  readonly url: string;
  readonly app: App;
  /** What the built-in mail sink has taken; nothing when mail goes elsewhere. */
  letters(): readonly Letter[];
  /** Finishes what is under way, then closes everything in reverse; within 5 s. */
  stop(): Promise<void>;
}

const CLOCK_WARN_MS = 1_000;
const CLOCK_REFUSE_MS = 60_000;

/** What a house stands on; who opened it closes it. */
export interface Ground {
  readonly config: Config;
  readonly database: Database;
  readonly log: Log;
}

/** Puts things into the house before its door opens: nobody sees it half furnished, and ready means ready. */
export type Furnish = (app: App, letters: House["letters"]) => Promise<void>;

/** Starts everything that the configuration names, in order, and knows how to stop it in reverse. */
export async function startHouse(ground: Ground, furnish: Furnish = async () => {}): Promise<House> {
  const stops: Stops = [];
  try {
    return { ...(await startAll(ground, furnish, stops)), stop: () => endAll(stops) };
  } catch (error) {
    await endAll(stops);
    throw error;
  }
}

async function startAll(ground: Ground, furnish: Furnish, stops: Stops): Promise<Omit<House, "stop">> {
  const { config, database, log } = ground;
  for (const service of config.services) await migrateServices(database.urlOf(service.name), [service]);
  const clock = await startClock(config, database, log, stops);
  const { mail, sink } = await startMail(config, clock, log, stops);
  const registry = makeRegistry({ processMetrics: true });
  const tokens = serviceTokensOf(config, clock);
  const elsewhere = findElsewhere(config, calledFrom(config), { tokens, clock, log });
  stops.push(() => elsewhere.close());
  const redis = await startRedis(config, registry, log);
  stops.push(async () => redis?.close());
  const metersOf = mechanismMeters(registry, monotonicMs);
  const bus = await openBus(config, log, wait, stops);
  const given = { clock, log, wait, mail, metersOf, callRemote: elsewhere.call, bus, ...cachesIn(redis) };
  const world = worldOf(config, database, given);
  const app = await compose(world);
  stops.push(() => app.close());
  const checks = {
    clock: () => Math.abs(clock.offsetMs()) <= CLOCK_REFUSE_MS || "the clock is off",
    // Its answer is the database's time: who cannot have that cannot take orders.
    database: () => clock.adjust().then(() => true as const),
  };
  const door = await openDoor({ config, app, world, registry, checks, tokens, redis });
  addPages(door.server, { letters: sink ? () => sink.letters() : undefined });
  stops.push(() => door.close());
  const letters = () => sink?.letters() ?? [];
  await furnish(app, letters);
  const url = await listen(door.server, config);
  return { url, app, letters };
}

async function startClock(config: Config, database: Database, log: World["log"], stops: Stops): Promise<HouseClock> {
  const pool = poolForClock(config, database);
  stops.push(() => pool.close());
  const clock = houseClock(pool);
  await clock.adjust();
  const loop = startLoop({ name: "clock", everyMs: 10_000, wait, log }, async () => {
    await clock.adjust();
    if (Math.abs(clock.offsetMs()) > CLOCK_WARN_MS) log.warn({ code: "clock.off", offsetMs: clock.offsetMs() });
  });
  stops.push(loop);
  return clock;
}

async function startMail(config: Config, clock: HouseClock, log: World["log"], stops: Stops) {
  const { smtpUrl, mailFrom, mailQueueMax } = config.platform;
  const sink: MailSink | undefined = smtpUrl === "" ? await startMailSink({ clock, log }) : undefined;
  if (sink) stops.push(() => sink.close());
  const mailer = createMailer({ smtpUrl: sink?.smtpUrl ?? smtpUrl, from: mailFrom, log, wait, queueMax: mailQueueMax });
  stops.push(() => mailer.close({ graceMs: 1_000 }));
  return { mail: mailer.mail, sink };
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
