import { setTimeout as pause } from "node:timers/promises";
import { epochMs, type Instant } from "#platform/core/time.ts";
import type { FaultLine } from "#platform/testing/faults.ts";
import type { Rig } from "./rig.ts";

const QUIET_WITHIN_MS = 10_000;
const STEPS_MAX = 300;

/** Waits until nothing is under way any more: no command, no event unheard, no work begun. Turns no clock. */
export async function quiet(rig: Rig): Promise<void> {
  const until = performance.now() + QUIET_WITHIN_MS;
  for (let calm = 0; calm < 2; ) {
    if (performance.now() > until) throw new Error("it never becomes quiet");
    const { app, broken } = await rig.living();
    const runtimes = [...app.runtimes.values()];
    const drained = Promise.all([
      ...runtimes.map((runtime) => runtime.batcher.drained()),
      // Commits whose answer was lost are heard of only by asking.
      ...(calm === 0 ? runtimes.map((runtime) => runtime.feed.poll()) : []),
    ]);
    const isAlive = await Promise.race([drained, broken]).then(
      () => true,
      () => false,
    );
    const isBusy =
      !isAlive ||
      app.consumers().some((consumer) => consumer.lag() > 0) ||
      runtimes.some((runtime) => (runtime.work()?.underWay() ?? 0) > 0);
    calm = isBusy ? 0 : calm + 1;
    if (isBusy) await pause(2);
    else await new Promise((resolve) => setImmediate(resolve));
  }
}

interface DueWork {
  readonly service: string;
  readonly key: string;
  readonly due_at: Instant;
  readonly leased: boolean;
}

/** All work that is written down, the next first. */
export async function workOf(rig: Rig): Promise<readonly DueWork[]> {
  const some = rig.services.filter((service) => service.work);
  const selects = some.map(
    ({ name }) => `select '${name}' as service, key, due_at, lease_until is not null as leased from "${name}".work`,
  );
  return (await rig.admin.query<DueWork>(undefined, `${selects.join(" union all ")} order by due_at`)).rows;
}

/** Has every process's runner look for due work now, as its poll would. */
export async function pollWork(rig: Rig): Promise<void> {
  const { app, broken } = await rig.living();
  const polls = [...app.runtimes.values()].map((runtime) => runtime.work()?.poll());
  await Promise.race([Promise.all(polls), broken]).catch(() => undefined);
}

/**
 * Does what is due; if nothing is, turns the clocks to what is due next, at most to `horizon`. False: there is nothing.
 * Only to be called when it is quiet, since a lease is then nobody's.
 */
export async function advance(rig: Rig, horizon?: Instant): Promise<boolean> {
  const next = (await workOf(rig))[0];
  if (!next) return false;
  const now = rig.clock.now();
  if (next.due_at > now) {
    if (horizon !== undefined && next.due_at > horizon) return false;
    rig.turn(epochMs(next.due_at) - epochMs(now) + 1);
  }
  if (next.leased) await rig.endLeases();
  await pollWork(rig);
  return true;
}

/** Lets the shop's time run until `isDone`, or nothing more happens before `horizon`. @returns whether it is done. */
export async function runUntil(
  rig: Rig,
  line: FaultLine,
  horizon: Instant | undefined,
  isDone: () => Promise<boolean>,
): Promise<boolean> {
  for (let steps = 0; steps < STEPS_MAX; steps++) {
    await quiet(rig);
    if (await isDone()) return true;
    const moved = await advance(rig, horizon);
    if (moved) continue;
    if (line.pending() === 0) return false;
    await pause(5);
  }
  throw new Error(`work without end: ${JSON.stringify(await workOf(rig))}`);
}

/** Calm: every effect has happened, every deadline has come, nothing is left to do. */
export async function untilCalm(rig: Rig, line: FaultLine): Promise<void> {
  await runUntil(rig, line, undefined, async () => line.pending() === 0 && (await workOf(rig)).length === 0);
}
