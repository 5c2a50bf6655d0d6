import { createClient, defineScript, ErrorReply } from "@redis/client";
import { CircuitState, ConsecutiveBreaker, circuitBreaker, handleWhen } from "cockatiel";
import { Counter, type Registry } from "prom-client";
import type { Log } from "#platform/telemetry/log.ts";
import { gauge } from "#platform/telemetry/metrics.ts";
import { takeScript } from "./take-script.ts";

/**
 * A Redis that may be away, empty, old or slow at any moment. Nobody may ask it for anything that must be true: what
 * it does not say in time is `undefined`, and the caller goes on without it.
 */
export interface Redis {
  /** Asks for at most the timeout; at once undefined while Redis is known to be away or slow. Never throws. */
  ask<Answer>(question: (client: RedisClient) => Promise<Answer>): Promise<Answer | undefined>;
  /**
   * Hears what others publish. @param onGap called whenever messages may have been missed: the connection is new.
   */
  subscribe(channel: string, hear: (message: string) => void, onGap: () => void): void;
  /** Whether it is asked at all now. */
  isUp(): boolean;
  close(): Promise<void>;
}

export type RedisClient = ReturnType<typeof makeClient>;

export interface RedisOptions {
  /** `redis[s]://[[user][:password]@]host[:port][/database]` */
  readonly url: string;
  /** Longest that one question may add to a request. */
  readonly timeoutMs: number;
  readonly log: Log;
  readonly registry?: Registry;
}

/** Questions without an answer in a row, after which nobody asks until Redis has answered a probe in time. */
const FAILURES_TO_OPEN = 5;
const PROBE_MS = 250;
const RECONNECT_MS_MAX = 1_000;
/** A connection on which nothing comes back, not even to the client's own PING, is made anew. */
const IDLE_PING_MS = 4_000;
const DEAD_SOCKET_MS = 10_000;
const WAITING_MAX = 10_000;

/** Opens a connection in the background: a Redis that is not there (yet) keeps nobody from starting. */
export function openRedis({ url, timeoutMs, log, registry }: RedisOptions): Redis {
  const client = makeClient(url);
  // A refusal (no memory left, still loading) is an answer in time: it keeps nobody waiting, so asking goes on.
  const breaker = circuitBreaker(
    handleWhen((error) => !(error instanceof ErrorReply)),
    {
      halfOpenAfter: PROBE_MS,
      breaker: new ConsecutiveBreaker(FAILURES_TO_OPEN),
    },
  );
  const inTime: InTime = (question) => breaker.execute(() => within(timeoutMs, question()));
  const isUp = () => client.isReady && breaker.state === CircuitState.Closed;
  const count = counted(registry, isUp);
  tellChanges(client, breaker, isUp, log);
  const stopProbing = probeWhileOpen(client, breaker, inTime);
  client.connect().catch((error) => log.debug({ code: "redis.never_connected", error }));
  return {
    isUp,
    async ask(question) {
      if (!isUp()) return count("skipped");
      try {
        const answer = await inTime(() => question(client));
        count("answered");
        return answer;
      } catch (error) {
        log.debug({ code: "redis.failed", error });
        return count("failed");
      }
    },
    subscribe(channel, hear, onGap) {
      let isSubscribed = false;
      const begin = async () => {
        // The client subscribes again by itself; only the first time is ours.
        if (!isSubscribed) await client.subscribe(channel, hear);
        isSubscribed = true;
        onGap();
      };
      const tryToBegin = () =>
        void begin().catch((error) => log.warn({ code: "redis.not_subscribed", channel, error }));
      client.on("ready", tryToBegin);
      if (client.isReady) tryToBegin();
    },
    async close() {
      stopProbing();
      client.destroy();
    },
  };
}

function makeClient(url: string) {
  return createClient({
    url,
    // Waiting for a connection would be waiting without a bound; a question that was never sent is simply not asked.
    disableOfflineQueue: true,
    commandsQueueMaxLength: WAITING_MAX,
    pingInterval: IDLE_PING_MS,
    maintNotifications: "disabled",
    socket: {
      connectTimeout: 2_000,
      socketTimeout: DEAD_SOCKET_MS,
      reconnectStrategy: (retries) => Math.min(50 * 2 ** retries, RECONNECT_MS_MAX),
    },
    scripts: { take: defineScript(takeScript) },
  });
}

type Breaker = ReturnType<typeof circuitBreaker>;
type InTime = <Answer>(question: () => Promise<Answer>) => Promise<Answer>;

/** One timer a question: cockatiel's, with a signal that this client could not obey, cost 7 µs of CPU more. */
function within<Answer>(ms: number, answer: Promise<Answer>): Promise<Answer> {
  const { promise, resolve, reject } = Promise.withResolvers<Answer>();
  const timer = setTimeout(() => reject(new Error(`no answer of Redis within ${ms} ms`)), ms);
  answer.then(resolve, reject).finally(() => clearTimeout(timer));
  return promise;
}

/** Requests never try out whether Redis is well again: one PING at a time does, so that nobody pays for it. */
function probeWhileOpen(client: RedisClient, breaker: Breaker, inTime: InTime): () => void {
  let isUnderWay = false;
  const timer = setInterval(() => {
    if (breaker.state === CircuitState.Closed || isUnderWay) return;
    const ping = () => {
      isUnderWay = true;
      return client.ping().finally(() => {
        isUnderWay = false;
      });
    };
    inTime(ping).catch(() => undefined);
  }, PROBE_MS);
  timer.unref();
  return () => clearInterval(timer);
}

/** One line when it goes and one when it comes back, not one for each question or try to connect. */
function tellChanges(client: RedisClient, breaker: Breaker, isUp: () => boolean, log: Log): void {
  let wasUp: boolean | undefined;
  const tell = (error?: unknown) => {
    if (wasUp === isUp()) return;
    wasUp = isUp();
    if (wasUp) log.info({ code: "redis.here" });
    else log.warn({ code: "redis.away", error });
  };
  client.on("ready", () => tell());
  client.on("error", tell);
  breaker.onBreak((reason) => tell("error" in reason ? reason.error : undefined));
  breaker.onReset(() => tell());
}

type Outcome = "answered" | "failed" | "skipped";

function counted(registry: Registry | undefined, isUp: () => boolean): (outcome: Outcome) => undefined {
  if (registry === undefined) return () => undefined;
  gauge(registry, "madang_redis_up", "1 while Redis is asked, 0 while the house does without", () => Number(isUp()));
  const counter = new Counter({
    name: "madang_redis_asks_total",
    help: "Questions to Redis; failed ones waited for the timeout, skipped ones for nothing",
    labelNames: ["outcome"],
    registers: [registry],
  });
  return (outcome) => void counter.inc({ outcome });
}
