import type { Random } from "#platform/core/ids.ts";
import { isSame, mac, type Secrets, sha256 } from "./secrets.ts";

/** A refresh token, read: 256 bits of chance (`secret`) with the place it belongs to. Clients see one opaque text. */
export interface RefreshToken {
  readonly accountId: string;
  readonly sessionId: string;
  readonly generation: number;
  readonly secret: string;
}

type Keys = Pick<Secrets, "successor" | "refreshTag">;
const TAG_BYTES = 16;
const SHAPE = /^(acc_[0-9a-z]{26})\.(ses_[0-9a-z]{26})\.([1-9][0-9]{0,8})\.([\w-]{43})\.([\w-]{22})$/;

export function firstRefreshToken(accountId: string, sessionId: string, random: Random): RefreshToken {
  return { accountId, sessionId, generation: 1, secret: Buffer.from(random.bytes(32)).toString("base64url") };
}

/**
 * The same spent token always gives the same successor, so a lost answer can be given again although only a hash of the
 * successor is stored. Nobody can compute it without the server's key.
 */
export function successorOf(token: RefreshToken, keys: Keys): RefreshToken {
  const secret = mac(keys.successor, placeAndSecret(token)).toString("base64url");
  return { ...token, generation: token.generation + 1, secret };
}

/** What is stored of a token. */
export function refreshHash(token: RefreshToken): string {
  return sha256(token.secret);
}

export function writeRefreshToken(token: RefreshToken, keys: Keys): string {
  return `${placeAndSecret(token)}.${tag(token, keys).toString("base64url")}`;
}

/** Undefined for a text that we never gave out: so nobody can end a session by guessing at its tokens. */
export function readRefreshToken(text: string, keys: Keys): RefreshToken | undefined {
  const parts = SHAPE.exec(text);
  if (parts === null) return undefined;
  const [, accountId = "", sessionId = "", generation = "", secret = "", tagText = ""] = parts;
  const token = { accountId, sessionId, generation: Number(generation), secret };
  return isSame(tag(token, keys), Buffer.from(tagText, "base64url")) ? token : undefined;
}

function tag(token: RefreshToken, keys: Keys): Buffer {
  return mac(keys.refreshTag, placeAndSecret(token)).subarray(0, TAG_BYTES);
}

function placeAndSecret(token: RefreshToken): string {
  return `${token.accountId}.${token.sessionId}.${token.generation}.${token.secret}`;
}
