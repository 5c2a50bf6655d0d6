import { LRUCache } from "lru-cache";

/** Who may go on now. In memory here; Redis can stand behind the same port, which is why it may answer later. */
export interface RateLimiter {
  /** Takes one of `perMinute` for `key`. @returns 0 to go on, else the ms until the next one is free. */
  take(key: string, perMinute: number): number | Promise<number>;
}

/** The limiter of one process, which can also be looked at. */
export interface MemoryLimiter extends RateLimiter {
  take(key: string, perMinute: number): number;
  /** What `take` would answer now, without taking. */
  waitMs(key: string, perMinute: number): number;
}

/**
 * As many callers as are remembered; one who is forgotten starts anew, so a flood of addresses costs no more memory.
 */
const KEYS_MAX = 100_000;

/**
 * Generic cell rate: one number per key, no timers, no jump at the turn of a minute. A whole minute's worth may come at
 * once, after that one every minute / perMinute.
 */
export function memoryLimiter(monotonicMs: () => number, keysMax = KEYS_MAX): MemoryLimiter {
  const freeAt = new LRUCache<string, number>({ max: keysMax });
  function look(key: string, perMinute: number): { readonly next: number; readonly waitMs: number } {
    const now = monotonicMs();
    const next = Math.max(freeAt.get(key) ?? now, now) + 60_000 / perMinute;
    // A thousandth of a ms forgives the rounding of the step, so that exactly perMinute requests fit.
    const waitMs = next - now - 60_000;
    return { next, waitMs: waitMs > 0.001 ? waitMs : 0 };
  }
  return {
    waitMs: (key, perMinute) => look(key, perMinute).waitMs,
    take(key, perMinute) {
      const { next, waitMs } = look(key, perMinute);
      if (waitMs === 0) freeAt.set(key, next);
      return waitMs;
    },
  };
}

/** An IPv6 subscriber has a /64 to choose addresses from, so the whole of it counts as one. */
export function limitedAddress(ip: string): string {
  if (!ip.includes(":")) return ip;
  if (ip.startsWith("::ffff:") && ip.includes(".")) return ip.slice(7);
  const [head = "", tail] = ip.split("::");
  const groups = head === "" ? [] : head.split(":");
  if (tail !== undefined) {
    const rest = tail === "" ? [] : tail.split(":");
    while (groups.length + rest.length < 8) groups.push("0");
    groups.push(...rest);
  }
  return `${groups.slice(0, 4).join(":")}::/64`;
}
