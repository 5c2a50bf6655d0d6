import { Readable } from "node:stream";
import { Agent, type Dispatcher } from "undici";
import type { Operation } from "#platform/core/operation.ts";
import { EDGE_TOKEN_HEADER } from "./access.ts";
import { type Address, type Addresses, isRefused } from "./addresses.ts";
import { answerError, answerRefusal } from "./answer.ts";
import { DEADLINE_HEADER, SENT_AT_HEADER } from "./arrive.ts";
import type { Door } from "./door.ts";
import type { Passage } from "./passage.ts";
import { Busy, Unreachable } from "./problem.ts";
import { received, sendRelayed } from "./relay-answer.ts";
import { CALLER_ADDRESS_HEADER } from "./route.ts";

/** What an edge needs to know of the house behind it. */
export interface RelayParts {
  /** The processes that carry out a service's operations. */
  readonly addressesOf: (service: string) => Addresses;
  /** A short token that tells this service: what comes with it came through the edge. */
  readonly tokenFor: (service: string) => string;
  /** Requests to one service under way at once: a slow one takes only its own places (U1). */
  readonly requestsPerService: number;
}

export type OutgoingHeaders = Record<string, string | string[]>;

export interface Relay {
  readonly addressesOf: RelayParts["addressesOf"];
  /** Sends the request to the service that owns the operation, and its answer to the client. */
  forward(operation: Operation, passage: Passage): Promise<void>;
  /** The headers that go on: what must not come from outside is taken out, and ours are put in. */
  headersOf(operation: Operation, passage: Passage): OutgoingHeaders;
  close(): Promise<void>;
}

/** Less than the other side's, so that nothing is sent on a connection which is just being closed for its age. */
const KEEP_ALIVE_MS = 5_000;
const CONNECT_TIMEOUT_MS = 1_000;
const TRIES_MAX = 3;
/** Of this connection alone (RFC 9110 §7.6.1), or made anew by whoever sends next. */
const OWN_HEADERS: ReadonlySet<string> = new Set([
  ...["connection", "keep-alive", "proxy-connection", "proxy-authorization", "te", "trailer", "transfer-encoding"],
  ...["upgrade", "expect", "host", "content-length"],
]);
/** Who is asking, from where and for how long is for the edge to say. */
const IDENTITY_HEADER = /^(x-madang-|x-forwarded-|forwarded$|x-real-ip$)/;

export function makeRelay(door: Door, parts: RelayParts): Relay {
  const agent = new Agent({
    pipelining: 1,
    keepAliveTimeout: KEEP_ALIVE_MS,
    keepAliveMaxTimeout: KEEP_ALIVE_MS,
    connect: { timeout: CONNECT_TIMEOUT_MS },
    headersTimeout: 0,
    // A live stream says something more often than this, or the connection counts as lost.
    bodyTimeout: door.limits.idleTimeoutMs,
  });
  const underWay = new Map<string, number>();

  function headersOf(operation: Operation, passage: Passage): OutgoingHeaders {
    const { request } = passage;
    const headers: OutgoingHeaders = {};
    const named = String(request.headers.connection ?? "").toLowerCase();
    for (const [name, value] of Object.entries(request.headers)) {
      if (value === undefined || OWN_HEADERS.has(name) || IDENTITY_HEADER.test(name)) continue;
      if (named.split(/\s*,\s*/).includes(name)) continue;
      headers[name] = value;
    }
    headers["x-request-id"] = passage.requestId;
    headers.traceparent = passage.traceparent;
    headers[DEADLINE_HEADER] = String(Math.max(1, Math.floor(passage.answerByMs - door.monotonicMs())));
    headers[SENT_AT_HEADER] = String(door.nowMs());
    headers[CALLER_ADDRESS_HEADER] = request.ip;
    headers[EDGE_TOKEN_HEADER] = parts.tokenFor(operation.service);
    return headers;
  }

  async function forward(operation: Operation, passage: Passage): Promise<void> {
    const { service } = operation;
    const count = underWay.get(service) ?? 0;
    if (count >= parts.requestsPerService) return answerError(door, passage, new Busy(service));
    underWay.set(service, count + 1);
    let stop = new AbortController();
    let unwatch = () => {};
    let isWhole = false;
    passage.reply.raw.once("close", () => {
      unwatch();
      // An abort costs an error with its stack, and there is nothing left to abort after most answers.
      if (!isWhole) stop.abort();
    });
    const send = async (address: Address) => {
      unwatch();
      stop = new AbortController();
      unwatch = address.watch(() => stop.abort());
      const headers = headersOf(operation, passage);
      const request = toRequest(operation, passage, { address, headers, signal: stop.signal });
      const answer = await received(await agent.request(request));
      isWhole = !(answer.body instanceof Readable);
      return answer;
    };
    try {
      const answer = await triedInTurn(operation, passage, parts.addressesOf(service), send);
      await sendRelayed(door, passage, answer);
    } catch (error) {
      if (!passage.closed) answerFailed(door, passage, error);
    } finally {
      underWay.set(service, (underWay.get(service) ?? 1) - 1);
    }
  }

  return { forward, headersOf, addressesOf: parts.addressesOf, close: () => agent.destroy() };
}

function toRequest(
  operation: Operation,
  passage: Passage,
  { address, headers, signal }: { address: Address; headers: OutgoingHeaders; signal: AbortSignal },
): Dispatcher.RequestOptions {
  const { url, body } = passage.request;
  return {
    origin: address.url,
    // As it came: a path that is written anew (`..`) could lead elsewhere than the one that was checked.
    path: url,
    method: operation.method,
    headers,
    body: body instanceof Uint8Array ? body : null,
    signal,
  };
}

/**
 * Tries one address after the other. What was surely not sent goes to the next one; what may have been carried out goes
 * there too if carrying it out twice is the same as once: a read, or a command with its key.
 */
async function triedInTurn<Answer>(
  operation: Operation,
  passage: Passage,
  addresses: Addresses,
  send: (address: Address) => Promise<Answer>,
): Promise<Answer> {
  const { service, idempotency } = operation;
  const tried = new Set<string>();
  let maybeDone = false;
  let cause: unknown;
  for (let tries = 0; tries < TRIES_MAX && !passage.closed && !passage.reply.sent; tries++) {
    const address = addresses.pick(tried);
    if (address === undefined) break;
    tried.add(address.url);
    try {
      const answer = await send(address);
      addresses.told(address.url, "answered");
      return answer;
    } catch (error) {
      cause = error;
      if (isRefused(error)) addresses.told(address.url, "refused");
      else if (!isNotSent(error)) {
        if (idempotency === "own-rules") throw new Unreachable(service, true, error);
        maybeDone ||= idempotency === "key";
      }
    }
  }
  throw new Unreachable(service, maybeDone, cause);
}

function isNotSent(error: unknown): boolean {
  const code = (error as { code?: unknown } | null)?.code;
  return isRefused(error) || code === "UND_ERR_CONNECT_TIMEOUT" || code === "EAI_AGAIN";
}

/** A "no answer" that may hide a "done" is told apart from one that surely does not. */
export function answerFailed(door: Door, passage: Passage, error: unknown): void {
  if (error instanceof Unreachable) {
    const { service, maybeDone, cause } = error;
    door.log.warn({ code: "edge.unreachable", service, maybeDone, requestId: passage.requestId, error: cause });
  }
  if (error instanceof Unreachable && error.maybeDone) answerRefusal(door, passage, { refused: "server.timeout" });
  else answerError(door, passage, error);
}
