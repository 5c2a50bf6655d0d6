import type { Clock } from "#platform/core/time.ts";
import { spanMs } from "#platform/core/time.ts";
import type { Kit } from "#platform/service.ts";
import type { SettingsOf } from "#platform/settings.ts";
import { nobodysHash } from "./crypto/argon2.ts";
import { deriveSecrets, type Secrets } from "./crypto/secrets.ts";
import { makeTurns, type Turns } from "./crypto/turns.ts";
import type { GuessRules } from "./domain/guesses.ts";
import type { SessionRules } from "./domain/sessions.ts";
import type { KeyRules } from "./domain/signing-keys.ts";
import { type Keyring, makeKeyring } from "./keyring.ts";
import type { settings } from "./settings.ts";

/** What the code of identity may touch. */
export interface Deps extends Pick<Kit, "ids" | "random" | "records" | "sql" | "mail" | "log"> {
  readonly clock: Clock;
  readonly secrets: Secrets;
  readonly keyring: Keyring;
  /** Every password hash takes a turn. */
  readonly turns: Turns;
  /** The stored hash of an account that does not exist. */
  readonly nobodysHash: string;
  readonly token: { readonly issuer: string; readonly audience: string };
  readonly sessionRules: SessionRules;
  readonly guessRules: GuessRules;
  readonly keyRules: KeyRules;
  readonly invitation: { readonly validMs: number; readonly page: string };
}

export function makeDeps(kit: Kit, values: SettingsOf<typeof settings>): Deps {
  const { clock, ids, random, records, sql, mail, log } = kit;
  const secrets = deriveSecrets(values.keySecret);
  const accessTokenMs = spanMs({ seconds: values.accessTokenSeconds });
  const keyRules = {
    leadMs: spanMs({ seconds: values.signingKeyLeadSeconds }),
    keepMs: accessTokenMs + spanMs({ minutes: 2 }),
  };
  return {
    ...{ clock, ids, random, records, sql, mail, log, secrets, keyRules },
    keyring: makeKeyring({ records, secrets }),
    turns: makeTurns({ atWork: values.hashesAtWork, waiting: values.hashesWaiting }),
    nobodysHash: nobodysHash(random),
    token: { issuer: values.tokenIssuer, audience: values.tokenAudience },
    sessionRules: {
      accessTokenMs,
      idleMs: spanMs({ days: values.refreshIdleDays }),
      longestMs: spanMs({ days: values.sessionLongestDays }),
      retryMs: spanMs({ seconds: values.refreshRetrySeconds }),
      most: values.sessionsPerAccount,
    },
    guessRules: {
      pair: { free: values.freeGuesses, leakMs: spanMs({ minutes: 15 }), longestDelayMs: spanMs({ minutes: 15 }) },
      account: { free: values.freeGuessesPerAccount, leakMs: spanMs({ minutes: 1 }), longestDelayMs: 10_000 },
      network: { free: values.freeGuessesPerNetwork, leakMs: spanMs({ seconds: 10 }), longestDelayMs: 60_000 },
      trustMs: spanMs({ days: 90 }),
    },
    invitation: { validMs: spanMs({ hours: values.invitationHours }), page: values.invitationPage },
  };
}
