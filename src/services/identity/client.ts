import type { Caller } from "#platform/core/operation.ts";
import type { Rows } from "#platform/facts/change.ts";
import { limitedAddress } from "#platform/http/limiter.ts";
import { sha256 } from "./crypto/secrets.ts";
import type { GuessRows } from "./domain/guesses.ts";
import { foldEmail } from "./domain/person.ts";

/** Where a request comes from: an IPv4 address, or an IPv6 subscriber's network. */
export function networkOf(caller: Caller): string {
  return caller.ip === undefined ? "unknown" : limitedAddress(caller.ip);
}

/** "The same client" of a repeated refresh: the same network and program. Kept as a hash, as it is personal. */
export function clientOf(caller: Caller): string {
  return sha256(`${networkOf(caller)}\n${caller.userAgent ?? ""}`);
}

export interface GuessKeys {
  readonly pair: string;
  readonly account: string;
  readonly network: string;
}

/** Counted by the e-mail as it was typed, not by account: an unknown one is slowed down just like a known one. */
export function guessKeys(email: string, caller: Caller): GuessKeys {
  const address = foldEmail(email);
  const network = networkOf(caller);
  return {
    pair: `guess:pair:${sha256(`${address}\n${network}`)}`,
    account: `guess:account:${sha256(address)}`,
    network: `guess:network:${sha256(network)}`,
  };
}

export function readGuesses(rows: Rows, keys: GuessKeys): GuessRows {
  return { pair: rows.get(keys.pair), account: rows.get(keys.account), network: rows.get(keys.network) };
}

/** The rows to write; those that are absent are left alone. */
export function guessRows(guesses: GuessRows, keys: GuessKeys): Record<string, unknown> {
  const names = ["pair", "account", "network"] as const;
  return Object.fromEntries(names.flatMap((name) => (guesses[name] ? [[keys[name], guesses[name]]] : [])));
}
