import { argon2 } from "node:crypto";
import { promisify } from "node:util";
import type { Random } from "#platform/core/ids.ts";
import { isSame } from "./secrets.ts";

const derive = promisify(argon2);

/** What a hash costs: OWASP's smallest setting for Argon2id, about 30 ms of one core (RELIABILITY.md §2.2). */
export interface Argon2Cost {
  readonly memoryKiB: number;
  readonly passes: number;
  readonly lanes: number;
}

export const presentCost: Argon2Cost = { memoryKiB: 19 * 1024, passes: 2, lanes: 1 };
const SALT_BYTES = 16;
const HASH_BYTES = 32;
const PHC = /^\$argon2id\$v=19\$m=(\d+),t=(\d+),p=(\d+)\$([A-Za-z0-9+/]+)\$([A-Za-z0-9+/]+)$/;

/** The password as a PHC string, `$argon2id$v=19$m=19456,t=2,p=1$salt$hash`, which says itself how it was made. */
export async function hashPassword(password: string, random: Random, cost = presentCost): Promise<string> {
  const salt = Buffer.from(random.bytes(SALT_BYTES));
  return phc(cost, salt, await argon2id(password, salt, cost, HASH_BYTES));
}

/** Costs the same for a right and a wrong password. False for a stored text that is no hash of ours. */
export async function isPassword(password: string, stored: string): Promise<boolean> {
  const parts = PHC.exec(stored);
  if (parts === null) return false;
  const [, memoryKiB, passes, lanes, salt = "", hash = ""] = parts;
  const cost = { memoryKiB: Number(memoryKiB), passes: Number(passes), lanes: Number(lanes) };
  const expected = Buffer.from(hash, "base64");
  return isSame(await argon2id(password, Buffer.from(salt, "base64"), cost, expected.length), expected);
}

/** True when the hash was made at another cost than today's: log-in then makes it anew. */
export function isOutdated(stored: string, cost = presentCost): boolean {
  return !stored.startsWith(head(cost));
}

/** A hash that no password has: an unknown account is checked against it, so that it takes as long as a known one. */
export function nobodysHash(random: Random, cost = presentCost): string {
  return phc(cost, random.bytes(SALT_BYTES), random.bytes(HASH_BYTES));
}

// NFKC: the same password typed on another keyboard or system is the same bytes (NIST SP 800-63B §5.1.1.2).
function argon2id(password: string, salt: Uint8Array, cost: Argon2Cost, tagLength: number): Promise<Buffer> {
  const { memoryKiB: memory, passes, lanes: parallelism } = cost;
  const message = password.normalize("NFKC");
  return derive("argon2id", { message, nonce: salt, memory, passes, parallelism, tagLength });
}

function phc(cost: Argon2Cost, salt: Uint8Array, hash: Uint8Array): string {
  return `${head(cost)}${unpadded(salt)}$${unpadded(hash)}`;
}

function head({ memoryKiB, passes, lanes }: Argon2Cost): string {
  return `$argon2id$v=19$m=${memoryKiB},t=${passes},p=${lanes}$`;
}

function unpadded(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString("base64").replace(/=+$/, "");
}
