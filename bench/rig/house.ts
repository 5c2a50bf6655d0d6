import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { type Child, startChild } from "./child.ts";

/** A server of the bench's own on a fresh data folder, and the fake Toss in a process beside it. */
export interface House {
  readonly url: string;
  readonly tossUrl: string;
  readonly dataDir: string;
  readonly server: Child;
  readonly fakes: Child;
  /** Administrator's address of the embedded database, for counting and for pgbench. */
  readonly databaseUrl: string;
  /** Process number of the embedded PostgreSQL. */
  postmaster(): number;
  /** Another server process on the same database. Ends with the house. */
  second(): Promise<{ readonly url: string; readonly server: Child }>;
  /** Ends the server, and starts it again on the same data. @returns how long until it was ready, in ms. */
  restart(more?: NodeJS.ProcessEnv): Promise<number>;
  /** One more process with these settings, on the same database. Ends with the house. */
  part(more: NodeJS.ProcessEnv): Promise<{ readonly url: string; readonly server: Child }>;
  stop(): Promise<void>;
}

const ROOT = resolve(import.meta.dirname, "../..");
const FAKES = resolve(import.meta.dirname, "../../fakes/run.ts");

/** What the bench raises by configuration, and says so: rates, the double-order guard, the life of a token. */
export const RAISED = {
  RATE_LIMIT_PER_MINUTE: "0",
  ORDER_DOUBLE_WITHIN_SECONDS: "0",
  IDENTITY_ACCESS_TOKEN_SECONDS: "3600",
} as const;

/**
 * Starts the demo's house against a fake Toss without a book and without webhooks. `BENCH_SERVER_FLAGS` goes to Node.
 */
export async function startHouse(raised: Readonly<Record<string, string>> = {}): Promise<House> {
  // Not /tmp where it is memory: the point of the yardstick is that commits are on a disk.
  const dataDir = mkdtempSync(join(existsSync("/var/tmp") ? "/var/tmp" : tmpdir(), "madang-bench-"));
  const tossSecretKey = "test_sk_of_the_bench";
  const fakes = startChild(FAKES, ["--with-parent", "--toss-secret-key", tossSecretKey], process.env);
  const tossUrl = (JSON.parse((await fakes.line(/^\{.*\}$/))[0]) as { toss: string }).toss;
  const env = {
    ...process.env,
    ...{ ...RAISED, ...raised },
    ...{ DATA_DIR: dataDir, PORT: "0", DEMO: "true", LOG_LEVEL: "warn" },
    ...{ PAYMENT_TOSS_BASE_URL: tossUrl, PAYMENT_TOSS_SECRET_KEY: tossSecretKey },
  };
  let { server, url } = await startServer(env).catch(async (error: unknown) => {
    await fakes.stop();
    rmSync(dataDir, { recursive: true, force: true });
    throw error;
  });
  const others: Child[] = [];
  async function startPart(more: NodeJS.ProcessEnv) {
    const secrets = JSON.parse(readFileSync(join(dataDir, "demo-secrets.json"), "utf8")) as Record<string, string>;
    const own = {
      ...{ DEMO: "false", DATABASE_URL: databaseUrlIn(dataDir), DATA_DIR: join(dataDir, `part-${others.length}`) },
      IDENTITY_KEY_SECRET: secrets.identityKeySecret,
      PAYMENT_TOSS_CLIENT_KEY: "test_ck_of_the_bench",
      PAYMENT_KAKAOPAY_SECRET_KEY: secrets.kakaopaySecretKey,
    };
    const started = await startServer({ ...env, ...own, ...more });
    others.push(started.server);
    return started;
  }
  return {
    get url() {
      return url;
    },
    get server() {
      return server;
    },
    get databaseUrl() {
      return databaseUrlIn(dataDir);
    },
    ...{ tossUrl, dataDir, fakes },
    postmaster: () => Number(readFileSync(join(dataDir, "postgres/data/postmaster.pid"), "utf8").split("\n")[0]),
    second: () => startPart({}),
    part: startPart,
    async restart(more = {}) {
      await server.stop();
      const before = performance.now();
      ({ server, url } = await startServer({ ...env, ...more }));
      return performance.now() - before;
    },
    async stop() {
      for (const child of [...others, server, fakes]) await child.stop();
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}

async function startServer(env: NodeJS.ProcessEnv): Promise<{ url: string; server: Child }> {
  const { variables, flags, file, args } = startScript();
  const more = (process.env.BENCH_SERVER_FLAGS ?? "").split(" ").filter((flag) => flag !== "");
  const server = startChild(file, args, { ...env, ...variables }, [...flags, ...more]);
  const [, url = ""] = await server.line(/(http:\/\/127\.0\.0\.1:\d+)(?:\/docs)?(?: \(.*\))?$/);
  return { url, server };
}

/** What `npm start` runs: `NAME=value node --flags file arguments`. */
function startScript() {
  const { scripts } = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8")) as { scripts: { start: string } };
  const words = scripts.start.split(" ");
  const node = words.indexOf("node");
  const [file = "", ...args] = words.slice(node + 1).filter((word) => !word.startsWith("--"));
  return {
    variables: Object.fromEntries(words.slice(0, node).map((word) => word.split("=") as [string, string])),
    flags: words.slice(node + 1).filter((word) => word.startsWith("--")),
    file: join(ROOT, file),
    args: args.map((word) => (word.endsWith(".ts") ? join(ROOT, word) : word)),
  };
}

function databaseUrlIn(dataDir: string): string {
  const folder = join(dataDir, "postgres");
  const [password, port] = ["password", "port"].map((name) => readFileSync(join(folder, name), "utf8").trim());
  return `postgres://madang:${encodeURIComponent(password ?? "")}@127.0.0.1:${port}/madang`;
}
