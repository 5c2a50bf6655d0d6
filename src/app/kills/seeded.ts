/** Chance that can be had again: the same seed gives the same numbers. */
export interface Seeded {
  /** From 0 up to, and without, `limit`. */
  below(limit: number): number;
  /** One of them. */
  of<One>(all: readonly [One, ...One[]]): One;
  /** Whether a thing of this probability happens. */
  happens(probability: number): boolean;
  shuffled<One>(all: readonly One[]): One[];
}

/** mulberry32: small, and good enough to choose victims. */
export function seeded(seed: number): Seeded {
  let state = seed >>> 0;
  function next(): number {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  }
  const below = (limit: number) => Math.floor(next() * limit);
  return {
    below,
    of: (all) => all[below(all.length)] ?? all[0],
    happens: (probability) => next() < probability,
    shuffled(all) {
      const rest = [...all];
      return all.map(() => rest.splice(below(rest.length), 1)[0] as (typeof rest)[number]);
    },
  };
}
