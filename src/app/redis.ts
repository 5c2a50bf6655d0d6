import type { Registry } from "prom-client";
import { memoryLimiter } from "#platform/http/limiter.ts";
import type { Server, ServerParts } from "#platform/http/server.ts";
import type { Redis } from "#platform/redis/redis.ts";
import { redisCache } from "#platform/redis/redis-cache.ts";
import { shareMoves } from "#platform/redis/share-moves.ts";
import { sharedLimiter } from "#platform/redis/shared-limiter.ts";
import type { Log } from "#platform/telemetry/log.ts";
import { monotonicMs } from "./clock.ts";
import type { App, World } from "./compose.ts";
import type { Config } from "./config.ts";

/** The Redis of the configuration, which nothing that must be true depends on; undefined: the house does without. */
export async function startRedis({ platform }: Config, registry: Registry, log: Log): Promise<Redis | undefined> {
  const { redisUrl: url, redisTimeoutMs: timeoutMs } = platform;
  if (url === "") return undefined;
  // Its client is half as large as all of the house: who needs none does without its memory too.
  const { openRedis } = await import("#platform/redis/redis.ts");
  return openRedis({ url, timeoutMs, registry, log });
}

export function cachesIn(redis: Redis | undefined): Pick<World, "cacheOf"> {
  return redis ? { cacheOf: ({ name }) => redisCache(redis, name) } : {};
}

/** What the door does with Redis: limits that all processes share, and a word about it in its health. */
export function doorPartsOf(redis: Redis | undefined): Pick<ServerParts, "limiter" | "notes"> {
  if (redis === undefined) return {};
  return {
    limiter: sharedLimiter(redis, memoryLimiter(monotonicMs)),
    notes: { redis: () => redis.isUp() || "away" },
  };
}

/** Lets the other processes of the house know when remembered answers are old, and hears it from them. */
export function shareNews(
  redis: Redis,
  { config, app, cache }: { config: Config; app: App; cache: Server["cache"] },
): () => void {
  const remembered = app.handlers.filter(({ operation }) => operation.cacheMs !== undefined);
  const services = [...new Set(remembered.map(({ operation }) => operation.service))];
  const database = new URL(config.platform.redisUrl).pathname.slice(1) || "0";
  return shareMoves(redis, { channel: `madang:moved:${database}`, services, feeds: app.feeds, cache });
}
