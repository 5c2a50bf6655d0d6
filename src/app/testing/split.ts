import { mkdtempSync } from "node:fs";
import { rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { dropDatabase } from "#platform/db/template.ts";
import { stopTestCluster, testDatabase } from "#platform/testing/cluster.ts";
import { allServices } from "../services.ts";
import { freePort, type Program, startProgram } from "./program.ts";

/** Which services a process runs, and how many such processes there are. */
export interface Group {
  readonly services: readonly string[];
  readonly processes: number;
  /** The services that others call here; all that run here unless told. */
  readonly calledFor?: readonly string[];
}

/** Whoever runs all services hears all of them; the ones that have processes of their own are called there. */
export function everythingBut(...elsewhere: readonly string[]): Pick<Group, "services" | "calledFor"> {
  const services = allServices.map(({ name }) => name);
  return { services, calledFor: services.filter((name) => !elsewhere.includes(name)) };
}

/** One process of a split house, at a place that it keeps when it is replaced. */
export interface Part {
  readonly url: string;
  /** `order+payment+wallet`, `edge`. */
  readonly name: string;
  /** How what runs there now ends, whoever ends it. */
  ended(): Promise<number | NodeJS.Signals>;
  output(): string;
  signal(name: NodeJS.Signals): void;
  /** SIGTERM, then another process at the same address. @returns how it ended, and how long that took. */
  replace(): Promise<{ readonly code: number | NodeJS.Signals; readonly tookMs: number }>;
  /** Kills what runs there. Another process is started by `start`. */
  kill(): Promise<void>;
  start(): Promise<void>;
}

/** A house of several real processes on one PostgreSQL, with the demo's people and stores. */
export interface SplitHouse {
  readonly edges: readonly Part[];
  /** All others. */
  readonly parts: readonly Part[];
  /** The processes where this service is called. */
  of(service: string): readonly Part[];
  readonly databaseUrl: string;
  /** What a command of ours needs to find this house. */
  readonly env: Readonly<Record<string, string>>;
  stop(): Promise<void>;
}

const SERVICE_SECRET = "a-secret-that-the-processes-of-a-test-share";

export async function startSplit(options: {
  readonly groups: readonly Group[];
  readonly edges?: number;
  readonly env?: Readonly<Record<string, string>>;
  /** Address of a furnished database of the caller's; unless told, one of the test server with the demo's data. */
  readonly databaseUrl?: string;
}): Promise<SplitHouse> {
  const database = options.databaseUrl === undefined ? await testDatabase(allServices) : undefined;
  const databaseUrl = options.databaseUrl ?? database?.url ?? "";
  const dataDir = mkdtempSync(join(tmpdir(), "madang-split-"));
  const places = await Promise.all(
    options.groups.flatMap(({ services, processes, calledFor = services }) =>
      Array.from({ length: processes }, async () => ({ services, calledFor, port: await freePort() })),
    ),
  );
  const edgePorts = await Promise.all(Array.from({ length: options.edges ?? 1 }, freePort));
  const common = {
    DATABASE_URL: databaseUrl,
    DEMO: "true",
    SERVICE_SECRET,
    LOG_LEVEL: "warn",
    POOL_MAX: "3",
    RATE_LIMIT_PER_MINUTE: "0",
    ORDER_DOUBLE_WITHIN_SECONDS: "0",
    PAYMENT_RETURN_URL: `http://127.0.0.1:${edgePorts[0]}`,
    ...options.env,
  };
  const urls = urlsOf(places);
  const running: Part[] = [];
  async function start(services: readonly string[], port: number): Promise<Part> {
    const env = { ...common, ...without(urls, services), SERVICES: services.join() };
    const part = partOf(services.join("+"), () => startProgram({ port, dataDir, env }));
    running.push(part);
    await part.start();
    return part;
  }
  async function stop(): Promise<void> {
    for (const part of running) part.signal("SIGKILL");
    await rm(dataDir, { recursive: true, force: true });
    if (!database) return;
    await dropDatabase(database.adminUrl, database.name);
    await stopTestCluster();
  }
  try {
    if (database) await furnish(dataDir, common);
    const parts = await Promise.all(places.map(async (one) => ({ ...one, part: await start(one.services, one.port) })));
    const edges = await Promise.all(edgePorts.map((port) => start(["edge"], port)));
    return {
      edges,
      parts: parts.map(({ part }) => part),
      of: (service) => parts.filter(({ calledFor }) => calledFor.includes(service)).map(({ part }) => part),
      databaseUrl,
      env: { ...common, PORT: `${edgePorts[0]}` },
      stop,
    };
  } catch (error) {
    // Whoever waits for the house has nothing to stop it by.
    await stop();
    throw error;
  }
}

/** Processes stand still while the work lasts, and go on then, however the work ends. */
export async function whileFrozen(parts: readonly Part[], work: () => Promise<void>): Promise<void> {
  for (const part of parts) part.signal("SIGSTOP");
  try {
    await work();
  } finally {
    for (const part of parts) part.signal("SIGCONT");
  }
}

const AT_WORK_MS = 40;

/** A process is slow while the work lasts: it stands still for so long, then works for a moment. */
export async function whileSlow(part: Part, stillMs: number, work: () => Promise<void>): Promise<void> {
  let isOver = false;
  const slowing = (async () => {
    while (!isOver) {
      await whileFrozen([part], () => pause(stillMs));
      await pause(AT_WORK_MS);
    }
  })();
  try {
    await work();
  } finally {
    isOver = true;
    await slowing;
  }
}

/** The demo's people and stores are made by the whole house, before it is split. */
export async function furnish(dataDir: string, env: Readonly<Record<string, string>>): Promise<void> {
  const whole = await startProgram({ port: await freePort(), dataDir, env }).isOpen();
  await whole.ctrlC();
}

function urlsOf(places: readonly { calledFor: readonly string[]; port: number }[]): Record<string, string> {
  const urls: Record<string, string> = {};
  for (const { calledFor, port } of places) {
    for (const name of calledFor) {
      const key = `SERVICE_URL_${name.toUpperCase()}`;
      urls[key] = [urls[key], `http://127.0.0.1:${port}`].filter(Boolean).join();
    }
  }
  return urls;
}

function without(urls: Readonly<Record<string, string>>, services: readonly string[]): Record<string, string> {
  const own = services.map((name) => `SERVICE_URL_${name.toUpperCase()}`);
  return Object.fromEntries(Object.entries(urls).filter(([key]) => !own.includes(key)));
}

function partOf(name: string, run: () => Program): Part {
  let program: Program | undefined;
  const begin = async () => {
    program = run();
    await program.isOpen();
  };
  const running = () => {
    if (!program) throw new Error("it has never been started");
    return program;
  };
  async function end(signal: NodeJS.Signals): Promise<number | NodeJS.Signals> {
    process.kill(running().pid, signal);
    return running().ended;
  }
  return {
    get url() {
      return running().url;
    },
    name,
    ended: () => running().ended,
    output: () => running().output(),
    signal(name) {
      try {
        process.kill(running().pid, name);
      } catch {
        // It has ended already.
      }
    },
    async replace() {
      const began = performance.now();
      const code = await end("SIGTERM");
      const tookMs = performance.now() - began;
      await begin();
      return { code, tookMs };
    },
    async kill() {
      await end("SIGKILL");
    },
    start: begin,
  };
}
