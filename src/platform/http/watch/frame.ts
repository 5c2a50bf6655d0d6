/** A place in a source's log: after the event with this index of the fact at this position. */
export interface Place {
  readonly position: number;
  readonly index: number;
}

/** The index after everything that a fact says. */
export const WHOLE = Number.MAX_SAFE_INTEGER;

/** Why a line ends before the client wants it to; it is told so that it comes again, or does not. */
export const END_CODES = [
  "auth.token_expired",
  "auth.token_revoked",
  "server.draining",
  "server.behind",
  "watch.renew",
] as const;
export type EndCode = (typeof END_CODES)[number];

export function isBefore(one: Place, other: Place): boolean {
  return one.position < other.position || (one.position === other.position && one.index < other.index);
}

/** `1234.0`; `1234` when everything of that fact was told. */
export function placeText({ position, index }: Place): string {
  return index === WHOLE ? `${position}` : `${position}.${index}`;
}

/** Reads a Last-Event-ID. @returns undefined when it is none of ours. */
export function readPlace(text: string): Place | undefined {
  const [, position, index] = /^(\d{1,15})(?:\.(\d{1,6}))?$/.exec(text) ?? [];
  if (position === undefined) return undefined;
  return { position: Number(position), index: index === undefined ? WHOLE : Number(index) };
}

/** One event as the HTML standard writes it (§9.2). JSON has no line breaks of its own, so the data is one line. */
export function frame(name: string, data: unknown, place?: Place): string {
  return `event: ${name}\n${place === undefined ? "" : `id: ${placeText(place)}\n`}data: ${JSON.stringify(data)}\n\n`;
}

/** Keeps proxies from closing a quiet line, and moves the client's Last-Event-ID on without telling it anything. */
export function beatFrame(heardUpTo: number | undefined): string {
  return heardUpTo === undefined ? ":\n\n" : `:\nid: ${heardUpTo}\n\n`;
}

const RETRY_MS = 1_000;

/**
 * How long the nth client waits, in ms, before it comes again. Spread the wider the more there are, so that those whom
 * one stop sends away do not come back at once.
 */
export function spreadRetryMs(nth: number, clients: number): number {
  return RETRY_MS + ((nth * 7_919) % (RETRY_MS + clients));
}

export function retryFrame(retryMs: number): string {
  return `retry: ${retryMs}\n\n`;
}
