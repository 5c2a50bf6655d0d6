import { Busy } from "#platform/http/problem.ts";

/** A bounded number at work, a bounded number waiting. */
export type Turns = <Result>(work: () => Promise<Result>) => Promise<Result>;

/**
 * A hash costs a core about 30 ms and 19 MiB, so whoever may ask for many could stop the house: at most `atWork` run,
 * at most `waiting` wait their turn, anyone else is told to come back.
 * @throws Busy when the queue is full.
 */
export function makeTurns(limits: { readonly atWork: number; readonly waiting: number }): Turns {
  const queue: (() => void)[] = [];
  let busy = 0;
  return async (work) => {
    if (busy < limits.atWork) busy++;
    else if (queue.length < limits.waiting) await new Promise<void>((go) => queue.push(go));
    else throw new Busy("password hashing", 2000);
    try {
      return await work();
    } finally {
      // Whoever waits longest inherits the place, so `busy` stays as it is.
      const next = queue.shift();
      if (next) next();
      else busy--;
    }
  };
}
