import { type Clock, epochMs, type Instant, instant, type Span, spanMs } from "#platform/core/time.ts";

/** A clock to turn: it runs with the machine's, from where it is set, and jumps when told. */
export interface TurnableClock extends Clock {
  turn(span: Span): void;
  set(at: Instant): void;
}

export function turnableClock(start?: Instant): TurnableClock {
  let offsetMs = start === undefined ? 0 : epochMs(start) - Date.now();
  return {
    now: () => instant(Date.now() + offsetMs),
    turn: (span) => {
      offsetMs += spanMs(span);
    },
    set: (at) => {
      offsetMs = epochMs(at) - Date.now();
    },
  };
}
