import cors from "@fastify/cors";
import Fastify, {
  type FastifyInstance,
  type FastifyReply,
  type FastifyRequest,
  type InjectOptions,
  type LightMyRequestResponse,
} from "fastify";
import { Registry } from "prom-client";
import type { Random } from "#platform/core/ids.ts";
import type { Feed } from "#platform/facts/feed.ts";
import type { Problems } from "#platform/service.ts";
import { addSockets, upgradesOf } from "#platform/socket/add-sockets.ts";
import type { BoundSocket } from "#platform/socket/handler.ts";
import { defaultSocketLimits, type SocketLimits } from "#platform/socket/limits.ts";
import { makeSockets, type Sockets } from "#platform/socket/sockets.ts";
import type { Log } from "#platform/telemetry/log.ts";
import { makeRequestMetrics } from "#platform/telemetry/request-metrics.ts";
import { makeTraceIds } from "#platform/telemetry/trace.ts";
import type { Verifiers } from "./access.ts";
import { answerError, answerRefusal, refusalOfFastify } from "./answer.ts";
import { enter } from "./arrive.ts";
import { keepBody, parseBody } from "./body.ts";
import { answerClientError } from "./client-error.ts";
import { addDocs } from "./docs.ts";
import type { BoundHandler, Door } from "./door.ts";
import { addHousekeeping, type Checks } from "./housekeeping.ts";
import { memoryLimiter, type RateLimiter } from "./limiter.ts";
import { defaultLimits, type Limits } from "./limits.ts";
import { type OpenApiParts, openApi } from "./openapi.ts";
import { makePassages, passageOf } from "./passage.ts";
import { platformProblems } from "./platform-problems.ts";
import { makeReadCache, type ReadCache } from "./read-cache.ts";
import { makeRelay, type RelayParts } from "./relay.ts";
import { addRelayRoute, type Relayed } from "./relay-route.ts";
import { acceptUpgrades, isUpgrade } from "./relay-upgrade.ts";
import { addRoute } from "./route.ts";
import type { JsonSchema } from "./schema.ts";
import { type Drain, shutDown } from "./shut-down.ts";
import { unmatched } from "./unmatched.ts";
import { makeWatches } from "./watch/watches.ts";

export interface ServerParts extends Omit<Verifiers, "verifyServiceToken"> {
  /** What is carried out here. */
  readonly operations: readonly BoundHandler[];
  /** Codes of all services; the platform's own are added here. */
  readonly problems: Problems;
  /** Absent: no service is let in by its token. */
  readonly verifyServiceToken?: Verifiers["verifyServiceToken"];
  /**
   * Present: this is an edge. What passes its door goes on to the service that owns it; operations of the house are not
   * even routes, and no service token counts.
   */
  readonly relay?: RelayParts & { readonly operations: readonly Relayed[]; readonly sockets?: readonly Relayed[] };
  readonly random: Random;
  /** Ms of a clock that never jumps: durations, deadlines and rates, never a time of day. */
  readonly monotonicMs: () => number;
  /** The time of day in ms: how long ago a call was sent. */
  readonly nowMs: () => number;
  readonly log: Log;
  readonly limits?: Partial<Limits>;
  readonly limiter?: RateLimiter;
  readonly registry?: Registry;
  /** What must hold before this process should be sent requests. */
  readonly ready?: Checks;
  /** What this process can do without: shown by its health, never a reason to send it no requests. */
  readonly notes?: Checks;
  /** Proxies before this server whose X-Forwarded-For is believed: addresses or ranges. */
  readonly trustedProxies?: readonly string[];
  /** Pages of other origins that may call; none unless told. */
  readonly corsOrigins?: readonly string[];
  /** Present where operations watch: whose events they hear. */
  readonly feeds?: ReadonlyMap<string, Feed>;
  /** WebSockets of the services that run here. */
  readonly sockets?: readonly BoundSocket[];
  readonly socketLimits?: Partial<SocketLimits>;
  /** Present: /openapi.json and the try-out page at /docs. */
  readonly docs?: Omit<OpenApiParts, "operations" | "problems">;
  /** Served beside them as /asyncapi.json. */
  readonly events?: JsonSchema | undefined;
}

export interface Server {
  /** @returns the address that was taken, `http://127.0.0.1:3000`. */
  listen(at: { host: string; port: number }): Promise<string>;
  inject(request: InjectOptions): Promise<LightMyRequestResponse>;
  /** Not ready at once, no new connections, requests under way are finished; what is left after graceMs is cut off. */
  close(within: Drain): Promise<void>;
  readonly cache: Pick<ReadCache, "clear">;
  readonly sockets: Pick<Sockets, "count">;
  readonly fastify: FastifyInstance;
}

/** How often deadlines are looked at: a 504 comes at most this much late. */
const SWEEP_MS = 50;
/** How long a browser may remember what another origin is allowed. */
const CORS_REMEMBERED_S = 600;

