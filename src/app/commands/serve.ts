import { resolve } from "node:path";
import { freePort } from "#platform/db/port.ts";
import type { Log } from "#platform/telemetry/log.ts";
import { createLog } from "#platform/telemetry/pino-log.ts";
import { machineNow } from "../clock.ts";
import type { App } from "../compose.ts";
import type { Config } from "../config.ts";
import { banner } from "../demo/banner.ts";
import { type DemoGateways, joinDemoGateways, startDemoGateways } from "../demo/gateways.ts";
import { demoSecrets } from "../demo/secrets.ts";
import { loadDemo } from "../demo/seed.ts";
import { startEdge } from "../edge.ts";
import { type House, startHouse } from "../house.ts";
import { refuseTakenPort } from "../listen.ts";
import { openDatabase } from "../open-database.ts";
import { giveMemoryBackAtRest } from "../rest.ts";
import { readForDemo, readForRun } from "../run-config.ts";
import { allServices } from "../services.ts";
import { endAll, type Stops } from "../stops.ts";

/** Runs until it is told to stop; Ctrl-C ends everything within five seconds. */
export async function serve(args: readonly string[], env: NodeJS.ProcessEnv): Promise<number> {
  const stopped = untilTold();
  const config = readForRun(args, env);
  const { log, flush } = createLog({ level: config.platform.logLevel, now: machineNow });
  const stops: Stops = [async () => flush()];
  try {
    await open({ config, log, args, env, stopped }, stops);
    const endRest = giveMemoryBackAtRest();
    stops.push(async () => endRest());
    return (await stopped.promise) ? 1 : 0;
  } catch (error) {
    // Ctrl-C ends the programs that a start runs too: what they say then is no failure.
    if (await stopped.isTold()) return 0;
    throw error;
  } finally {
    await endAll(stops);
  }
}

interface Run {
  readonly config: Config;
  readonly log: Log;
  readonly args: readonly string[];
  readonly env: NodeJS.ProcessEnv;
  readonly stopped: Told;
}

/** The database comes first: it knows whether somebody else works on the data folder, and then nothing is touched. */
async function open(run: Run, stops: Stops): Promise<void> {
  const { config, log, stopped } = run;
  if (config.isEdge) {
    const edge = await startEdge(config, log);
    stops.push(() => edge.stop());
    console.log(`마당의 앞문이 열렸습니다 / The edge of Madang is open: ${edge.url}`);
    return;
  }
  const database = await openDatabase(config, (code, details) => log.debug({ code, ...details }), stopped.because);
  stops.push(() => database.stop());
  await refuseTakenPort(config);
  stopped.check();
  if (!config.platform.demo) {
    const house = await startHouse({ config, database, log });
    stops.push(() => house.stop());
    console.log(`마당이 열렸습니다 / Madang is open: ${house.url}`);
    return;
  }
  const demo = await startDemo(run, stops);
  stopped.check();
  let isNew = false;
  const house = await startHouse({ config: demo.config, database, log }, async (app, letters) => {
    stopped.check();
    if (isWhole(app)) isNew = await loadDemo(app, letters);
  });
  stops.push(() => house.stop());
  stopped.check();
  await tellDemo(house, demo, isNew);
}

/** Of a demo nothing needs a patient stop, and a person waits for it. */
const DEMO_DRAIN_MS = 1_500;

interface Demo {
  readonly config: Config;
  readonly gateways: DemoGateways | undefined;
}

async function startDemo({ config, args, env }: Run, stops: Stops): Promise<Demo> {
  const dataDir = resolve(config.platform.dataDir);
  const secrets = demoSecrets(dataDir);
  const keys = { toss: secrets.tossSecretKey, kakaopay: secrets.kakaopaySecretKey };
  const isOneOfSeveral = config.platform.serviceSecret !== "";
  // In a house of several processes they belong to the first that talks to them.
  const hasPayment = config.services.some(({ name }) => name === "payment");
  const running = isOneOfSeveral ? joinDemoGateways(dataDir) : undefined;
  const gateways = hasPayment ? (running ?? (await startDemoGateways(dataDir, keys))) : undefined;
  if (gateways) stops.push(() => gateways.stop());
  const { host } = config.platform;
  // The gateways are told where buyers return to before we listen, so "any free port" is chosen now.
  const port = config.platform.port || (await freePort(undefined));
  const ourUrl = `http://${host === "0.0.0.0" ? "127.0.0.1" : host}:${port}`;
  const demo = readForDemo([...args.filter((arg) => !arg.startsWith("--port=")), `--port=${port}`], env, {
    ...(isOneOfSeveral ? {} : { DRAIN_MS: `${DEMO_DRAIN_MS}` }),
    // Who reads along while clicking through the page of the API takes longer than ten minutes.
    IDENTITY_ACCESS_TOKEN_SECONDS: "3600",
    IDENTITY_KEY_SECRET: secrets.identityKeySecret,
    IDENTITY_INVITATION_PAGE: `${ourUrl}/docs`,
    PAYMENT_RETURN_URL: ourUrl,
    ...(gateways && {
      PAYMENT_TOSS_BASE_URL: gateways.toss,
      PAYMENT_TOSS_PAGE_URL: `${gateways.toss}/pay`,
      PAYMENT_KAKAOPAY_BASE_URL: gateways.kakaopay,
    }),
    PAYMENT_TOSS_CLIENT_KEY: "test_ck_madang_demo",
    PAYMENT_TOSS_SECRET_KEY: secrets.tossSecretKey,
    PAYMENT_KAKAOPAY_SECRET_KEY: secrets.kakaopaySecretKey,
  });
  const addresses = demo.entries.map(({ value }) => value);
  gateways?.noteInUse((address) => addresses.includes(address));
  return { config: demo, gateways };
}

/** The demo's people and stores are made by several services, so a part of the house has none to make. */
function isWhole(app: App): boolean {
  return app.services.length === allServices.length;
}

async function tellDemo({ url, app }: House, { gateways, config }: Demo, isNew: boolean): Promise<void> {
  const payment = app.services.find(({ name }) => name === "payment");
  // Where buyers return to is the way in, which in a house of several processes is another one's.
  const wayIn = payment && (config.of(payment) as { returnUrl: string }).returnUrl;
  await gateways?.sendWebhooksTo(`${wayIn}/webhooks/toss`);
  const names = app.services.map(({ name }) => name).join(", ");
  const part = `마당의 일부가 열렸습니다 / A part of Madang is open: ${url} (${names})`;
  console.log(isWhole(app) && gateways ? banner(url, gateways, isNew) : part);
}

interface Told {
  /** Resolves when a signal asks us to stop (false) or something we cannot live without is gone (true). */
  readonly promise: Promise<boolean>;
  readonly because: (error: unknown) => void;
  /** Whether a signal has come, those included that wait for their turn. */
  isTold(): Promise<boolean>;
  /** Between the steps of a start, so that who has changed their mind waits for one only. @throws when told. */
  check(): void;
}

/** A second signal, from somebody who does not want to wait, ends the process as it always does. */
function untilTold(): Told {
  const { promise, resolve: tell } = Promise.withResolvers<boolean>();
  let isTold = false;
  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    process.once(signal, () => {
      isTold = true;
      tell(false);
    });
  }
  return {
    promise,
    because: (error) => {
      console.error("데이터베이스가 사라졌습니다. / The database is gone.", error);
      tell(true);
    },
    isTold: async () => {
      await new Promise((turn) => setTimeout(turn, 10));
      return isTold;
    },
    check: () => {
      if (isTold) throw new Error("told to stop while starting");
    },
  };
}
