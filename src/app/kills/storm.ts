import { setTimeout as pause } from "node:timers/promises";
import type { Kind, Victim } from "./kill.ts";
import type { Harm } from "./schedule.ts";

export interface StormParts {
  readonly victims: readonly Victim[];
  readonly harms: readonly Harm[];
  readonly say: (line: string) => void;
  /** Asked before each harm: whether there is nothing left to learn. */
  readonly isOver: () => boolean;
}

/** Does one harm after another, while what was killed before is still coming back. @returns how many of each kind. */
export async function storm({ victims, harms, say, isOver }: StormParts): Promise<Record<Kind, number>> {
  const done = { service: 0, edge: 0, postgres: 0, redis: 0, broker: 0, freeze: 0 };
  const away = new Map<Victim, Promise<void>>();
  const failed: unknown[] = [];
  for (const [at, { kind, lot, gapMs, downMs }] of harms.entries()) {
    await pause(gapMs);
    const choice = victims.filter((victim) => victim.kind === kind);
    const victim = choice[lot % choice.length];
    if (!victim) continue;
    // The seed has chosen this one, so it is waited for: dying twice at once is not possible.
    await away.get(victim);
    if (isOver() || failed.length > 0) break;
    done[kind] += 1;
    const began = performance.now();
    const back = victim.hit(downMs).then(() => {
      const seconds = ((performance.now() - began) / 1_000).toFixed(1);
      say(
        `${at + 1}/${harms.length} ${kind === "freeze" ? "froze" : "killed"} ${victim.name}: back after ${seconds} s`,
      );
    });
    away.set(
      victim,
      back.catch((error: unknown) => void failed.push(error)),
    );
  }
  await Promise.all(away.values());
  if (failed.length > 0) throw failed[0];
  return done;
}