/** Builds the HTTP server out of operations and the functions that carry them out. Nothing listens yet. */
export function createServer(parts: ServerParts): Server {
  const door = makeDoor(parts);
  const fastify = makeFastify(door, parts);
  fastify.decorateRequest("passage", null);
  if (parts.corsOrigins !== undefined && parts.corsOrigins.length > 0) allowOrigins(fastify, parts.corsOrigins);
  fastify.removeAllContentTypeParsers();
  fastify.addContentTypeParser("application/json", { parseAs: "buffer" }, (request, bytes, done) => {
    if (parts.relay !== undefined) return done(null, bytes);
    const isRaw = passageOf(request)?.operation?.raw === true;
    done(null, isRaw ? keepBody(bytes as Buffer) : parseBody(bytes as Buffer));
  });
  fastify.setErrorHandler((error, request, reply) => answerThrown(door, error, request, reply));
  const relayed = (parts.relay?.operations ?? []).filter(({ operation }) => operation.access !== "service");
  const operations: readonly Relayed[] = [...parts.operations, ...relayed];
  fastify.setNotFoundHandler(unmatched(door, operations));
  for (const handler of parts.operations) addRoute(fastify, door, handler);
  if (parts.relay !== undefined) addRelay(fastify, door, parts.relay, [...relayed, ...(parts.relay.sockets ?? [])]);
  const sockets = openSockets(fastify, door, parts);
  addHousekeeping(fastify, door, parts);
  if (parts.docs !== undefined) {
    const shown = operations.map(({ operation }) => operation);
    const document = openApi({ ...parts.docs, operations: shown, problems: door.problems });
    fastify.register(async (pages) => addDocs(pages, document, parts.events));
  }
  const sweep = setInterval(() => answerOverdue(door), SWEEP_MS);
  sweep.unref();
  fastify.addHook("onClose", async () => {
    clearInterval(sweep);
    door.watches?.close();
  });
  return {
    listen: ({ host, port }) => fastify.listen({ host, port }),
    inject: async (request) => fastify.inject(request),
    close: (within) => shutDown(fastify, door, sockets, within),
    cache: door.cache,
    sockets,
    fastify,
  };
}

function openSockets(fastify: FastifyInstance, door: Door, parts: ServerParts): Sockets {
  const { sockets: bound = [], operations: handlers, socketLimits, registry = new Registry() } = parts;
  const sockets = makeSockets({ door, limits: { ...defaultSocketLimits, ...socketLimits } }, registry);
  if (bound.length > 0) addSockets(fastify, door, sockets, { bound, handlers });
  return sockets;
}

function addRelay(fastify: FastifyInstance, door: Door, parts: RelayParts, operations: readonly Relayed[]): void {
  const relay = makeRelay(door, parts);
  for (const one of operations) addRelayRoute(fastify, door, one, relay);
  acceptUpgrades(fastify);
  fastify.addHook("onClose", () => relay.close());
}

function makeDoor(parts: ServerParts): Door {
  const limits = { ...defaultLimits, ...parts.limits };
  const registry = parts.registry ?? new Registry();
  const { isRevoked, monotonicMs, nowMs, log, feeds } = parts;
  return {
    problems: { ...parts.problems, ...platformProblems },
    verifiers: {
      verifyToken: parts.verifyToken,
      isRevoked: parts.isRevoked,
      verifyServiceToken: (parts.relay === undefined && parts.verifyServiceToken) || (() => null),
    },
    limits,
    limiter: parts.limiter ?? memoryLimiter(parts.monotonicMs),
    cache: makeReadCache(parts.monotonicMs, limits.cacheBytes),
    passages: makePassages(),
    traceIds: makeTraceIds(parts.random),
    monotonicMs: parts.monotonicMs,
    nowMs: parts.nowMs,
    log: parts.log,
    metrics: makeRequestMetrics(registry),
    origins: parts.corsOrigins ?? [],
    commandsUnderWay: new Set(),
    draining: false,
    ...(feeds ? { watches: makeWatches({ feeds, limits, isRevoked, monotonicMs, nowMs, registry, log }) } : {}),
  };
}

function makeFastify(door: Door, parts: ServerParts): FastifyInstance {
  const { limits } = door;
  const fastify = Fastify({
    logger: false,
    bodyLimit: limits.bodyBytes,
    connectionTimeout: limits.idleTimeoutMs,
    keepAliveTimeout: limits.keepAliveTimeoutMs,
    requestTimeout: limits.receiveTimeoutMs,
    http: {
      headersTimeout: limits.headersTimeoutMs,
      maxHeaderSize: limits.headerBytes,
      shouldUpgradeCallback: parts.relay === undefined ? upgradesOf(parts.sockets ?? []) : isUpgrade,
      connectionsCheckingInterval: Math.min(1000, limits.headersTimeoutMs / 2),
    },
    // A request that reaches us on an old connection while we close is still answered: it was sent in good faith.
    return503OnClosing: false,
    trustProxy: parts.trustedProxies === undefined ? false : [...parts.trustedProxies],
    routerOptions: { maxParamLength: 200 },
    clientErrorHandler: (error, socket) => answerClientError(door, error, socket),
    frameworkErrors: (error, request, reply) =>
      answerThrown(door, error, request as FastifyRequest, reply as FastifyReply),
  });
  fastify.server.maxConnections = limits.connections + (door.watches || parts.relay ? limits.watches : 0);
  return fastify;
}

function allowOrigins(fastify: FastifyInstance, origins: readonly string[]): void {
  fastify.register(cors, {
    origin: [...origins],
    methods: ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"],
    allowedHeaders: [
      "authorization",
      "content-type",
      "idempotency-key",
      "accept-language",
      "last-event-id",
      "x-request-id",
      "traceparent",
    ],
    exposedHeaders: ["x-request-id", "traceparent", "retry-after", "etag"],
    maxAge: CORS_REMEMBERED_S,
    strictPreflight: false,
  });
}

function answerThrown(door: Door, error: unknown, request: FastifyRequest, reply: FastifyReply): void {
  const passage = passageOf(request) ?? enter(door, undefined, request, reply);
  const refusal = refusalOfFastify(error, door.limits.bodyBytes);
  if (refusal === undefined) answerError(door, passage, error);
  else answerRefusal(door, passage, refusal);
}

function answerOverdue(door: Door): void {
  for (const passage of door.passages.overdue(door.monotonicMs())) {
    door.log.warn({ code: "http.timeout", requestId: passage.requestId, operation: passage.operation?.name });
    answerRefusal(door, passage, { refused: "server.timeout" });
  }
}
