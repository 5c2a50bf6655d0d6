import { classify } from "#platform/db/errors.ts";
import { Unreachable } from "#platform/http/problem.ts";
import type { Log } from "#platform/telemetry/log.ts";
import type { BoundHandler } from "./compose.ts";

/**
 * The handlers as the door calls them: a database that cannot be had for a moment is a 503 with Retry-After and not our
 * mistake. What was asked may have been done, so the same key is the way to ask again (MECHANISMS.md §2).
 */
export function tellingUnreachable(handlers: readonly BoundHandler[], log: Log): readonly BoundHandler[] {
  return handlers.map(({ operation, run, ...rest }) => ({
    ...rest,
    operation,
    run: async (input, caller) => {
      try {
        return await run(input, caller);
      } catch (error) {
        if (error instanceof Unreachable || classify(error) !== "technical") throw error;
        log.warn({ code: "database.unreachable", operation: operation.name, error });
        throw new Unreachable(operation.service, true, error);
      }
    },
  }));
}
