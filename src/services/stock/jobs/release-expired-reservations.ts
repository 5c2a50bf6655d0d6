import type { Job } from "#platform/service.ts";
import { settleReservation } from "../api/settle-reservation.ts";
import type { Deps } from "../deps.ts";
import { decideExpire } from "../domain/settle.ts";

const sweepSize = 200;
/** Bounds one turn, so that a long list cannot keep it from ending; the rest is still due at the next. */
const sweepsMax = 25;
/** No caller stands behind a sweep, so its trace is its own and is not sampled. */
const traceparent = "00-00000000000000000000000000737470-0000000000737470-00";

/**
 * Releases what is pending after its time (D3). The list is only a hint: each one is decided anew on its own row, so a
 * commit that came first wins, and two processes that sweep at once release nothing twice.
 */
export const releaseExpiredReservations: Job<Deps> = {
  name: "release-expired-reservations",
  everyMs: 2_000,
  async run(deps) {
    for (let sweeps = 0; sweeps < sweepsMax; sweeps++) {
      const due = await deps.sql.rows<{ key: string }>(
        "expired-reservations",
        "select key from states where pending_until <= $1 order by pending_until limit $2",
        [deps.clock.now(), sweepSize],
      );
      // A refusal can only be a full queue; what is left then is still due at the next turn.
      await Promise.all(due.map(({ key }) => expire(deps, key.slice("reservation:".length))));
      if (due.length < sweepSize) return;
    }
  },
};

function expire(deps: Deps, orderId: string): Promise<unknown> {
  return settleReservation(deps, { orderId, traceparent, decide: decideExpire });
}
