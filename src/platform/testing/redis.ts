import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { tmpdir } from "node:os";
import { setTimeout as pause } from "node:timers/promises";
import { createClient } from "@redis/client";
import { freePort } from "#platform/db/port.ts";

/** A real Redis of one test on a port of its own, that can be treated as badly as a real one is. */
export interface TestRedis {
  readonly url: string;
  /** One command by a connection of its own: `say("FLUSHALL")`, `say("CLIENT", "PAUSE", "2000")`. */
  say(...command: string[]): Promise<unknown>;
  /** SIGKILL; everything in it is gone, as it keeps nothing on disk. */
  kill(): Promise<void>;
  /** Starts it again on the same port. */
  start(): Promise<void>;
  /** SIGSTOP: it takes connections and commands, and answers nothing until `thaw`. */
  freeze(): void;
  thaw(): void;
  stop(): Promise<void>;
}

const START_WITHIN_MS = 5_000;
const running = new Set<ChildProcess>();
// A test that is cut short must not leave them behind.
process.once("exit", () => {
  for (const server of running) server.kill("SIGKILL");
});

/** @throws where there is no redis-server: such a test fails, it is not passed over. */
export async function startTestRedis(): Promise<TestRedis> {
  const port = await freePort(undefined);
  const url = `redis://127.0.0.1:${port}`;
  let server = await run(port);
  const send = (signal: NodeJS.Signals) => void (server.exitCode === null && server.kill(signal));
  async function end(): Promise<void> {
    if (server.exitCode !== null || server.signalCode !== null) return;
    const ended = once(server, "exit");
    send("SIGKILL");
    await ended;
  }
  return {
    url,
    async say(...command) {
      const client = createClient({ url, socket: { reconnectStrategy: false } });
      client.on("error", () => {});
      await client.connect();
      try {
        return await client.sendCommand(command);
      } finally {
        client.destroy();
      }
    },
    kill: end,
    async start() {
      server = await run(port);
    },
    freeze: () => send("SIGSTOP"),
    thaw: () => send("SIGCONT"),
    stop: end,
  };
}

async function run(port: number): Promise<ChildProcess> {
  const settings = ["--port", `${port}`, "--bind", "127.0.0.1", "--save", "", "--appendonly", "no", "--dir", tmpdir()];
  const server = spawn("redis-server", settings, { stdio: ["ignore", "pipe", "inherit"] });
  running.add(server);
  server.once("exit", () => running.delete(server));
  await once(server, "spawn");
  let said = "";
  server.stdout?.setEncoding("utf8").on("data", (text: string) => {
    said = said.includes("Ready to accept connections") ? said : said + text;
  });
  for (let waitedMs = 0; !said.includes("Ready to accept connections"); waitedMs += 5) {
    if (server.exitCode !== null || waitedMs > START_WITHIN_MS) throw new Error(`redis-server did not start:\n${said}`);
    await pause(5);
  }
  return server;
}
