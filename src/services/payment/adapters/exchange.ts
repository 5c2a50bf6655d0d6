import {
  BrokenCircuitError,
  BulkheadRejectedError,
  bulkhead,
  CircuitState,
  ConsecutiveBreaker,
  circuitBreaker,
  handleAll,
  wrap,
} from "cockatiel";
import { type Dispatcher, Pool } from "undici";
import { epochMs } from "#platform/core/time.ts";
import type { Evidence, GatewayCall } from "../domain/gateway-answer.ts";
import type { Compartment } from "./gateway.ts";

/** Far above any answer of a gateway; more is not read. */
const BODY_BYTES_MAX = 256 * 1024;

export interface GatewayRequest {
  readonly call: GatewayCall;
  readonly method: "GET" | "POST";
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: unknown;
}

/** An answer with its JSON object, or the word for why there is none. Never throws: that is what `failed` is for. */
export interface Exchanged {
  readonly evidence: Omit<Evidence, "outcome">;
  readonly status?: number;
  readonly json?: Readonly<Record<string, unknown>>;
  readonly failed?: "TIMEOUT" | "TRANSPORT" | "GARBAGE" | "NOT_SENT";
}

export interface Exchange {
  isAvailable(): boolean;
  send(request: GatewayRequest): Promise<Exchanged>;
  close(): Promise<void>;
}

/**
 * One gateway's own connections, queue and circuit (R41). Sends each request exactly once: a repeat is decided above,
 * on a row, and never by a transport.
 */
export function createExchange(compartment: Compartment): Exchange {
  const { timeoutMs, connectTimeoutMs, clock } = compartment;
  const target = new URL(compartment.baseUrl);
  const pool = new Pool(target.origin, {
    connections: compartment.maxInFlight,
    connect: { timeout: connectTimeoutMs },
    headersTimeout: timeoutMs,
    bodyTimeout: timeoutMs,
    maxResponseSize: BODY_BYTES_MAX,
  });
  const prefix = target.pathname === "/" ? "" : target.pathname.replace(/\/$/, "");
  const breaker = circuitBreaker(
    handleAll.orWhenResult((result) => isTrouble(result as Exchanged)),
    { halfOpenAfter: compartment.halfOpenAfterMs, breaker: new ConsecutiveBreaker(compartment.failuresToOpen) },
  );
  const policy = wrap(bulkhead(compartment.maxInFlight, compartment.maxQueued), breaker);

  return {
    isAvailable: () => breaker.state !== CircuitState.Open,
    async send(request) {
      const at = clock.now();
      const measured = (rest: { httpStatus?: number; code?: string } = {}) => ({
        ...{ call: request.call, at, durationMs: epochMs(clock.now()) - epochMs(at) },
        ...rest,
      });
      try {
        return await policy.execute(async (): Promise<Exchanged> => {
          const answer = await sendOnce(pool, prefix, request, timeoutMs);
          if ("failed" in answer) return { failed: answer.failed, evidence: measured({ code: answer.failed }) };
          const json = objectIn(answer.text);
          const evidence = measured({ httpStatus: answer.status, ...(json ? {} : { code: "GARBAGE" }) });
          return { status: answer.status, evidence, ...(json ? { json } : { failed: "GARBAGE" as const }) };
        });
      } catch (error) {
        if (!(error instanceof BrokenCircuitError || error instanceof BulkheadRejectedError)) throw error;
        return { failed: "NOT_SENT", evidence: measured({ code: "NOT_SENT" }) };
      }
    },
    close: () => pool.close(),
  };
}

/**
 * The gateway itself is ill (not: it said no): this is what opens its circuit. A wrong key of ours is an illness too.
 */
function isTrouble(result: Exchanged): boolean {
  const { status, failed } = result;
  return failed !== undefined || status === undefined || status >= 500 || status === 401 || status === 429;
}

async function sendOnce(
  pool: Dispatcher,
  prefix: string,
  request: GatewayRequest,
  timeoutMs: number,
): Promise<{ status: number; text: string } | { failed: "TIMEOUT" | "TRANSPORT" }> {
  try {
    const answer = await pool.request({
      method: request.method,
      path: `${prefix}${request.path}`,
      headers: { accept: "application/json", "content-type": "application/json", ...request.headers },
      ...(request.body === undefined ? {} : { body: JSON.stringify(request.body) }),
      // The sum of connecting, waiting and reading: undici's own times are for each of them.
      signal: AbortSignal.timeout(timeoutMs),
    });
    return { status: answer.statusCode, text: await answer.body.text() };
  } catch (error) {
    // Whatever broke: the bytes may have been read over there, so nobody may take this for a no.
    return { failed: isTimeout(error) ? "TIMEOUT" : "TRANSPORT" };
  }
}

function isTimeout(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  return error.name === "TimeoutError" || /_TIMEOUT$/.test(String((error as { code?: unknown }).code));
}

function objectIn(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    const isObject = typeof value === "object" && value !== null && !Array.isArray(value);
    return isObject ? (value as Record<string, unknown>) : undefined;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
