import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { createInterface } from "node:readline";
import { request } from "undici";

/** The fake gateways of the one-command run, in a process of their own: the world outside, with its own book. */
export interface DemoGateways {
  readonly toss: string;
  readonly kakaopay: string;
  /** Notes for `verify` where the books are: of those only that the house takes for its gateways. */
  noteInUse(isInUse: (address: string) => boolean): void;
  /** Tells Toss where its webhooks go, once our own address is known. */
  sendWebhooksTo(url: string): Promise<void>;
  stop(): Promise<void>;
}

const FAKES = resolve(import.meta.dirname, "../../../fakes/run.ts");

/** Starts the fakes as children; they end when we do, even if we are killed, since their standard input closes. */
export async function startDemoGateways(
  dataDir: string,
  keys: { readonly toss: string; readonly kakaopay: string },
): Promise<DemoGateways> {
  const book = join(dataDir, "fakes");
  const args = [
    FAKES,
    "--with-parent",
    "--book",
    book,
    "--toss-secret-key",
    keys.toss,
    "--kakaopay-secret-key",
    keys.kakaopay,
  ];
  // A group of its own, so that Ctrl-C reaches us first and the gateways outlive our last refunds.
  const child = spawn(process.execPath, args, { stdio: ["pipe", "pipe", "inherit"], detached: true });
  const { toss, kakaopay } = await addressesOf(child);
  return {
    toss,
    kakaopay,
    noteInUse: (isInUse) => {
      const inUse = Object.entries({ toss, kakaopay }).filter(([, address]) => isInUse(address));
      const pids = [process.pid, child.pid];
      writeFileSync(addressesFile(dataDir), JSON.stringify({ ...Object.fromEntries(inUse), pids }));
    },
    sendWebhooksTo: (url) => sendWebhooks(toss, url),
    stop: async () => {
      if (child.exitCode !== null || child.signalCode !== null) return;
      const ended = once(child, "exit");
      child.kill("SIGTERM");
      await ended;
      rmSync(addressesFile(dataDir), { force: true });
    },
  };
}

/** Those that another process of this house has started and noted, which also ends them; undefined without any. */
export function joinDemoGateways(dataDir: string): DemoGateways | undefined {
  const { toss, kakaopay } = runningGateways(dataDir) ?? {};
  if (toss === undefined || kakaopay === undefined) return undefined;
  const sendWebhooksTo = (url: string) => sendWebhooks(toss, url);
  return { toss, kakaopay, noteInUse: () => {}, sendWebhooksTo, stop: async () => {} };
}

async function sendWebhooks(toss: string, url: string): Promise<void> {
  await request(`${toss}/fake/webhooks/url`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ url }),
  });
}

/** Where the fakes are that a demo uses which runs on this folder; undefined when none does. */
export function runningGateways(dataDir: string): { readonly toss?: string; readonly kakaopay?: string } | undefined {
  try {
    const { pids, ...addresses } = JSON.parse(readFileSync(addressesFile(dataDir), "utf8"));
    // After a kill -9 the file is left, and its ports may be somebody else's. The fakes outlive whoever started them by
    // a moment, but hear nobody any more.
    return pids.every(isAlive) ? addresses : undefined;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}

function addressesFile(dataDir: string): string {
  return join(dataDir, "fakes", "addresses.json");
}

async function addressesOf(child: ChildProcess): Promise<{ toss: string; kakaopay: string }> {
  const lines = createInterface({ input: child.stdout as NodeJS.ReadableStream });
  const exited = once(child, "exit").then(([code]) => {
    throw new Error(`the fake gateways ended at once with code ${code}`);
  });
  const [line] = (await Promise.race([once(lines, "line"), exited])) as [string];
  return JSON.parse(line) as { toss: string; kakaopay: string };
}
