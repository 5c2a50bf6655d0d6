import { setTimeout as pause } from "node:timers/promises";

/** A pause alone must not keep a process that has stopped alive. */
export function wait(ms: number): Promise<void> {
  return pause(ms, undefined, { ref: false });
}
