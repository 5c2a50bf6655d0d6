import type { FastifyReply, FastifyRequest } from "fastify";
import type { Refusal } from "#platform/core/decision.ts";
import type { Operation } from "#platform/core/operation.ts";
import { isRequestId, isTraceparent, traceIdOf } from "#platform/telemetry/trace.ts";
import { admit, isFromEdge, NOBODY, SERVICE_TOKEN_HEADER } from "./access.ts";
import { answerError, answerRefusal } from "./answer.ts";
import type { JsonBody } from "./body.ts";
import type { Door } from "./door.ts";
import { limitedAddress } from "./limiter.ts";
import { carry, NOWHERE, type Passage } from "./passage.ts";

export const DEADLINE_HEADER = "x-madang-deadline-ms";
/** When it was sent, in ms of the sender's time of day. */
export const SENT_AT_HEADER = "x-madang-sent-at";
/** Clocks of two processes differ by less, or one of them says that it is not ready (app/house.ts). */
const CLOCKS_DIFFER_MS = 1_000;

/** Begins a passage: ids, headers, and the one line of log at its end. */
export function enter(
  door: Door,
  operation: Operation | undefined,
  request: FastifyRequest,
  reply: FastifyReply,
): Passage {
  const { headers } = request;
  const askedId = headers["x-request-id"];
  const asked = headers.traceparent;
  const startedMs = door.monotonicMs();
  const passage: Passage = {
    operation,
    request,
    reply,
    requestId: isRequestId(askedId) ? askedId : door.traceIds.requestId(),
    traceparent: isTraceparent(asked) ? door.traceIds.childOf(asked) : door.traceIds.traceparent(),
    startedMs,
    answerByMs: startedMs + door.limits.answerTimeoutMs,
    identity: NOBODY,
    isFromEdge: false,
    page: undefined,
    problem: undefined,
    running: false,
    closed: false,
    place: NOWHERE,
  };
  carry(request, passage);
  door.passages.enter(passage);
  reply.raw.on("close", () => leave(door, passage));
  reply.header("x-request-id", passage.requestId);
  reply.header("traceparent", passage.traceparent);
  reply.header("cache-control", "no-store");
  reply.header("x-content-type-options", "nosniff");
  return passage;
}

/**
 * Another process of the house cannot wait longer than it says; that can only shorten our own deadline. What lay unread
 * in a process that was stopped for a while is as old as its sender says. @returns whether there is time left.
 */
function heedDeadline(door: Door, passage: Passage): boolean {
  const { [DEADLINE_HEADER]: left, [SENT_AT_HEADER]: sentAt } = passage.request.headers;
  if (typeof left !== "string" || !/^\d{1,6}$/.test(left)) return true;
  const isTold = typeof sentAt === "string" && /^\d{1,15}$/.test(sentAt);
  const lateMs = isTold ? Math.max(0, door.nowMs() - Number(sentAt) - CLOCKS_DIFFER_MS) : 0;
  passage.answerByMs = Math.min(passage.answerByMs, passage.startedMs + Number(left) - lateMs);
  return passage.answerByMs > passage.startedMs;
}

/**
 * Everything that can be said before the body is read: too much at once, too often, not allowed.
 * @returns undefined when the request may go on; a promise only where the limiter is elsewhere.
 */
export function refusalAtDoor(
  door: Door,
  operation: Operation,
  passage: Passage,
): Refusal | undefined | Promise<Refusal | undefined> {
  if (door.passages.count > door.limits.concurrentRequests) return { refused: "server.busy" };
  const { request } = passage;
  const factor = door.limits.rateFactor;
  passage.isFromEdge = isFromEdge(operation, request.headers, door.verifiers);
  if (factor === 0 || passage.isFromEdge) return admitted(door, operation, passage);
  // A service has its own bulkhead at the caller; its calls all come from a few addresses.
  if (request.headers[SERVICE_TOKEN_HEADER] !== undefined) {
    const refusal = admitted(door, operation, passage);
    if (refusal === undefined) return undefined;
  }
  const address = limitedAddress(request.ip);
  const wait = door.limiter.take(`ip:${address}`, door.limits.perMinuteByAddress * factor);
  if (typeof wait !== "number")
    return wait.then((ms) => tooMany(ms) ?? afterAddress(door, operation, passage, address));
  return tooMany(wait) ?? afterAddress(door, operation, passage, address);
}

