import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { withDatabase } from "#platform/db/connect-url.ts";
import { type Embedded, startEmbedded } from "#platform/db/embedded.ts";
import { createPool, type Pool } from "#platform/db/pool.ts";
import { startTestKafka, type TestKafka } from "#platform/testing/kafka/cluster.ts";
import { startTestRedis, type TestRedis } from "#platform/testing/redis.ts";
import { secretText } from "../random.ts";
import { furnish } from "../testing/split.ts";

/** The servers that the houses of one run stand on, each a real one of its own. */
export interface Ground {
  readonly folder: string;
  /** With the house's own settings: nothing of durability is given up. Its supervisor starts it again when it dies. */
  readonly database: Embedded;
  readonly redis: TestRedis;
  readonly kafka: TestKafka;
  readonly brokers: 1 | 3;
  readonly admin: Pool;
  /** Secrets that all processes of all houses share. */
  readonly env: Readonly<Record<string, string>>;
  /** A database with the demo's people and stores. @returns its address. */
  clone(name: string): Promise<string>;
  /** What must end before the servers do, the last first. */
  readonly stops: (() => unknown)[];
  stop(): Promise<void>;
}

/** @throws where a server is missing: who cannot kill has not shown anything. */
export async function startGround(brokers: 1 | 3): Promise<Ground> {
  // Not where the temporary folder may be memory: what is killed here must come back from a disk.
  const folder = mkdtempSync(join(process.platform === "linux" ? "/var/tmp" : tmpdir(), "madang-kills-"));
  // A broker that lives for a minute is never worth the second compiler, which would take a core of two at each start.
  process.env.JAVA_TOOL_OPTIONS ??= "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC";
  const stops: (() => unknown)[] = [() => rmSync(folder, { recursive: true, force: true })];
  let stopping: Promise<void> | undefined;
  async function stopAll(): Promise<void> {
    for (const end of stops.toReversed()) await end();
  }
  // Who is interrupted stops it twice, and the second must not be done before the first is.
  const stop = () => {
    stopping ??= stopAll();
    return stopping;
  };
  const kept = async <Server>(starting: Promise<Server>, end: (server: Server) => unknown): Promise<Server> => {
    const server = await starting;
    stops.push(() => end(server));
    return server;
  };
  try {
    const redis = await kept(startTestRedis(), (one) => one.stop());
    const place = { folder: join(folder, "postgres"), secret: secretText };
    const embedded = startEmbedded({ ...place, log: () => {}, onGone: (error) => console.error(error) });
    const database = await kept(embedded, (one) => one.stop({ immediate: true }));
    const kafka = await kept(startTestKafka(brokers), (one) => one.stop());
    const env = {
      IDENTITY_KEY_SECRET: secretText(),
      PAYMENT_TOSS_CLIENT_KEY: "test_ck_of_the_kills",
      PAYMENT_TOSS_SECRET_KEY: `test_sk_${secretText()}`,
      PAYMENT_KAKAOPAY_SECRET_KEY: `DEV${secretText()}`,
      SERVICE_SECRET: secretText(),
    };
    const demo = join(folder, "demo");
    mkdirSync(demo);
    await furnish(demo, { ...env, DEMO: "true", DATABASE_URL: database.url, LOG_LEVEL: "warn" });
    const admin = adminPool(withDatabase(database.url, "postgres"));
    stops.push(() => admin.close());
    const clone = async (name: string) => {
      await admin.query(undefined, `create database ${name} template madang`);
      return withDatabase(database.url, name);
    };
    return { folder, database, redis, kafka, brokers, admin, env, clone, stops, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

function adminPool(url: string): Pool {
  const noLimits = { statementTimeoutMs: 0, lockTimeoutMs: 0, idleInTransactionTimeoutMs: 0 };
  return createPool({ url, max: 1, applicationName: "madang-kills", ...noLimits });
}
