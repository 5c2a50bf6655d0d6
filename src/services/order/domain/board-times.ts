import { type Instant, plus, startOfBusinessDay } from "#platform/core/time.ts";

/** So long before and after now a ticket is on the board, whatever day it is for: who works at night sees it too. */
const NIGHT_HOURS = 12;

/** Today for a kitchen: the day in Seoul, and the night around now. What is due in [since, until) is on the board. */
export function boardTimes(now: Instant): { readonly since: Instant; readonly until: Instant } {
  const midnight = startOfBusinessDay(now);
  const nextMidnight = plus(midnight, { days: 1 });
  const [before, after] = [plus(now, { hours: -NIGHT_HOURS }), plus(now, { hours: NIGHT_HOURS })];
  return { since: before < midnight ? before : midnight, until: after > nextMidnight ? after : nextMidnight };
}
