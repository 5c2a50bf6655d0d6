import type { Caller, Operation } from "#platform/core/operation.ts";
import type { Page, Problems } from "#platform/service.ts";
import type { Log } from "#platform/telemetry/log.ts";
import type { RequestMetrics } from "#platform/telemetry/request-metrics.ts";
import type { TraceIds } from "#platform/telemetry/trace.ts";
import type { Verifiers } from "./access.ts";
import type { RateLimiter } from "./limiter.ts";
import type { Limits } from "./limits.ts";
import type { Passages } from "./passage.ts";
import type { ReadCache } from "./read-cache.ts";
import type { BoundWatch } from "./watch/channel.ts";
import type { Watches } from "./watch/watches.ts";

/** An operation with the function that carries it out; its dependencies are inside already. */
export interface BoundHandler {
  readonly operation: Operation;
  readonly run: (input: never, caller: Caller) => Promise<unknown>;
  readonly page?: Page;
  readonly watch?: BoundWatch;
}

/** What every route of one server shares. */
export interface Door {
  readonly problems: Problems;
  readonly verifiers: Verifiers;
  readonly limits: Limits;
  readonly limiter: RateLimiter;
  readonly cache: ReadCache;
  readonly passages: Passages;
  readonly traceIds: TraceIds;
  readonly monotonicMs: () => number;
  /** The time of day in ms. */
  readonly nowMs: () => number;
  readonly log: Log;
  readonly metrics: RequestMetrics;
  /** Pages of other origins that may call, and open WebSockets. */
  readonly origins: readonly string[];
  /** Commands under way in this process, by operation and command id. */
  readonly commandsUnderWay: Set<string>;
  /** Absent where nothing can be watched. */
  readonly watches?: Watches;
  /** True from the moment the server is asked to close. */
  draining: boolean;
}
