import { type NewFact, type Refusal, reject } from "#platform/core/decision.ts";
import { type Instant, isAfter, plus } from "#platform/core/time.ts";

/** The public half of a key that signs access tokens; its private half stands sealed in a row of its own. */
export interface SigningKey {
  readonly kid: string;
  /** The public key, as a JWK has it. */
  readonly x: string;
  /** It signs from here until the next key does. */
  readonly signsFrom: Instant;
}

export interface SigningKeys {
  /** In the order in which they sign. */
  readonly keys: readonly SigningKey[];
}

export type SigningKeyAdded = SigningKey & { readonly retired: readonly string[] };
export type SigningKeyFact = NewFact<"SigningKeyAdded", SigningKeyAdded>;

export const SIGNING_KEYS = "signing-keys";

export interface KeyRules {
  /** A next key is published for so long before it signs. */
  readonly leadMs: number;
  /** An old key stays published for so long after it signed last: until its tokens have expired, and a little more. */
  readonly keepMs: number;
}

/** The first key signs at once; a next one after the lead, and only one at a time is on its way. */
export function addKey(
  state: SigningKeys | undefined,
  key: { readonly kid: string; readonly x: string },
  now: Instant,
  rules: KeyRules,
): SigningKeyFact | Refusal<"signing_key.rotation_under_way"> {
  const keys = state?.keys ?? [];
  const last = keys.at(-1);
  if (last && isAfter(last.signsFrom, now)) {
    return reject("signing_key.rotation_under_way", { signsFrom: last.signsFrom });
  }
  const signsFrom = last ? plus(now, { ms: rules.leadMs }) : now;
  const published = publishedKeys(state, now, rules);
  const retired = keys.filter((old) => !published.includes(old)).map((old) => old.kid);
  return { stream: SIGNING_KEYS, type: "SigningKeyAdded", data: { kid: key.kid, x: key.x, signsFrom, retired } };
}

export function evolveSigningKeys(state: SigningKeys | undefined, fact: SigningKeyFact): SigningKeys {
  const { retired, ...key } = fact.data;
  return { keys: [...(state?.keys ?? []).filter((old) => !retired.includes(old.kid)), key] };
}

export function signingKeyAt(state: SigningKeys | undefined, now: Instant): SigningKey | undefined {
  return state?.keys.findLast((key) => !isAfter(key.signsFrom, now));
}

/** The next key, the present one, and old ones of which a token may still be alive. */
export function publishedKeys(state: SigningKeys | undefined, now: Instant, rules: KeyRules): readonly SigningKey[] {
  const keys = state?.keys ?? [];
  return keys.filter((_, index) => {
    const next = keys[index + 1];
    return next === undefined || isAfter(plus(next.signsFrom, { ms: rules.keepMs }), now);
  });
}
