import type { Registry } from "prom-client";
import { epochMs } from "#platform/core/time.ts";
import type { Checks } from "#platform/http/housekeeping.ts";
import { createServer, type Server } from "#platform/http/server.ts";
import type { Redis } from "#platform/redis/redis.ts";
import { monotonicMs } from "./clock.ts";
import type { App, World } from "./compose.ts";
import type { Config } from "./config.ts";
import { docsOf } from "./docs.ts";
import { eventsDocument } from "./events-document.ts";
import { hearIdentity } from "./identity-news.ts";
import { chance } from "./random.ts";
import { doorPartsOf, shareNews } from "./redis.ts";
import type { ServiceTokens } from "./service-keys.ts";
import { allServices } from "./services.ts";
import { tellingUnreachable } from "./unreachable.ts";

export interface DoorParts {
  readonly config: Config;
  readonly app: App;
  readonly world: World;
  readonly registry: Registry;
  readonly checks: Checks;
  /** Absent: no service of another process may call here. */
  readonly tokens?: ServiceTokens | undefined;
  /** Absent: limits and remembered answers are this process's own. */
  readonly redis?: Redis | undefined;
}

export interface HouseDoor {
  readonly server: Server;
  close(): Promise<void>;
}

/** The HTTP door of this process: it knows the keys that sign tokens, and the sessions that are over. */
export async function openDoor(parts: DoorParts): Promise<HouseDoor> {
  const { config, app, world, registry, checks, tokens, redis } = parts;
  const news = await hearIdentity({ config, call: app.call, feed: app.feeds.get("identity"), world });
  const server = createServer({
    ...doorOf(config, world, registry, redis),
    operations: tellingUnreachable(app.handlers, world.log),
    problems: Object.assign({}, ...app.services.map((service) => service.problems)),
    verifyToken: news.verifyToken,
    isRevoked: news.isRevoked,
    ready: { ...checks, identity: news.check },
    feeds: app.feeds,
    docs: docsOf(config, app.ids.make("order")),
    sockets: app.sockets,
    socketLimits: { connections: config.platform.socketsMax, perAccount: config.platform.socketsPerAccount },
    ...(tokens ? { verifyServiceToken: tokens.verify } : {}),
  });
  const clearings = [...app.feeds].map(([name, feed]) => feed.onNews(() => server.cache.clear(name)));
  if (redis) clearings.push(shareNews(redis, { config, app, cache: server.cache }));
  return {
    server,
    close: async () => {
      await server.close(drainOf(config));
      for (const stop of clearings) stop();
      await news.stop();
    },
  };
}

/** How a server of ours stops: it says so for a while, and finishes what is under way. */
export function drainOf({ platform }: Config): { noticeMs: number; graceMs: number } {
  const { drainNoticeMs, drainMs } = platform;
  return { noticeMs: Math.min(drainNoticeMs, drainMs), graceMs: Math.max(0, drainMs - drainNoticeMs) };
}

/** What every door of the house has, an edge's too. */
export function doorOf(
  config: Config,
  { clock, log }: Pick<World, "clock" | "log">,
  registry: Registry,
  redis: Redis | undefined,
) {
  const { trustedProxies, corsOrigins } = config.platform;
  const nowMs = () => epochMs(clock.now());
  const events = eventsDocument(allServices, config.platform.kafkaPrefix);
  const given = { random: chance, monotonicMs, nowMs, log, registry, ...doorPartsOf(redis) };
  return { ...given, limits: limitsOf(config), trustedProxies, corsOrigins, events };
}

function limitsOf({ platform }: Config) {
  return {
    bodyBytes: platform.bodyLimitBytes,
    headerBytes: platform.headerLimitBytes,
    answerTimeoutMs: platform.requestTimeoutMs,
    concurrentRequests: platform.maxConcurrentRequests,
    perMinuteByAddress: platform.rateLimitPerMinute,
    perMinuteByAccount: platform.accountRateLimitPerMinute,
    rateFactor: platform.rateLimitPerMinute === 0 ? 0 : 1,
    cacheBytes: platform.readCacheBytes,
    watches: platform.watchesMax,
    watchesByAccount: platform.watchesByAccount,
    watchBeatMs: platform.watchBeatMs,
    watchBufferBytes: platform.watchBufferBytes,
    watchResumeFacts: platform.watchResumeFacts,
  };
}
