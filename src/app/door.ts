import type { Registry } from "prom-client";
import { sessionRevoked, signingKeyChanged } from "#contracts/identity/events.ts";
import { listRevokedSessions, listVerificationKeys } from "#contracts/identity/keys.ts";
import { isRefusal } from "#platform/core/decision.ts";
import type { Caller } from "#platform/core/operation.ts";
import { epochMs } from "#platform/core/time.ts";
import { startTail } from "#platform/facts/tail.ts";
import type { Checks } from "#platform/http/housekeeping.ts";
import { createServer, type Server } from "#platform/http/server.ts";
import { makeTokenVerifier } from "#platform/http/token.ts";
import { monotonicMs } from "./clock.ts";
import type { App, World } from "./compose.ts";
import type { Config } from "./config.ts";
import { docsOf } from "./docs.ts";
import { eventsDocument } from "./events-document.ts";
import { startLoop } from "./loop.ts";
import type { ServiceTokens } from "./service-keys.ts";
import { allServices } from "./services.ts";
import { StartRefused } from "./start-refused.ts";
import { tellingUnreachable } from "./unreachable.ts";

export interface DoorParts {
  readonly config: Config;
  readonly app: App;
  readonly world: World;
  readonly registry: Registry;
  readonly checks: Checks;
  /** Absent: no service of another process may call here. */
  readonly tokens?: ServiceTokens | undefined;
}

export interface HouseDoor {
  readonly server: Server;
  close(): Promise<void>;
}

const asDoor: Caller = {
  kind: "service",
  id: "door",
  roles: [],
  traceparent: "00-00000000000000000000000000000001-0000000000000001-01",
  locale: "ko",
};

/** The HTTP door of this process: it knows the keys that sign tokens, and the sessions that are over. */
export async function openDoor(parts: DoorParts): Promise<HouseDoor> {
  const { config, app, world, registry, checks, tokens } = parts;
  const { tokenIssuer, tokenAudience } = identityNames(config);
  const verifier = makeTokenVerifier({ issuer: tokenIssuer, audience: tokenAudience, clock: world.clock });
  const revoked = new Map<string, number>();
  const refreshKeys = async () => {
    const answer = await app.call(listVerificationKeys, {}, asDoor);
    if (!isRefusal(answer)) verifier.setKeys(answer.keys);
  };
  const stops = hearIdentity(parts, revoked, refreshKeys);
  await Promise.all([refreshKeys(), readRevoked(app, revoked)]);
  const server = createServer({
    operations: tellingUnreachable(app.handlers, world.log),
    problems: Object.assign({}, ...app.services.map((service) => service.problems)),
    verifyToken: (token) => verifier.verify(token),
    isRevoked: (sessionId) => revoked.has(sessionId),
    random: world.random,
    monotonicMs,
    log: world.log,
    limits: limitsOf(config),
    registry,
    ready: checks,
    trustedProxies: config.platform.trustedProxies,
    corsOrigins: config.platform.corsOrigins,
    docs: docsOf(config, app.ids.make("order")),
    events: eventsDocument(allServices, config.platform.kafkaPrefix),
    ...(tokens ? { verifyServiceToken: tokens.verify } : {}),
  });
  for (const [name, feed] of app.feeds) stops.push(clearing(() => feed.onNews(() => server.cache.clear(name))));
  return {
    server,
    close: async () => {
      await server.close({ graceMs: config.platform.drainMs });
      await Promise.all(stops.map((stop) => stop()));
    },
  };
}

function clearing(listen: () => () => void): () => Promise<void> {
  const stop = listen();
  return async () => stop();
}

/** Revocation and new keys take effect at once here, and within a second in every other process (A4). */
function hearIdentity(parts: DoorParts, revoked: Map<string, number>, refreshKeys: () => Promise<void>) {
  const { app, world } = parts;
  const tokenMs = 1000 * Number(world.settingsOf(identityOf(parts.config)).accessTokenSeconds);
  const feed = app.feeds.get("identity");
  const stops: (() => Promise<void>)[] = [];
  if (feed) {
    const hear = (event: { readonly type: string; readonly data: unknown }) => {
      if (event.type === signingKeyChanged.type) void refreshKeys().catch(() => undefined);
      if (event.type !== sessionRevoked.type) return;
      const { sessionId } = event.data as { sessionId: string };
      revoked.set(sessionId, epochMs(world.clock.now()) + tokenMs);
    };
    const tail = startTail(feed, hear, world.log);
    stops.push(async () => tail.close());
  }
  // Keys are asked for again now and then all the same, and what no token can name any more is forgotten.
  const loop = startLoop({ ...world, name: "door", everyMs: 30_000 }, async () => {
    const now = epochMs(world.clock.now());
    for (const [sessionId, until] of revoked) if (until < now) revoked.delete(sessionId);
    await refreshKeys();
  });
  return [...stops, loop];
}

async function readRevoked(app: App, revoked: Map<string, number>): Promise<void> {
  let cursor: string | undefined;
  do {
    const answer = await app.call(listRevokedSessions, cursor === undefined ? {} : { cursor }, asDoor);
    if (isRefusal(answer)) return;
    for (const { sessionId, until } of answer.sessions) revoked.set(sessionId, Date.parse(until));
    cursor = answer.nextCursor;
  } while (cursor !== undefined);
}

function identityOf(config: Config) {
  const found = config.services.find((service) => service.name === "identity");
  if (!found) {
    throw new StartRefused(
      "SERVICES: 문지기에게 identity가 필요합니다. 아직은 같은 프로세스에서 돌아야 합니다.\n" +
        "SERVICES: the door needs identity, in this process for now.",
    );
  }
  return found;
}

function identityNames(config: Config): { tokenIssuer: string; tokenAudience: string } {
  return config.of(identityOf(config)) as unknown as { tokenIssuer: string; tokenAudience: string };
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
  };
}
