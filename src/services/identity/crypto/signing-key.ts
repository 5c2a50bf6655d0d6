import {
  createCipheriv,
  createDecipheriv,
  createHash,
  createPrivateKey,
  createPublicKey,
  type KeyObject,
} from "node:crypto";
import type { Random } from "#platform/core/ids.ts";

/** An Ed25519 private key is 32 bytes of chance; these bytes before it make it PKCS #8 (RFC 8410 §7). */
const PKCS8_HEAD = Buffer.from("302e020100300506032b657004220420", "hex");
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

export interface NewSigningKey {
  readonly kid: string;
  readonly x: string;
  readonly sealed: string;
}

/** Makes a key pair and seals its private half with AES-256-GCM. The kid is the public key's thumbprint (RFC 7638). */
export function makeSigningKey(random: Random, sealKey: Uint8Array): NewSigningKey {
  const seed = random.bytes(32);
  const { x = "" } = createPublicKey(privateKey(seed)).export({ format: "jwk" });
  const kid = createHash("sha256").update(`{"crv":"Ed25519","kty":"OKP","x":"${x}"}`).digest("base64url");
  return { kid, x, sealed: seal(seed, kid, random, sealKey) };
}

/** @throws Error when the secret is another one than the key was sealed with, or the row was tampered with. */
export function openSigningKey(sealed: string, kid: string, sealKey: Uint8Array): KeyObject {
  const bytes = Buffer.from(sealed, "base64url");
  const decipher = createDecipheriv("aes-256-gcm", sealKey, bytes.subarray(0, NONCE_BYTES), {
    authTagLength: TAG_BYTES,
  });
  decipher.setAAD(Buffer.from(kid));
  decipher.setAuthTag(bytes.subarray(-TAG_BYTES));
  try {
    return privateKey(Buffer.concat([decipher.update(bytes.subarray(NONCE_BYTES, -TAG_BYTES)), decipher.final()]));
  } catch (cause) {
    throw new Error(`signing key ${kid} cannot be opened: is IDENTITY_KEY_SECRET still the one it was made with?`, {
      cause,
    });
  }
}

function seal(seed: Uint8Array, kid: string, random: Random, sealKey: Uint8Array): string {
  const nonce = random.bytes(NONCE_BYTES);
  const cipher = createCipheriv("aes-256-gcm", sealKey, nonce, { authTagLength: TAG_BYTES });
  // Bound to its kid, so that a sealed key cannot be put in another's place.
  cipher.setAAD(Buffer.from(kid));
  return Buffer.concat([nonce, cipher.update(seed), cipher.final(), cipher.getAuthTag()]).toString("base64url");
}

function privateKey(seed: Uint8Array): KeyObject {
  return createPrivateKey({ key: Buffer.concat([PKCS8_HEAD, seed]), format: "der", type: "pkcs8" });
}