function afterAddress(door: Door, operation: Operation, passage: Passage, address: string) {
  const refusal = admitted(door, operation, passage);
  if (refusal !== undefined) return refusal;
  const { id } = passage.identity;
  const factor = door.limits.rateFactor;
  const byRoute = operation.requestsPerMinute;
  const waits = [
    id === undefined ? 0 : door.limiter.take(`who:${id}`, door.limits.perMinuteByAccount * factor),
    byRoute === undefined ? 0 : door.limiter.take(`${operation.name}:${id ?? address}`, byRoute * factor),
  ];
  if (waits.every((wait) => typeof wait === "number")) return tooMany(Math.max(...waits));
  return Promise.all(waits).then((ms) => tooMany(Math.max(...ms)));
}

function admitted(door: Door, operation: Operation, passage: Passage): Refusal | undefined {
  const admission = admit(operation, passage.request.headers, door.verifiers);
  if ("refusal" in admission) return admission.refusal;
  passage.identity = admission.identity;
  const isOurs = passage.isFromEdge || admission.identity.service !== undefined;
  // Nobody waits for it any more, so it is not even begun.
  return isOurs && !heedDeadline(door, passage) ? { refused: "server.timeout" } : undefined;
}

function tooMany(waitMs: number): Refusal | undefined {
  if (waitMs <= 0) return undefined;
  return { refused: "request.too_many", details: { retryAfterSeconds: Math.ceil(waitMs / 1000) } };
}

/** Answers the refusal, or lets the request go on to its body and its handler. */
export function decideAtDoor(door: Door, operation: Operation, passage: Passage, goOn: () => void): void {
  const refusal = refusalAtDoor(door, operation, passage);
  if (refusal === undefined) goOn();
  else if (refusal instanceof Promise) {
    refusal
      .then((late) => (late === undefined ? goOn() : answerRefusal(door, passage, late)))
      .catch((error) => {
        answerError(door, passage, error);
      });
  } else answerRefusal(door, passage, refusal);
}

/** Ends a passage: when its connection does, or when its answer has become a line that stays open. */
export function leave(door: Door, passage: Passage, status = statusOf(passage)): void {
  if (passage.closed) return;
  passage.closed = true;
  door.passages.leaveIfOver(passage);
  const { operation, request, identity } = passage;
  const ms = door.monotonicMs() - passage.startedMs;
  door.metrics.observe(operation?.name ?? "unmatched", status, ms);
  const fields = {
    code: "http.request",
    method: request.method,
    route: operation?.path ?? "unmatched",
    operation: operation?.name,
    status,
    ms: Math.round(ms * 100) / 100,
    requestId: passage.requestId,
    traceId: traceIdOf(passage.traceparent),
    accountId: identity.id,
    ...subjectsOf(request),
    problem: passage.problem,
  };
  if (status >= 500 && !FULL.has(passage.problem)) door.log.error(fields);
  else door.log.info(fields);
}

/** A "no" for want of room is no mistake of ours. */
const FULL: ReadonlySet<string | undefined> = new Set(["server.busy", "request.busy", "watch.no_room"]);

function statusOf({ reply }: Passage): number {
  return reply.raw.writableEnded ? reply.statusCode : 499;
}

const AN_ID = /^[a-z]{3}_[0-9a-z]{26}$/;

/** What all lines of one order are found by: its id, in the address or made by the sender, or that of its payment. */
function subjectsOf({ params, body }: FastifyRequest): Record<string, string | undefined> {
  const sent = (body as { readonly body?: JsonBody } | null | undefined)?.body;
  const told = (name: string) => {
    const value = (params as JsonBody | undefined)?.[name] ?? sent?.[name];
    return typeof value === "string" && AN_ID.test(value) ? value : undefined;
  };
  return { orderId: told("orderId"), paymentId: told("paymentId") };
}
