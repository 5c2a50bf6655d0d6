import { Agent } from "undici";
import { assert } from "#platform/core/assert.ts";
import type { Answer, Call, Caller, InputOf, Operation } from "#platform/core/operation.ts";
import type { Log } from "#platform/telemetry/log.ts";
import { type Address, type Addresses, isRefused } from "./addresses.ts";
import { answerOf, type Reply, send, toRequest } from "./client-request.ts";
import { makeTarget, type Target, type TargetLimits } from "./client-target.ts";
import { Unreachable } from "./problem.ts";

export interface RemoteCallParts {
  /** Where a service's processes are. */
  readonly addressesOf: (service: string) => Addresses;
  /** A short token for this target in the caller's name (service-token.ts). */
  readonly serviceToken: (target: string, caller: Caller) => string;
  /** Longest wait for an answer, tries included. */
  readonly timeoutMs: number;
  readonly monotonicMs: () => number;
  /** The time of day in ms, so that a callee that was stopped for a while knows how old a call is. */
  readonly nowMs: () => number;
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
    const known = targets.get(service) ?? makeTarget(service, { log, limits });
    targets.set(service, known);
    return known;
  };

  async function call<Op extends Operation>(operation: Op, input: InputOf<Op>, caller: Caller): Promise<Answer<Op>> {
    const keyed = operation.idempotency === "key";
    assert(!keyed || caller.command !== undefined, `${operation.name} needs a command of its caller`);
    const repeatable = keyed || operation.idempotency === "safe";
    const endsAtMs = Math.min(caller.answerByMs ?? Number.POSITIVE_INFINITY, monotonicMs() + timeoutMs);
    const leftMs = () => Math.floor(endsAtMs - monotonicMs());
    const token = parts.serviceToken(operation.service, caller);
    const tried = new Set<string>();
    const sendOnce = (signal: AbortSignal) =>
      sendInTurn(operation, parts.addressesOf(operation.service), { tried, signal }, (address, gone) => {
        // Whoever waited for a place or for another try until nobody waits any more sends nothing.
        if (leftMs() <= 0) throw new Unreachable(operation.service, false);
        const request = toRequest(operation, input, { caller, token, leftMs: leftMs(), sentAtMs: parts.nowMs() });
        return send(agent, address.url, request, gone, operation);
      });
    const reply = await targetOf(operation.service).run({ repeatable, leftMs: leftMs() }, sendOnce);
    return answerOf(operation, reply as Reply) as Answer<Op>;
  }

  return { call: call as Call, close: () => agent.destroy() };
}

/** To the next address at once when nothing listens at one; any other failure is for the target's rules. */
async function sendInTurn<Result>(
  operation: Operation,
  addresses: Addresses,
  { tried, signal }: { tried: Set<string>; signal: AbortSignal },
  send: (address: Address, gone: AbortSignal) => Promise<Result>,
): Promise<Result> {
  for (;;) {
    const address = addresses.pick(tried);
    if (address === undefined) throw new Unreachable(operation.service, false);
    const isLast = tried.has(address.url);
    tried.add(address.url);
    const gone = new AbortController();
    const abort = () => gone.abort();
    const unwatch = address.watch(abort);
    signal.addEventListener("abort", abort);
    try {
      const reply = await send(address, gone.signal);
      addresses.told(address.url, "answered");
      return reply;
    } catch (error) {
      const isNobody = isRefused((error as Error).cause);
      if (isNobody) addresses.told(address.url, "refused");
      if (!isNobody || isLast) throw error;
    } finally {
      unwatch();
      signal.removeEventListener("abort", abort);
    }
  }
}

export { Unreachable };
