import type { Static } from "typebox";
import { businessDay, epochMs, type Instant, instant, seoulMinuteOfWeek, spanMs } from "#platform/core/time.ts";
import type { StoreSnapshot } from "./events.ts";

// The one exception to "contracts hold no logic": store, cart and order must answer "is it open?" alike from the same
// snapshot, without a call on the hot path, and the platform must not know what a store is. Pure and browser-safe.

type OpeningFacts = Pick<Static<typeof StoreSnapshot>, "status" | "openSwitch" | "hours" | "holidays">;

const WEEK_MS = spanMs({ days: 7 });
const DAY_MS = spanMs({ days: 1 });
const MINUTE_MS = spanMs({ minutes: 1 });

/**
 * Whether the store takes orders at `now`: approved, switched on, inside its hours (B5). A span belongs to the day in
 * Seoul on which it begins, so the night before a holiday runs to its end and the holiday's own night never begins.
 */
export function isOpen(store: OpeningFacts, now: Instant): boolean {
  if (store.status !== "APPROVED" || !store.openSwitch) return false;
  const nowMs = epochMs(now);
  if (store.hours.length === 0) return !isHoliday(store, nowMs);
  const monday = mondayMs(now);
  return [monday - WEEK_MS, monday].some((week) =>
    store.hours.some((span) => {
      const opensMs = week + span.opensAt * MINUTE_MS;
      return opensMs <= nowMs && nowMs < week + span.closesAt * MINUTE_MS && !isHoliday(store, opensMs);
    }),
  );
}

/**
 * When a store that is closed at `now` opens next by its hours. Undefined when it is open, and when nobody can know: it
 * is not approved, or a person has switched it off.
 */
export function nextOpening(store: OpeningFacts, now: Instant): Instant | undefined {
  if (store.status !== "APPROVED" || !store.openSwitch || isOpen(store, now)) return undefined;
  const nowMs = epochMs(now);
  const monday = mondayMs(now);
  // Each holiday can take at most one week's opening away, so one week more than holidays always finds one.
  for (let week = 0; week <= store.holidays.length + 1; week++) {
    const found = openingsOfWeek(store, monday + week * WEEK_MS).find((opensMs) => opensMs > nowMs);
    if (found !== undefined) return instant(found);
  }
  return undefined;
}

function openingsOfWeek(store: OpeningFacts, weekMs: number): number[] {
  const starts =
    store.hours.length === 0
      ? [0, 1, 2, 3, 4, 5, 6].map((day) => weekMs + day * DAY_MS)
      : store.hours.map((span) => weekMs + span.opensAt * MINUTE_MS);
  return starts.filter((opensMs) => !isHoliday(store, opensMs)).sort((a, b) => a - b);
}

function isHoliday({ holidays }: OpeningFacts, atMs: number): boolean {
  return holidays.length > 0 && holidays.includes(businessDay(instant(atMs)));
}

/** Monday 00:00 in Seoul of the week of `at`, as milliseconds of the epoch. */
function mondayMs(at: Instant): number {
  const ms = epochMs(at);
  return ms - (ms % MINUTE_MS) - seoulMinuteOfWeek(at) * MINUTE_MS;
}
