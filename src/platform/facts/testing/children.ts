import { type ChildProcess, fork } from "node:child_process";
import { join } from "node:path";
import { until } from "./memory-consumer.ts";

/** What a child process is to do, on a database that is there already. */
export interface Order {
  readonly name: string;
  readonly url: string;
  /** Counts up these streams (and one of its own when there are none), `each` times for each of its callers. */
  readonly writes?: { readonly callers: number; readonly each: number; readonly streams: readonly string[] };
  /** The migrations of the echo service, if it hears. */
  readonly hears?: string;
  readonly works?: { readonly effectMs: number };
  /** Publishes, and hears, over Kafka: the brokers. */
  readonly brokers?: string;
}

export interface Report {
  readonly what: "ready" | "working" | "done";
  readonly acked: number;
}

export interface Child {
  readonly heard: ReadonlySet<Report["what"]>;
  freeze(): void;
  thaw(): void;
  /** Tells it to stop and gives the number of its commands that were answered. */
  stop(): Promise<number>;
  kill(): void;
}

/** Starts a real second process: the only thing that SIGSTOP can freeze. */
export async function startChild(order: Order): Promise<Child> {
  const process: ChildProcess = fork(join(import.meta.dirname, "child.ts"), [JSON.stringify(order)], {
    stdio: ["ignore", "inherit", "inherit", "ipc"],
  });
  const heard = new Set<Report["what"]>();
  let acked = 0;
  process.on("message", (report: Report) => {
    heard.add(report.what);
    acked = report.acked;
  });
  const gone = new Promise<void>((resolve) => process.once("exit", () => resolve()));
  await until(() => heard.has("ready"), 10_000, "the start of a child");
  return {
    heard,
    freeze: () => void process.kill("SIGSTOP"),
    thaw: () => void process.kill("SIGCONT"),
    async stop() {
      process.kill("SIGCONT");
      process.send("stop");
      await gone;
      return acked;
    },
    kill: () => void process.kill("SIGKILL"),
  };
}
