import { type ChildProcess, spawn } from "node:child_process";
import { randomInt } from "node:crypto";
import { readdirSync, readFileSync, readlinkSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";

/** The real program as a child of a test: the way a person starts it, watches it and stops it. */
export interface Program {
  readonly pid: number;
  readonly url: string;
  /** What it has printed so far, both streams. */
  output(): string;
  /** Resolves with the exit code, or with the signal that ended it. */
  readonly ended: Promise<number | NodeJS.Signals>;
  /** Resolves when it says that it is open. @throws with its output when it ends instead, or takes too long. */
  isOpen(): Promise<Program>;
  /** Ctrl-C: SIGINT to the whole group, like a terminal does. Resolves with the exit code and how long it took. */
  ctrlC(): Promise<{ readonly code: number | NodeJS.Signals; readonly tookMs: number }>;
}

export interface ProgramOptions {
  readonly dataDir?: string;
  readonly port?: number;
  readonly args?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  readonly uid?: number;
  /** The checkout that is started; ours unless told. */
  readonly root?: string;
}

const OPEN_WITHIN_MS = 90_000;
const running = new Set<number>();
// A test that is cut short must not leave them behind.
process.once("exit", () => {
  for (const pid of running) {
    try {
      process.kill(-pid, "SIGKILL");
    } catch {
      // It was faster.
    }
  }
});

export const checkout = join(import.meta.dirname, "../../..");

export function startProgram(options: ProgramOptions): Program {
  const { dataDir, port, args = ["serve"], uid, root = checkout } = options;
  const child = spawn(process.execPath, [join(root, "src/main.ts"), ...args], {
    cwd: root,
    // Nothing of the test's own environment: it has keys of ours in it, which an unknown one of would stop the start.
    env: {
      PATH: process.env.PATH ?? "",
      // Every start loads the same hundreds of files: what one has compiled, the next takes from here.
      NODE_COMPILE_CACHE: join(checkout, "node_modules/.cache/node"),
      ...(dataDir === undefined ? {} : { DATA_DIR: dataDir }),
      ...(port === undefined ? {} : { PORT: `${port}` }),
      ...options.env,
    },
    stdio: ["ignore", "pipe", "pipe"],
    detached: true,
    ...(uid === undefined ? {} : { uid, gid: uid }),
  });
  return watch(child, `http://127.0.0.1:${port ?? 3000}`);
}

function watch(child: ChildProcess, url: string): Program {
  let text = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding("utf8").on("data", (part: string) => {
      text += part;
    });
  }
  const ended = new Promise<number | NodeJS.Signals>((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code, signal) => resolve(code ?? signal ?? "SIGKILL"));
  });
  const { pid = 0 } = child;
  if (pid > 0) running.add(pid);
  child.once("exit", () => running.delete(pid));
  const program: Program = {
    pid,
    url,
    output: () => text,
    ended,
    async isOpen() {
      let isOver = false;
      void ended.finally(() => {
        isOver = true;
      });
      for (let waitedMs = 0; !text.includes("Madang is open"); waitedMs += 10) {
        if (isOver || waitedMs > OPEN_WITHIN_MS) throw new Error(`it did not open:\n${text}`);
        await pause(10);
      }
      return program;
    },
    async ctrlC() {
      const began = performance.now();
      process.kill(-pid, "SIGINT");
      return { code: await ended, tookMs: performance.now() - began };
    },
  };
  return program;
}

/** Runs a command to its end. */
export async function runProgram(options: ProgramOptions): Promise<{ code: number | NodeJS.Signals; output: string }> {
  const program = startProgram(options);
  const code = await program.ended;
  return { code, output: program.output() };
}

/** What several processes of one house must share, without a demo and without a gateway. */
export function envOn(databaseUrl: string): Record<string, string> {
  return {
    DATABASE_URL: databaseUrl,
    IDENTITY_KEY_SECRET: "a-secret-of-two-processes-and-32-characters",
    PAYMENT_TOSS_CLIENT_KEY: "test_ck_none",
    PAYMENT_TOSS_SECRET_KEY: "test_sk_none",
    PAYMENT_KAKAOPAY_SECRET_KEY: "none",
  };
}

/** Below those that systems hand out to outgoing connections: a port is to be free still when its server starts. */
const PORTS = { first: 12_000, count: 20_000 } as const;

/** A port of 127.0.0.1 that nobody holds now. */
export async function freePort(): Promise<number> {
  const wanted = PORTS.first + randomInt(PORTS.count);
  const held = await holdPort(wanted).catch(() => undefined);
  await held?.free();
  return held?.port ?? freePort();
}

/** Somebody else's server on a port. */
export async function holdPort(wanted: number): Promise<{ port: number; free(): Promise<void> }> {
  const server = createServer();
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(wanted, "127.0.0.1", resolve);
  });
  const address = server.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  return { port, free: () => new Promise((resolve) => server.close(() => resolve())) };
}

interface Running {
  readonly pid: number;
  readonly command: string;
}

/** The processes that work in the folder or name it, ended ones not counted. Linux only: empty elsewhere. */
export function processesOf(folder: string): readonly Running[] {
  if (process.platform !== "linux") return [];
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => {
      try {
        const command = readFileSync(`/proc/${name}/cmdline`, "utf8").replaceAll("\0", " ").trim();
        const place = readlinkSync(`/proc/${name}/cwd`);
        return command.includes(folder) || place.startsWith(folder) ? [{ pid: Number(name), command }] : [];
      } catch {
        // It has ended between the listing and the look.
        return [];
      }
    });
}

/** Waits until nothing works on the folder any more. @returns what is left after the time given. */
export async function leftOf(folder: string, withinMs: number): Promise<readonly Running[]> {
  for (let waitedMs = 0; waitedMs < withinMs && processesOf(folder).length > 0; waitedMs += 20) await pause(20);
  return processesOf(folder);
}

/** Ends what a test that failed half-way has left on the folder, by number. */
export function killAllOf(folder: string): void {
  for (const { pid } of processesOf(folder)) {
    try {
      process.kill(pid, "SIGKILL");
    } catch {
      // It was faster.
    }
  }
}

/** The identifiers of the stores, which are made by chance: the same ones mean the same data. */
export async function storeIds(url: string): Promise<readonly string[]> {
  const answer = await fetch(`${url}/stores`);
  const { stores } = (await answer.json()) as { stores: { storeId: string }[] };
  return stores.map(({ storeId }) => storeId).sort();
}
