import { type Dispatcher, request } from "undici";
import { BrokenAssumption } from "#platform/core/assert.ts";
import type { Refusal } from "#platform/core/decision.ts";
import type { Caller, Operation } from "#platform/core/operation.ts";
import { SERVICE_TOKEN_HEADER } from "./access.ts";
import { DEADLINE_HEADER, SENT_AT_HEADER } from "./arrive.ts";
import { Unreachable } from "./problem.ts";
import { BODY_HASH_HEADER, CALLER_ADDRESS_HEADER } from "./route.ts";
import { hasBody, inputPlaces } from "./schema.ts";

export interface OutgoingRequest {
  readonly method: Operation["method"];
  readonly path: string;
  readonly headers: Record<string, string>;
  readonly body?: string;
}

export interface Reply {
  readonly status: number;
  readonly problem: boolean;
  readonly body: unknown;
}

/** Never sent, so surely not carried out. */
const NOT_SENT = new Set(["ECONNREFUSED", "ENOTFOUND", "EAI_AGAIN", "EHOSTUNREACH", "UND_ERR_CONNECT_TIMEOUT"]);
/** Refusals that any keyed operation may answer with, besides its own (facts/change.ts). */
const COMMAND_REFUSALS: ReadonlySet<string> = new Set(["request.key_reused", "request.busy"]);

export function toRequest(
  operation: Operation,
  input: unknown,
  { caller, token, leftMs, sentAtMs }: { caller: Caller; token: string; leftMs: number; sentAtMs: number },
): OutgoingRequest {
  const values = input as Readonly<Record<string, unknown>>;
  const places = inputPlaces(operation);
  const path = operation.path.replace(/:([A-Za-z0-9_]+)/g, (_, name: string) =>
    encodeURIComponent(String(values[name])),
  );
  const query = new URLSearchParams();
  for (const name of places.query) {
    for (const value of [values[name]].flat()) if (value !== undefined) query.append(name, String(value));
  }
  const headers: Record<string, string> = {
    accept: "application/json, application/problem+json",
    [SERVICE_TOKEN_HEADER]: token,
    [DEADLINE_HEADER]: String(leftMs),
    [SENT_AT_HEADER]: String(sentAtMs),
    traceparent: caller.traceparent,
    "accept-language": caller.locale,
    ...(caller.ip === undefined ? {} : { [CALLER_ADDRESS_HEADER]: caller.ip }),
    ...(caller.userAgent === undefined ? {} : { "user-agent": caller.userAgent }),
    ...(caller.command === undefined
      ? {}
      : { "idempotency-key": caller.command.id, [BODY_HASH_HEADER]: caller.command.bodyHash }),
  };
  const fullPath = query.size === 0 ? path : `${path}?${query}`;
  if (!hasBody(operation)) return { method: operation.method, path: fullPath, headers };
  const body = JSON.stringify(Object.fromEntries(places.body.map((name) => [name, values[name]])));
  return {
    method: operation.method,
    path: fullPath,
    headers: { ...headers, "content-type": "application/json" },
    body,
  };
}

/** @throws Unreachable when there is no answer, or one that says nothing about what was asked. */
export async function send(
  dispatcher: Dispatcher,
  baseUrl: string,
  outgoing: OutgoingRequest,
  signal: AbortSignal,
  operation: Operation,
): Promise<Reply> {
  const safe = operation.idempotency === "safe";
  const { path, ...options } = outgoing;
  try {
    const response = await request(new URL(path, baseUrl), { ...options, dispatcher, signal });
    const type = String(response.headers["content-type"] ?? "");
    const text = await response.body.text();
    const body = text === "" || !type.includes("json") ? undefined : JSON.parse(text);
    const problem = type.includes("problem+json");
    const reply = { status: response.statusCode, problem, body };
    if (isNoAnswer(operation, reply)) throw new Unreachable(operation.service, !safe && !isShed(reply), codeOf(reply));
    return reply;
  } catch (error) {
    if (error instanceof Unreachable) throw error;
    const code = (error as { code?: string }).code ?? "";
    throw new Unreachable(operation.service, !safe && !NOT_SENT.has(code), error);
  }
}

/** The value or the Refusal. @throws BrokenAssumption when the other side did not understand what we sent. */
export function answerOf(operation: Operation, { status, problem, body }: Reply): unknown {
  if (status === (operation.status ?? 200)) return body;
  const code = codeOf({ status, problem, body });
  if (code !== undefined && isListed(operation, code)) return refusalOf(code, body as Refusal);
  throw new BrokenAssumption(`${operation.name} answered ${status} ${code ?? ""}`);
}

function refusalOf(code: string, body: { field?: string; details?: Record<string, unknown> }): Refusal {
  return {
    refused: code,
    ...(body.field === undefined ? {} : { field: body.field }),
    ...(body.details === undefined ? {} : { details: body.details }),
  };
}

function isNoAnswer(operation: Operation, reply: Reply): boolean {
  if (reply.status === (operation.status ?? 200)) return reply.status !== 204 && reply.body === undefined;
  const code = codeOf(reply);
  if (code !== undefined && isListed(operation, code)) return false;
  return reply.status >= 500 || reply.status === 429 || code === "request.in_flight" || code === undefined;
}

/** Turned away at the door: nothing was begun. */
function isShed(reply: Reply): boolean {
  return codeOf(reply) === "server.busy" || reply.status === 429;
}

function isListed(operation: Operation, code: string): boolean {
  return operation.problems.includes(code) || COMMAND_REFUSALS.has(code);
}

function codeOf({ problem, body }: Reply): string | undefined {
  const code = problem ? (body as { code?: unknown } | undefined)?.code : undefined;
  return typeof code === "string" ? code : undefined;
}
