import type { Cache } from "#platform/cache.ts";
import type { Redis } from "./redis.ts";

/** @param place keeps the keys of one service apart from those of another. */
export function redisCache(redis: Redis, place: string): Cache {
  const at = (key: string) => `madang:${place}:${key}`;
  return {
    get: async (key) => (await redis.ask((client) => client.get(at(key)))) ?? undefined,
    put: (key, text, ttlMs) => void redis.ask((client) => client.set(at(key), text, { PX: ttlMs })),
  };
}
