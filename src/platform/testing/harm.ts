import { setTimeout as pause } from "node:timers/promises";
import type { TestRedis } from "./redis.ts";

/** All that can happen to a Redis, again and again until it is stopped; left running and empty of harm then. */
export function harmWithoutEnd(server: TestRedis): { stop(): Promise<number> } {
  const harms: readonly (() => Promise<unknown>)[] = [
    () => server.say("FLUSHALL"),
    () => server.say("CLIENT", "PAUSE", "60"),
    () => server.say("CLIENT", "KILL", "TYPE", "normal"),
    async () => {
      server.freeze();
      await pause(80);
      server.thaw();
    },
    async () => {
      await server.kill();
      await pause(40);
      await server.start();
    },
  ];
  let isOver = false;
  let done = 0;
  async function run(): Promise<void> {
    while (!isOver) {
      // A command can meet a server that is being paused or killed; the next harm comes all the same.
      await harms[done++ % harms.length]?.().catch(() => undefined);
      await pause(50);
    }
  }
  const running = run();
  return {
    async stop() {
      isOver = true;
      await running;
      return done;
    },
  };
}
