import { execFile } from "node:child_process";
import { setTimeout as pause } from "node:timers/promises";
import { promisify } from "node:util";
import { type Part, type SplitHouse, whileFrozen } from "../testing/split.ts";
import type { Ground } from "./ground.ts";

export const KINDS = ["service", "edge", "postgres", "redis", "broker", "freeze"] as const;
export type Kind = (typeof KINDS)[number];

/** Something that can be killed, and is started again where it was. */
export interface Victim {
  readonly kind: Kind;
  readonly name: string;
  /** Ends it at once; resolves when it takes requests again, `downMs` and its own start later. */
  hit(downMs: number): Promise<void>;
}

const UP_WITHIN_MS = 60_000;
const TRY_AGAIN_MS = 300;
const run = promisify(execFile);

/** All that may be killed in this house. Whatever ends without being killed is told to `onEnd`. */
export function victimsOf(ground: Ground, { parts, edges }: SplitHouse, onEnd: (what: string) => void): Victim[] {
  const numbered = (all: readonly Part[], part: Part) => {
    const alike = all.filter(({ name }) => name === part.name);
    return alike.length === 1 ? part.name : `${part.name} ${alike.indexOf(part) + 1}`;
  };
  const processes = [...parts, ...edges].flatMap((part) => {
    const name = numbered([...parts, ...edges], part);
    const kind = edges.includes(part) ? ("edge" as const) : ("service" as const);
    const life = watchLife(part, (how) => onEnd(`${name} ended by itself (${how}):\n${part.output().slice(-2_000)}`));
    // One process is killed or frozen by two victims, so the second waits for the first.
    let busy: Promise<unknown> = Promise.resolve();
    const inTurn = (work: () => Promise<void>) => {
      const mine = busy.then(work);
      busy = mine.catch(() => undefined);
      return mine;
    };
    /** Longer than a lease lasts: who wakes up again is a zombie (H30). */
    const freeze = (downMs: number) => whileFrozen([part], () => pause(downMs));
    return [
      { kind, name, hit: (downMs: number) => inTurn(() => life.kill(downMs)) },
      { kind: "freeze" as const, name, hit: (downMs: number) => inTurn(() => freeze(downMs)) },
    ];
  });
  const brokers = Array.from({ length: ground.brokers }, (_, at) => broker(ground, at + 1));
  return [...processes, postgres(ground), redis(ground), ...brokers];
}

function watchLife(part: Part, onEnd: (how: string) => void) {
  let isKilled = false;
  const watch = () => void part.ended().then((how) => isKilled || onEnd(`${how}`));
  watch();
  return {
    async kill(downMs: number): Promise<void> {
      isKilled = true;
      part.signal("SIGKILL");
      await part.ended();
      await pause(downMs);
      // Without a database a start is refused, so it is tried as a supervisor would.
      await untilDone(`${part.name} did not start`, () => part.start());
      isKilled = false;
      watch();
    },
  };
}

function postgres({ database, admin }: Ground): Victim {
  return {
    kind: "postgres",
    name: "all processes of PostgreSQL",
    // Its own supervisor starts it again at once.
    async hit() {
      const { pid } = database;
      const { stdout } = await run("ps", ["-A", "-o", "pid=,ppid="]);
      const children = stdout.split("\n").map((line) => line.trim().split(/\s+/).map(Number));
      for (const one of [pid, ...children.flatMap(([child = 0, parent]) => (parent === pid ? [child] : []))]) {
        signalIfThere(one);
      }
      await untilDone("PostgreSQL did not come back", async () => {
        if (database.pid === pid) throw new Error("not started yet");
        await admin.query(undefined, "select 1");
      });
    },
  };
}

/** A session's process may end between the list and the kill. */
function signalIfThere(pid: number): void {
  try {
    process.kill(pid, "SIGKILL");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
  }
}

function redis({ redis: server }: Ground): Victim {
  return {
    kind: "redis",
    name: "Redis",
    async hit(downMs) {
      await server.kill();
      await pause(downMs);
      await server.start();
    },
  };
}

/** One at a time: with two of three away nobody may write, which is Kafka's promise and not ours. */
function broker({ kafka }: Ground, id: number): Victim {
  return {
    kind: "broker",
    name: `broker ${id}`,
    hit: (downMs) => {
      const mine = (brokerIsAway.get(kafka) ?? Promise.resolve()).then(async () => {
        await kafka.kill(id);
        await pause(downMs);
        await kafka.revive(id);
      });
      brokerIsAway.set(
        kafka,
        mine.catch(() => undefined),
      );
      return mine;
    },
  };
}
const brokerIsAway = new WeakMap<Ground["kafka"], Promise<unknown>>();

async function untilDone(what: string, work: () => Promise<unknown>): Promise<void> {
  const until = performance.now() + UP_WITHIN_MS;
  for (;;) {
    try {
      await work();
      return;
    } catch (error) {
      if (performance.now() > until) throw new Error(what, { cause: error });
      await pause(TRY_AGAIN_MS);
    }
  }
}
