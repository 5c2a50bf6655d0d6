import { epochMs, type Instant, instant, isAfter, plus } from "#platform/core/time.ts";

/** A leaking bucket of attempts to log in. Each counts before its password is looked at; a success takes it back. */
export interface Guesses {
  readonly level: number;
  /** The level holds as of this time; it leaks from here on. */
  readonly since: Instant;
  readonly notBefore: Instant;
  /** Until then the pair counts as known, because it has logged in before. */
  readonly trustedUntil?: Instant;
  /** After this the row says nothing any more and is swept. */
  readonly expiresAt: Instant;
}

export interface GuessRule {
  /** So many attempts are free of any delay. */
  readonly free: number;
  /** One attempt is forgotten every so many ms. */
  readonly leakMs: number;
  /** The delay doubles from one second up to this. */
  readonly longestDelayMs: number;
}

/**
 * The pair (account, network) is slowed down hard, as a guesser is. The account as a whole and the network as a whole
 * are slowed down gently, as those delays also meet the innocent: nobody can lock another person out
 * (RELIABILITY.md §2.1).
 */
export interface GuessRules {
  readonly pair: GuessRule;
  readonly account: GuessRule;
  readonly network: GuessRule;
  /** A pair that has logged in is exempt from the account's delay for so long. */
  readonly trustMs: number;
}

export interface GuessRows {
  readonly pair: Guesses | undefined;
  readonly account: Guesses | undefined;
  readonly network: Guesses | undefined;
}

type Counted = { readonly pair: Guesses; readonly account: Guesses | undefined; readonly network: Guesses };

/** Counts one attempt, or says how long to wait. Waiting attempts do not count: hammering makes nothing longer. */
export function countAttempt(
  rows: GuessRows,
  now: Instant,
  rules: GuessRules,
): { readonly counted: Counted } | { readonly waitMs: number } {
  const trusted = rows.pair?.trustedUntil !== undefined && isAfter(rows.pair.trustedUntil, now);
  const waits = [rows.pair, rows.network, trusted ? undefined : rows.account].map((row) => waitMs(row, now));
  const longest = Math.max(...waits);
  if (longest > 0) return { waitMs: longest };
  const pair = counted(rows.pair, now, rules.pair);
  const account = trusted ? rows.account : counted(rows.account, now, rules.account);
  return { counted: { pair, account, network: counted(rows.network, now, rules.network) } };
}

/** The right password: the pair starts afresh and is trusted, the others get this attempt back. */
export function forgive(rows: GuessRows, now: Instant, rules: GuessRules) {
  const trustedUntil = plus(now, { ms: rules.trustMs });
  const pair: Guesses = { level: 0, since: now, notBefore: now, trustedUntil, expiresAt: trustedUntil };
  return { pair, account: lessOne(rows.account), network: lessOne(rows.network) };
}

function waitMs(row: Guesses | undefined, now: Instant): number {
  return row === undefined ? 0 : Math.max(0, epochMs(row.notBefore) - epochMs(now));
}

function counted(row: Guesses | undefined, now: Instant, rule: GuessRule): Guesses {
  const leaked = row === undefined ? 0 : Math.floor((epochMs(now) - epochMs(row.since)) / rule.leakMs);
  const held = row === undefined ? 0 : Math.max(0, row.level - leaked);
  const since = row === undefined || held === 0 ? now : instant(epochMs(row.since) + leaked * rule.leakMs);
  const level = held + 1;
  const notBefore = plus(now, { ms: delayMs(level, rule) });
  const empty = plus(since, { ms: level * rule.leakMs });
  const trustedUntil = row?.trustedUntil;
  const expiresAt = [empty, notBefore, trustedUntil ?? now].reduce((a, b) => (isAfter(b, a) ? b : a));
  return { level, since, notBefore, expiresAt, ...(trustedUntil ? { trustedUntil } : {}) };
}

function delayMs(level: number, rule: GuessRule): number {
  const over = level - rule.free;
  // Beyond 2^30 seconds every delay is the longest one: the exponent is bounded, so that it stays a plain number.
  return over < 0 ? 0 : Math.min(rule.longestDelayMs, 1000 * 2 ** Math.min(over, 30));
}

function lessOne(row: Guesses | undefined): Guesses | undefined {
  return row === undefined ? undefined : { ...row, level: Math.max(0, row.level - 1) };
}
