/** A gateway's own clock, in milliseconds since 1970. It can be turned forward, so that nobody waits ten minutes. */
export type Clock = {
  now(): number;
  /** Turns the clock forward by `advanceMs` and tells every listener. */
  advance(advanceMs: number): void;
  reset(): void;
  onAdvance(listener: () => void): void;
};

/** Makes a clock over `now` (default: the machine's). The fakes are the outside world, so they may read it. */
export function createClock(now: () => number = Date.now): Clock {
  let aheadMs = 0;
  const listeners: (() => void)[] = [];
  return {
    now: () => now() + aheadMs,
    advance(advanceMs) {
      aheadMs += advanceMs;
      for (const listener of listeners) listener();
    },
    reset() {
      aheadMs = 0;
    },
    onAdvance(listener) {
      listeners.push(listener);
    },
  };
}

const seoulAheadMs = 9 * 60 * 60 * 1000;

/** Seoul's wall clock without an offset, as KakaoPay writes it: 2026-11-21T21:00:00. Korea has no summer time. */
export function seoulTime(atMs: number): string {
  return new Date(atMs + seoulAheadMs).toISOString().slice(0, 19);
}

/** ISO text with the Korean offset, as Toss writes it: 2026-11-21T21:00:00+09:00. */
export function seoulTimeWithOffset(atMs: number): string {
  return `${seoulTime(atMs)}+09:00`;
}

/** Microseconds and no offset, as in the envelope of a Toss webhook: 2026-11-21T21:00:00.123000. */
export function seoulTimeMicroseconds(atMs: number): string {
  return `${new Date(atMs + seoulAheadMs).toISOString().slice(0, 23)}000`;
}
