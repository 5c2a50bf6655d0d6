import type { Kind } from "./kill.ts";
import { seeded } from "./seeded.ts";

/** One harm: what kind, which of its victims, when, and for how long. */
export interface Harm {
  readonly kind: Kind;
  /** Chooses among the victims of the kind: 0 up to 1,000. */
  readonly lot: number;
  /** After the one before. */
  readonly gapMs: number;
  readonly downMs: number;
}

/** Forty kills, as a bad day deals them; freezing kills nobody, so it comes on top. */
const DECK: Readonly<Record<Kind, number>> = { service: 13, edge: 8, postgres: 11, redis: 7, broker: 1, freeze: 8 };
const GAP_MS = { least: 400, more: 2_200 };
const DOWN_MS = { least: 0, more: 800 };
/** Some shorter and some longer than the leases of the house (2 s and 6 s). */
const FROZEN_MS = { least: 500, more: 8_000 };

/** The harms of a storm with so many kills: all of it follows from the seed. */
export function scheduleOf(seed: number, kills: number, kinds?: readonly Kind[]): readonly Harm[] {
  const chance = seeded(seed);
  const deck = Object.entries(DECK).flatMap(([kind, count]) => Array.from({ length: count }, () => kind as Kind));
  const playable = deck.filter((kind) => kinds?.includes(kind) ?? true);
  const harms: Harm[] = [];
  for (let dealt = 0; dealt < kills; ) {
    for (const kind of chance.shuffled(playable)) {
      if (dealt === kills) break;
      const within = kind === "freeze" ? FROZEN_MS : DOWN_MS;
      harms.push({
        kind,
        lot: chance.below(1_000),
        gapMs: GAP_MS.least + chance.below(GAP_MS.more),
        downMs: within.least + chance.below(within.more),
      });
      if (kind !== "freeze") dealt += 1;
    }
  }
  return harms;
}
