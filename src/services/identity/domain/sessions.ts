import { type Instant, isAfter, plus } from "#platform/core/time.ts";

/** One device's log-in: a family of refresh tokens of which only the newest works (RFC 9700 §4.14). */
export interface Session {
  readonly sessionId: string;
  /** Counts the refresh tokens; the newest carries this number. */
  readonly generation: number;
  readonly refreshHash: string;
  /** Network and user agent of whoever refreshed last: only they may ask for the same successor again. */
  readonly client: string;
  readonly createdAt: Instant;
  readonly rotatedAt: Instant;
  readonly expiresAt: Instant;
}

/** All sessions of one account in one row, so that ending all of them is one decision. */
export interface Sessions {
  readonly live: readonly Session[];
  /** Ended ones of which an access token may still be alive. */
  readonly revoked: readonly { readonly sessionId: string; readonly until: Instant }[];
  /** The latest `until`: a column is generated from it. */
  readonly revokedUntil?: Instant;
}

export interface SessionRules {
  readonly accessTokenMs: number;
  /** A refresh token that is not used for so long ends. */
  readonly idleMs: number;
  /** However much it is used, a session ends after so long. */
  readonly longestMs: number;
  /** For so long after a refresh the spent token still gives its successor again, to the same client. */
  readonly retryMs: number;
  readonly most: number;
}

export interface Presented {
  readonly sessionId: string;
  readonly generation: number;
  readonly hash: string;
  readonly successorHash: string;
  readonly client: string;
}

export type Refreshed =
  | { readonly kind: "rotated"; readonly sessions: Sessions }
  | { readonly kind: "again" }
  | { readonly kind: "reused"; readonly ended: readonly string[]; readonly sessions: Sessions }
  | { readonly kind: "unknown" };

/** Checking clocks may differ a little from the signing one: a revocation is remembered for this much longer. */
const CLOCK_SLACK_MS = 60_000;

export const noSessions: Sessions = { live: [], revoked: [] };

/** Begins a session. Beyond the most that one account may have, the one unused for longest ends. */
export function open(
  sessions: Sessions,
  begun: { readonly sessionId: string; readonly refreshHash: string; readonly client: string },
  now: Instant,
  rules: SessionRules,
): { readonly sessions: Sessions; readonly ended: readonly string[] } {
  const session: Session = {
    ...begun,
    generation: 1,
    createdAt: now,
    rotatedAt: now,
    expiresAt: expiry(now, now, rules),
  };
  const alive = sessions.live.filter((other) => isAfter(other.expiresAt, now));
  const byUse = [...alive].sort((a, b) => (a.rotatedAt < b.rotatedAt ? -1 : 1));
  const surplus = byUse.slice(0, Math.max(0, byUse.length + 1 - rules.most)).map((other) => other.sessionId);
  const after = end({ ...sessions, live: alive }, surplus, now, rules);
  return { sessions: { ...after.sessions, live: [...after.sessions.live, session] }, ended: after.ended };
}

/**
 * What a genuine refresh token of this account does now (A3): the newest rotates; the one before it, shown again within
 * seconds by the same client, gives the same successor (two tabs, a lost answer); any other spent one ends the family.
 */
export function refresh(sessions: Sessions, presented: Presented, now: Instant, rules: SessionRules): Refreshed {
  const { sessionId, generation, client } = presented;
  const session = sessions.live.find((one) => one.sessionId === sessionId);
  if (session === undefined || !isAfter(session.expiresAt, now)) return { kind: "unknown" };
  if (generation === session.generation && presented.hash === session.refreshHash) {
    const rotated: Session = {
      ...session,
      generation: generation + 1,
      refreshHash: presented.successorHash,
      client,
      rotatedAt: now,
      expiresAt: expiry(session.createdAt, now, rules),
    };
    const live = sessions.live.map((one) => (one === session ? rotated : one));
    return { kind: "rotated", sessions: { ...sessions, live } };
  }
  const justSpent = generation + 1 === session.generation && presented.successorHash === session.refreshHash;
  const inTime = !isAfter(now, plus(session.rotatedAt, { ms: rules.retryMs }));
  if (justSpent && inTime && client === session.client) return { kind: "again" };
  return { kind: "reused", ...end(sessions, [sessionId], now, rules) };
}

/** Ends these sessions (those of them that are live), and remembers them until their last access token has expired. */
export function end(
  sessions: Sessions,
  sessionIds: readonly string[],
  now: Instant,
  rules: SessionRules,
): { readonly sessions: Sessions; readonly ended: readonly string[] } {
  const ended = sessions.live.map((one) => one.sessionId).filter((id) => sessionIds.includes(id));
  const until = plus(now, { ms: rules.accessTokenMs + CLOCK_SLACK_MS });
  const remembered = sessions.revoked.filter((one) => isAfter(one.until, now));
  const revoked = [...remembered, ...ended.map((sessionId) => ({ sessionId, until }))];
  const live = sessions.live.filter((one) => !ended.includes(one.sessionId));
  const latest = revoked.reduce<Instant | undefined>(
    (far, one) => (far && far > one.until ? far : one.until),
    undefined,
  );
  return { ended, sessions: { live, revoked, ...(latest ? { revokedUntil: latest } : {}) } };
}

export function endAll(sessions: Sessions, now: Instant, rules: SessionRules) {
  return end(
    sessions,
    sessions.live.map((one) => one.sessionId),
    now,
    rules,
  );
}

function expiry(createdAt: Instant, now: Instant, rules: SessionRules): Instant {
  const idle = plus(now, { ms: rules.idleMs });
  const longest = plus(createdAt, { ms: rules.longestMs });
  return isAfter(idle, longest) ? longest : idle;
}
