import { Agent } from "undici";
import { assert } from "#platform/core/assert.ts";
import type { Answer, Call, Caller, InputOf, Operation } from "#platform/core/operation.ts";
import type { Log } from "#platform/telemetry/log.ts";
import { answerOf, type Reply, send, toRequest } from "./client-request.ts";
import { makeTarget, type Target, type TargetLimits } from "./client-target.ts";
import { Unreachable } from "./problem.ts";

export interface RemoteCallParts {
  /** Where a service is: `http://stock:3000`. */
  readonly baseUrlOf: (service: string) => string;
  /** A short token for this target in the caller's name (service-token.ts). */
  readonly serviceToken: (target: string, caller: Caller) => string;
  /** Longest wait for an answer, tries included. */
  readonly timeoutMs: number;
  readonly monotonicMs: () => number;
  readonly log: Log;
  readonly limits?: Partial<TargetLimits>;
}

export interface RemoteCall {
  readonly call: Call;
  close(): Promise<void>;
}

const defaultTargetLimits: TargetLimits = {
  concurrentCalls: 128,
  waitingCalls: 512,
  failuresToOpen: 5,
  openMs: 1_000,
  triesMax: 3,
  firstPauseMs: 50,
};
/** Shorter than the server's, so that a call is never sent on a connection which the server is just closing. */
const KEEP_ALIVE_MS = 5_000;
const CONNECT_TIMEOUT_MS = 1_000;
const ANSWER_BYTES_MAX = 16 * 1024 * 1024;

/**
 * Calls operations of services that run elsewhere. A business "no" comes back as the Refusal it was; whatever gives no
 * usable answer is thrown as Unreachable, which says whether the call may have been carried out.
 */
export function createRemoteCall(parts: RemoteCallParts): RemoteCall {
  const { timeoutMs, monotonicMs, log } = parts;
  const limits = { ...defaultTargetLimits, ...parts.limits };
  const agent = new Agent({
    connections: limits.concurrentCalls,
    pipelining: 1,
    keepAliveTimeout: KEEP_ALIVE_MS,
    keepAliveMaxTimeout: KEEP_ALIVE_MS,
    connect: { timeout: CONNECT_TIMEOUT_MS },
    headersTimeout: timeoutMs,
    bodyTimeout: timeoutMs,
    maxResponseSize: ANSWER_BYTES_MAX,
  });
  const targets = new Map<string, Target>();
  const targetOf = (service: string) => {
    const known = targets.get(service) ?? makeTarget(service, { timeoutMs, log, limits });
    targets.set(service, known);
    return known;
  };

  async function call<Op extends Operation>(operation: Op, input: InputOf<Op>, caller: Caller): Promise<Answer<Op>> {
    const keyed = operation.idempotency === "key";
    assert(!keyed || caller.command !== undefined, `${operation.name} needs a command of its caller`);
    const repeatable = keyed || operation.idempotency === "safe";
    const endsAtMs = monotonicMs() + timeoutMs;
    const token = parts.serviceToken(operation.service, caller);
    const reply = await targetOf(operation.service).run(repeatable, (signal) => {
      const request = toRequest(operation, input, { caller, token, leftMs: Math.floor(endsAtMs - monotonicMs()) });
      return send(agent, parts.baseUrlOf(operation.service), request, signal, operation);
    });
    return answerOf(operation, reply as Reply) as Answer<Op>;
  }

  return { call: call as Call, close: () => agent.close() };
}

export { Unreachable };
