import {
  bulkhead,
  ConsecutiveBreaker,
  circuitBreaker,
  ExponentialBackoff,
  handleWhen,
  isBrokenCircuitError,
  isBulkheadRejectedError,
  isTaskCancelledError,
  retry,
  TimeoutStrategy,
  timeout,
  wrap,
} from "cockatiel";
import type { Log } from "#platform/telemetry/log.ts";
import { Unreachable } from "./problem.ts";

export interface TargetLimits {
  readonly concurrentCalls: number;
  readonly waitingCalls: number;
  /** Failures in a row after which nothing is sent for a while. */
  readonly failuresToOpen: number;
  readonly openMs: number;
  readonly triesMax: number;
  readonly firstPauseMs: number;
}

export interface Target {
  /** Sends, within the target's bounds; again only what is safe to repeat. @throws Unreachable */
  run<Result>(
    how: { readonly repeatable: boolean; readonly leftMs: number },
    sendOnce: (signal: AbortSignal) => Promise<Result>,
  ): Promise<Result>;
}

/** A tenth of the calls may be tries: more would make a service that is down for load go down further. */
const BUDGET_PER_CALL = 0.1;
const BUDGET_MAX = 10;

/** One service elsewhere: so many calls at once, a breaker, a deadline over all tries, and a budget for repeating. */
export function makeTarget(service: string, { log, limits }: { log: Log; limits: TargetLimits }): Target {
  let budget = BUDGET_MAX;
  const failed = handleWhen((error) => error instanceof Unreachable || isTaskCancelledError(error));
  const breaker = circuitBreaker(failed, {
    halfOpenAfter: limits.openMs,
    breaker: new ConsecutiveBreaker(limits.failuresToOpen),
  });
  breaker.onBreak(() => log.warn({ code: "call.circuit_opened", service }));
  breaker.onReset(() => log.info({ code: "call.circuit_closed", service }));
  const again = retry(
    handleWhen((error) => {
      if (!(error instanceof Unreachable) || budget < 1) return false;
      budget -= 1;
      return true;
    }),
    { maxAttempts: limits.triesMax - 1, backoff: new ExponentialBackoff({ initialDelay: limits.firstPauseMs }) },
  );
  const places = bulkhead(limits.concurrentCalls, limits.waitingCalls);
  const once = wrap(places, breaker);
  const repeatedly = wrap(places, again, breaker);

  return {
    async run({ repeatable, leftMs }, sendOnce) {
      if (leftMs <= 0) throw new Unreachable(service, false);
      budget = Math.min(BUDGET_MAX, budget + BUDGET_PER_CALL);
      try {
        const deadline = timeout(leftMs, TimeoutStrategy.Aggressive);
        return await wrap(deadline, repeatable ? repeatedly : once).execute(({ signal }) => sendOnce(signal));
      } catch (error) {
        if (isBrokenCircuitError(error) || isBulkheadRejectedError(error)) throw new Unreachable(service, false, error);
        if (isTaskCancelledError(error)) throw new Unreachable(service, true, error);
        throw error;
      }
    },
  };
}
