import { getJwks as jwks, listVerificationKeys as list, rotateSigningKey as rotate } from "#contracts/identity/keys.ts";
import { assert } from "#platform/core/assert.ts";
import { isRefusal } from "#platform/core/decision.ts";
import { handle } from "#platform/service.ts";
import { commandOf } from "../command.ts";
import type { Deps } from "../deps.ts";
import { SIGNING_KEYS, type SigningKeys } from "../domain/signing-keys.ts";
import { addSigningKey, verificationKeys } from "../signing.ts";

export const getJwks = handle(jwks, (_input, _caller, deps: Deps) => verificationKeys(deps));

/** Read past the cache: whoever asks has just heard that the keys changed. */
export const listVerificationKeys = handle(list, (_input, _caller, deps: Deps) => {
  deps.keyring.forget();
  return verificationKeys(deps);
});

export const rotateSigningKey = handle(rotate, async (_input, caller, deps: Deps) => {
  const outcome = await addSigningKey(commandOf(caller), deps, () => true);
  if (isRefusal(outcome)) return outcome;
  const newest = outcome.rows.get<SigningKeys>(SIGNING_KEYS)?.keys.at(-1);
  assert(newest, "the key that was added is there");
  return { kid: newest.kid, signsFrom: newest.signsFrom };
});
