/** A UTC instant as ISO text with milliseconds: sorts as text, survives JSON, is what every row and event carries. */
export type Instant = string & { readonly instant: unique symbol };

/** Where "now" comes from. Handed in everywhere: nothing but the adapter in app/ reads the machine's clock. */
export interface Clock {
  now(): Instant;
}

export interface Span {
  readonly days?: number;
  readonly hours?: number;
  readonly minutes?: number;
  readonly seconds?: number;
  readonly ms?: number;
}

export function instant(epochMs: number): Instant {
  return new Date(epochMs).toISOString() as Instant;
}

export function epochMs(at: Instant): number {
  return Date.parse(at);
}

export function spanMs({ days = 0, hours = 0, minutes = 0, seconds = 0, ms = 0 }: Span): number {
  return (((days * 24 + hours) * 60 + minutes) * 60 + seconds) * 1000 + ms;
}

export function plus(at: Instant, span: Span): Instant {
  return instant(epochMs(at) + spanMs(span));
}

export function isAfter(at: Instant, other: Instant): boolean {
  return at > other;
}

/** The day in Seoul (yyyy-MM-dd) that `at` falls on. Korea has no summer time: UTC+9 all year. */
export function businessDay(at: Instant): string {
  return instant(epochMs(at) + spanMs({ hours: 9 })).slice(0, 10);
}

/** Midnight in Seoul, when the day that `at` falls on began. */
export function startOfBusinessDay(at: Instant): Instant {
  return plus(`${businessDay(at)}T00:00:00.000Z` as Instant, { hours: -9 });
}

/** Minutes since Monday 00:00 in Seoul: what opening hours are compared with. */
export function seoulMinuteOfWeek(at: Instant): number {
  const seoul = new Date(epochMs(at) + spanMs({ hours: 9 }));
  const dayFromMonday = (seoul.getUTCDay() + 6) % 7;
  return dayFromMonday * 1440 + seoul.getUTCHours() * 60 + seoul.getUTCMinutes();
}
