import type { KeyObject } from "node:crypto";
import { assert } from "#platform/core/assert.ts";
import { epochMs, type Instant } from "#platform/core/time.ts";
import type { Records } from "#platform/facts/change.ts";
import type { Secrets } from "./crypto/secrets.ts";
import { openSigningKey } from "./crypto/signing-key.ts";
import { SIGNING_KEYS, type SigningKeys, signingKeyAt } from "./domain/signing-keys.ts";

/** The signing keys as this process knows them. */
export interface Keyring {
  /** The list as it was read at most a few seconds ago: keys are announced longer ahead than that. */
  known(now: Instant): Promise<SigningKeys | undefined>;
  /** The key that signs now. @throws BrokenAssumption before the first key is made. */
  signer(now: Instant): Promise<{ readonly kid: string; readonly key: KeyObject }>;
  /** The next question reads the rows anew. */
  forget(): void;
}

export interface SealedKey {
  readonly sealed: string;
}

export function sealedKeyRow(kid: string): string {
  return `signing-key:${kid}`;
}

/** Well below the shortest lead of a new key, so that even a process that heard nothing signs with the right one. */
const READ_AGAIN_MS = 2_000;

export function makeKeyring({ records, secrets }: { records: Records; secrets: Secrets }): Keyring {
  const opened = new Map<string, KeyObject>();
  let read: { at: Instant; state: Promise<SigningKeys | undefined> } | undefined;

  function known(now: Instant): Promise<SigningKeys | undefined> {
    if (read && Math.abs(epochMs(now) - epochMs(read.at)) < READ_AGAIN_MS) return read.state;
    const state = records.read([SIGNING_KEYS]).then((rows) => rows.get<SigningKeys>(SIGNING_KEYS));
    const reading = { at: now, state };
    read = reading;
    state.catch(() => {
      if (read === reading) read = undefined;
    });
    return state;
  }

  async function unseal(kid: string): Promise<KeyObject> {
    const row = sealedKeyRow(kid);
    const stored = (await records.read([row])).get<SealedKey>(row);
    assert(stored, `signing key ${kid} has a sealed half`);
    const key = openSigningKey(stored.sealed, kid, secrets.seal);
    opened.set(kid, key);
    return key;
  }

  return {
    known,
    async signer(now) {
      const current = signingKeyAt(await known(now), now);
      assert(current, "a signing key is made before the first request");
      return { kid: current.kid, key: opened.get(current.kid) ?? (await unseal(current.kid)) };
    },
    forget: () => {
      read = undefined;
    },
  };
}
