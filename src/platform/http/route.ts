import type { FastifyInstance, FastifyReply, FastifyRequest, RouteOptions } from "fastify";
import { assert } from "#platform/core/assert.ts";
import { isRefusal } from "#platform/core/decision.ts";
import type { Caller, Operation } from "#platform/core/operation.ts";
import { localeOf } from "#platform/i18n/locale.ts";
import type { Page } from "#platform/service.ts";
import { answerError, answerRefusal, asIs, closeIfDraining, sendPage, wantsPage } from "./answer.ts";
import { decideAtDoor, enter } from "./arrive.ts";
import type { ParsedBody } from "./body.ts";
import type { BoundHandler, Door } from "./door.ts";
import { serviceCommand, userCommand } from "./idempotency.ts";
import { compileInput, type FlatInput, type ReadInput } from "./input.ts";
import { type Passage, passageOf } from "./passage.ts";
import type { CachedAnswer } from "./read-cache.ts";
import { hasBody, plain } from "./schema.ts";
import type { BoundWatch } from "./watch/channel.ts";
import { watchHandler } from "./watch/watch-route.ts";

type Run = (input: FlatInput, caller: Caller) => Promise<unknown>;
const JSON_TYPE = "application/json; charset=utf-8";
export const BODY_HASH_HEADER = "x-madang-body-hash";
export const CALLER_ADDRESS_HEADER = "x-madang-caller-address";

/** Makes one operation a route: door, input, command, handler, answer. */
export function addRoute(fastify: FastifyInstance, door: Door, handler: BoundHandler): void {
  const { operation, page } = handler;
  const status = operation.status ?? 200;
  const read = compileInput(operation);
  const cached = operation.cacheMs !== undefined;
  assert(!cached || (operation.method === "GET" && operation.access === "anyone"), `not public: ${operation.name}`);
  fastify.route({
    method: operation.method,
    url: operation.path,
    ...(status === 204 ? {} : { schema: { response: { [status]: plain(operation.output) } } }),
    onRequest: cached ? arriveAtCache(door, operation) : arriveAt(door, operation, page),
    handler: handlerOf(door, handler, read),
  } as RouteOptions);
}

function handlerOf(door: Door, handler: BoundHandler, read: ReturnType<typeof compileInput>) {
  const { operation } = handler;
  const run = handler.run as unknown as Run;
  if (handler.watch !== undefined) return openingHandler(door, handler, handler.watch, read);
  return operation.cacheMs !== undefined
    ? cachedHandler(door, operation, read, run)
    : plainHandler(door, operation, read, run);
}

function openingHandler(door: Door, handler: BoundHandler, watch: BoundWatch, read: ReturnType<typeof compileInput>) {
  const { watches } = door;
  assert(watches !== undefined, `nothing can be watched here: ${handler.operation.name}`);
  const run = handler.run as unknown as Run;
  const channel = watches.channel(handler.operation, watch);
  const open = (passage: Passage, input: FlatInput) => carryOut(run, input, callerOf(passage, undefined));
  const begin = watchHandler({ door, watches, channel, watch, open });
  return (request: FastifyRequest) => {
    const passage = passageOf(request) as Passage;
    const parts = readParts(read, passage);
    if ("refusal" in parts) answerRefusal(door, passage, parts.refusal);
    else begin(passage, parts.input);
  };
}

/** The door's part of a route: who is asking, how often, and whether they may. */
export function arriveAt(door: Door, operation: Operation, page: Page | undefined) {
  const readsBody = hasBody(operation);
  return (request: FastifyRequest, reply: FastifyReply, goOn: () => void): void => {
    const passage = enter(door, operation, request, reply);
    if (page !== undefined && wantsPage(request.headers.accept)) passage.page = page;
    if (readsBody && (request.headers["content-encoding"] ?? "identity") !== "identity") {
      answerRefusal(door, passage, { refused: "request.unsupported_media" });
      return;
    }
    decideAtDoor(door, operation, passage, goOn);
  };
}

function arriveAtCache(door: Door, operation: Operation) {
  return (request: FastifyRequest, reply: FastifyReply, goOn: () => void): void => {
    const passage = enter(door, operation, request, reply);
    decideAtDoor(door, operation, passage, () => {
      const answer = door.cache.get(request.url);
      if (answer === undefined) goOn();
      else sendCached(door, passage, answer);
    });
  };
}

function sendCached(door: Door, passage: Passage, { text, etag }: CachedAnswer): void {
  const { request, reply } = passage;
  closeIfDraining(door, passage);
  reply.header("cache-control", "public, no-cache").header("etag", etag);
  if (request.headers["if-none-match"] === etag) reply.code(304).send();
  else reply.header("content-type", JSON_TYPE).serializer(asIs).send(text);
}

