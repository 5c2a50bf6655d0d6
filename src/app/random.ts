import { randomBytes } from "node:crypto";
import type { Random } from "#platform/core/ids.ts";

/** The machine's chance: the one place that takes it; everything else is handed it. */
export const chance: Random = { bytes: randomBytes };

/** A secret of 256 bits that nobody has to remember. */
export function secretText(): string {
  return randomBytes(32).toString("base64url");
}
