import { createHash, createHmac, hkdfSync, timingSafeEqual } from "node:crypto";

/** One key a purpose, all made from the one secret of the configuration: what leaks of one tells nothing of another. */
export interface Secrets {
  /** Seals the private signing keys at rest. */
  readonly seal: Uint8Array;
  /** Makes a refresh token's successor out of the spent one. */
  readonly successor: Uint8Array;
  /** Marks refresh tokens as ours. */
  readonly refreshTag: Uint8Array;
  readonly invitation: Uint8Array;
  /** Blurs the hashes of bodies that hold a password. */
  readonly command: Uint8Array;
}

export function deriveSecrets(secret: string): Secrets {
  const derive = (purpose: string) =>
    new Uint8Array(hkdfSync("sha256", secret, "madang.identity.v1", `identity:${purpose}`, 32));
  return {
    seal: derive("seal"),
    successor: derive("successor"),
    refreshTag: derive("refresh-tag"),
    invitation: derive("invitation"),
    command: derive("command"),
  };
}

export function mac(key: Uint8Array, text: string): Buffer {
  return createHmac("sha256", key).update(text).digest();
}

/** For values that carry 256 bits of chance; a password is never hashed so. */
export function sha256(text: string): string {
  return createHash("sha256").update(text).digest("base64url");
}

/** Takes the same time wherever the first difference is. */
export function isSame(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && timingSafeEqual(a, b);
}
