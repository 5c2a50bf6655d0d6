import type { MemoryLimiter, RateLimiter } from "#platform/http/limiter.ts";
import type { Redis } from "./redis.ts";

/**
 * One limit for all processes (O6). Who is let through is let through by both, Redis and this process's own count: so
 * who has had a minute's worth here is refused without asking, and a Redis that goes away or forgets gives nobody a new
 * minute here.
 */
export function sharedLimiter(redis: Redis, here: MemoryLimiter): RateLimiter {
  async function ask(key: string, perMinute: number): Promise<number> {
    const waitMs = await redis.ask((client) => client.take(`madang:rate:${key}`, perMinute));
    return waitMs || here.take(key, perMinute);
  }
  return {
    take(key, perMinute) {
      if (!redis.isUp()) return here.take(key, perMinute);
      return here.waitMs(key, perMinute) || ask(key, perMinute);
    },
  };
}
