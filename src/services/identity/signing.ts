import { isRefusal, type Refusal } from "#platform/core/decision.ts";
import type { Instant } from "#platform/core/time.ts";
import { type Accepted, accept, type Change } from "#platform/facts/change.ts";
import { makeTraceIds } from "#platform/telemetry/trace.ts";
import { makeSigningKey, type NewSigningKey } from "./crypto/signing-key.ts";
import type { Deps } from "./deps.ts";
import { addKey, publishedKeys, SIGNING_KEYS, type SigningKeys } from "./domain/signing-keys.ts";
import { sealedKeyRow } from "./keyring.ts";

type Trace = Pick<Change, "actor" | "command" | "traceparent">;

/** Adds a new key: its public half as a fact, its private half sealed in a row; rows of retired keys go. */
export async function addSigningKey(from: Trace, deps: Deps, isWanted: (state: SigningKeys | undefined) => boolean) {
  const made = makeSigningKey(deps.random, deps.secrets.seal);
  const before = (await deps.records.read([SIGNING_KEYS])).get<SigningKeys>(SIGNING_KEYS);
  const sealedRows = [made.kid, ...(before?.keys ?? []).map((key) => key.kid)].map(sealedKeyRow);
  const outcome = await deps.records.change({
    ...from,
    keys: [SIGNING_KEYS, ...sealedRows],
    decide: (rows, now) => {
      const state = rows.get<SigningKeys>(SIGNING_KEYS);
      return isWanted(state) ? decideKey(state, made, now, deps) : accept();
    },
  });
  deps.keyring.forget();
  return outcome;
}

function decideKey(
  state: SigningKeys | undefined,
  made: NewSigningKey,
  now: Instant,
  deps: Deps,
): Accepted | Refusal<"signing_key.rotation_under_way"> {
  const fact = addKey(state, made, now, deps.keyRules);
  if (isRefusal(fact)) return fact;
  const gone = fact.data.retired.map((kid) => [sealedKeyRow(kid), null]);
  return { facts: [fact], rows: { ...Object.fromEntries(gone), [sealedKeyRow(made.kid)]: { sealed: made.sealed } } };
}

/** Before the first request: there is a key, made once whoever races for it, and this process can open it. */
export async function prepareSigning(deps: Deps): Promise<void> {
  const traceparent = makeTraceIds(deps.random).traceparent();
  await addSigningKey({ traceparent }, deps, (state) => state === undefined);
  await deps.keyring.signer(deps.clock.now());
}

/** The public keys as RFC 7517 and 8037 write them. */
export async function verificationKeys(deps: Deps) {
  const now = deps.clock.now();
  const published = publishedKeys(await deps.keyring.known(now), now, deps.keyRules);
  const kind = { kty: "OKP", crv: "Ed25519", alg: "EdDSA", use: "sig" } as const;
  return { keys: published.map(({ kid, x }) => ({ ...kind, kid, x })) };
}
