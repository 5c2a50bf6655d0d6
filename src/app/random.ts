import { randomBytes } from "node:crypto";
import type { Random } from "#platform/core/ids.ts";

/** Asking the kernel for each id costs more than the id, so it is asked for many at once. */
const POOL_BYTES = 4_096;

/** The machine's chance: the one place that takes it; everything else is handed it. */
export const chance: Random = { bytes: pooled() };

/** Each byte is handed out once, and none is kept after that. */
function pooled(): Random["bytes"] {
  let pool = Buffer.alloc(0);
  let at = 0;
  return (count) => {
    if (count > POOL_BYTES / 4) return randomBytes(count);
    if (at + count > pool.length) {
      pool = randomBytes(POOL_BYTES);
      at = 0;
    }
    const bytes = Buffer.from(pool.subarray(at, at + count));
    pool.fill(0, at, at + count);
    at += count;
    return bytes;
  };
}

/** A secret of 256 bits that nobody has to remember. */
export function secretText(): string {
  return randomBytes(32).toString("base64url");
}