function readParts(
  read: (parts: Parameters<ReturnType<typeof compileInput>>[0]) => ReadInput,
  passage: Passage,
): ReadInput {
  const { request } = passage;
  const parsed = request.body as ParsedBody | undefined | null;
  if (parsed && "refusal" in parsed) return parsed;
  return read({
    params: request.params as FlatInput,
    query: request.query as FlatInput,
    body: parsed?.body,
    locale: localeOf(request.headers["accept-language"]),
  });
}

function plainHandler(door: Door, operation: Operation, read: ReturnType<typeof compileInput>, run: Run) {
  const status = operation.status ?? 200;
  return (request: FastifyRequest) => {
    const passage = passageOf(request) as Passage;
    const { identity, reply } = passage;
    const parts = readParts(read, passage);
    if ("refusal" in parts) return answerRefusal(door, passage, parts.refusal);
    const { headers } = request;
    const key = headers["idempotency-key"];
    const asked =
      identity.service === undefined
        ? userCommand(operation, key, identity.id ?? "anyone", parts.input)
        : serviceCommand(operation, key, headers[BODY_HASH_HEADER], parts.input);
    if ("refusal" in asked) return answerRefusal(door, passage, asked.refusal);
    const { command } = asked;
    const underWay = command && operation.idempotency === "key" ? `${operation.name} ${command.id}` : undefined;
    if (underWay !== undefined) {
      if (door.commandsUnderWay.has(underWay)) return answerRefusal(door, passage, { refused: "request.in_flight" });
      door.commandsUnderWay.add(underWay);
    }
    passage.running = true;
    carryOut(run, parts.input, callerOf(passage, command)).then(
      (answer) => {
        settle(door, passage, underWay);
        if (isRefusal(answer)) answerRefusal(door, passage, answer);
        else if (!reply.sent) {
          closeIfDraining(door, passage);
          reply.code(status);
          if (passage.page === undefined) reply.send(status === 204 ? undefined : answer);
          else sendPage(passage, passage.page({ answer: answer as never }, localeOf(headers["accept-language"])));
        }
      },
      (error) => {
        settle(door, passage, underWay);
        answerError(door, passage, error);
      },
    );
  };
}

/** A handler that throws before its first await must end as a rejection too. */
async function carryOut(run: Run, input: FlatInput, caller: Caller): Promise<unknown> {
  return run(input, caller);
}

function settle(door: Door, passage: Passage, underWay: string | undefined): void {
  if (underWay !== undefined) door.commandsUnderWay.delete(underWay);
  passage.running = false;
  door.passages.leaveIfOver(passage);
}

function cachedHandler(door: Door, operation: Operation, read: ReturnType<typeof compileInput>, run: Run) {
  const { service, cacheMs: ttlMs = 0 } = operation;
  return (request: FastifyRequest, reply: FastifyReply) => {
    const passage = passageOf(request) as Passage;
    const parts = readParts(read, passage);
    if ("refusal" in parts) return answerRefusal(door, passage, parts.refusal);
    const write = reply.getSerializationFunction(String(operation.status ?? 200));
    // What everybody is given must not depend on who asked first: nobody asks, in Korean, from nowhere.
    const caller: Caller = { kind: "anyone", roles: [], traceparent: passage.traceparent, locale: "ko" };
    passage.running = true;
    door.cache
      .load(
        { service, url: request.url, ttlMs },
        () => carryOut(run, parts.input, caller),
        (answer) => (isRefusal(answer) ? undefined : String(write ? write(answer as never) : JSON.stringify(answer))),
      )
      .then(({ answer, cached }) => {
        settle(door, passage, undefined);
        if (reply.sent) return;
        if (cached !== undefined) sendCached(door, passage, cached);
        else if (isRefusal(answer)) answerRefusal(door, passage, answer);
      })
      .catch((error) => {
        settle(door, passage, undefined);
        answerError(door, passage, error);
      });
  };
}

export function callerOf(passage: Passage, command: Caller["command"]): Caller {
  const { request, identity } = passage;
  const { headers } = request;
  const isTold = identity.service !== undefined || passage.isFromEdge;
  const relayed = isTold ? headers[CALLER_ADDRESS_HEADER] : undefined;
  return {
    kind: identity.kind,
    id: identity.id,
    roles: identity.roles,
    sessionId: identity.sessionId,
    command,
    traceparent: passage.traceparent,
    locale: localeOf(headers["accept-language"]),
    answerByMs: passage.answerByMs,
    ip: typeof relayed === "string" ? relayed : request.ip,
    userAgent: headers["user-agent"]?.slice(0, 200),
    ...(passage.operation?.raw === true ? { raw: rawOf(request) } : {}),
  } as Caller;
}

function rawOf(request: FastifyRequest): NonNullable<Caller["raw"]> {
  const headers = Object.entries(request.headers).map(([name, value]) => [name, String(value)]);
  return { body: (request.body as ParsedBody | undefined)?.raw ?? "", headers: Object.fromEntries(headers) };
}
