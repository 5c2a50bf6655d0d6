import { type Clock, epochMs, type Instant, instant } from "#platform/core/time.ts";
import type { Pool } from "#platform/db/pool.ts";

/** The process's clock, kept to the database's (MECHANISMS.md §7). */
export interface HouseClock extends Clock {
  /** Measures the offset again. Called at the start and every 10 s. */
  adjust(): Promise<void>;
  /** Ms by which this machine's clock is behind the database's. */
  offsetMs(): number;
}

export function houseClock(pool: Pool): HouseClock {
  let offset = 0;
  // Asked for at every log line and token: the text is made once a millisecond.
  let madeAtMs = 0;
  let made = instant(0);
  return {
    now() {
      const ms = Date.now() + offset;
      if (ms !== madeAtMs) {
        madeAtMs = ms;
        made = instant(ms);
      }
      return made;
    },
    offsetMs: () => offset,
    async adjust() {
      const asked = Date.now();
      const { rows } = await pool.query<{ now: Instant }>("clock", "select clock_timestamp() as now");
      const answered = Date.now();
      const theirs = rows[0] ? epochMs(rows[0].now) : answered;
      // A slow answer says little: what it says is only certain to half its way there and back.
      const uncertain = (answered - asked) / 2;
      const measured = theirs - (asked + uncertain);
      offset = Math.abs(measured) <= uncertain ? 0 : Math.round(measured);
    },
  };
}

/** The machine's own time, for log lines before the house's clock is set. */
export function machineNow(): Instant {
  return instant(Date.now());
}

/** Ms of a clock that never jumps: durations and deadlines, never a time of day. */
export function monotonicMs(): number {
  return performance.now();
}
