import { createHash } from "node:crypto";
import { isRefusal, type Refusal, reject } from "#platform/core/decision.ts";
import type { Random } from "#platform/core/ids.ts";
import type { Caller } from "#platform/core/operation.ts";
import { type Clock, type Instant, isAfter, plus } from "#platform/core/time.ts";
import type { CommandRefusal, Records, Task } from "#platform/facts/change.ts";
import type { TicketHolder } from "./handler.ts";

/** The text of a ticket: 256 bits of chance. Browsers send no header with a WebSocket, so it stands in the address. */
export const TICKET_PATTERN = "^[A-Za-z0-9_-]{43}$";
/** The kind of work that forgets a ticket that nobody used: `work: { [FORGET_TICKET]: … forgetTicket }`. */
export const FORGET_TICKET = "forget-ticket";

interface TicketRow {
  readonly holder: TicketHolder;
  readonly expiresAt: Instant;
}

export interface Tickets {
  issue(caller: Caller): Promise<{ ticket: string; expiresAt: Instant } | Refusal<CommandRefusal>>;
  redeem(ticket: string): Promise<TicketHolder | Refusal>;
}

/**
 * Tickets that open one socket each, within a short time: an access token would stand in logs of proxies and in the
 * history of browsers (ASVS 4.4.3). They are rows of the service's schema, so that any process of it can redeem them,
 * and only their hash is kept.
 */
export function makeTickets(kit: {
  readonly records: Records;
  readonly random: Random;
  readonly clock: Clock;
  readonly lifeSeconds: number;
}): Tickets {
  const { records, random, clock, lifeSeconds } = kit;
  return {
    async issue({ id = "", sessionId, roles, traceparent }) {
      const ticket = Buffer.from(random.bytes(32)).toString("base64url");
      const key = keyOf(ticket);
      const expiresAt = plus(clock.now(), { seconds: lifeSeconds });
      const holder: TicketHolder = { accountId: id, roles, ...(sessionId === undefined ? {} : { sessionId }) };
      const row: TicketRow = { holder, expiresAt };
      const outcome = await records.change<never>({
        keys: [key],
        actor: id,
        traceparent,
        decide: () => ({
          rows: { [key]: row },
          work: [{ put: { key, kind: FORGET_TICKET, stream: key, dueAt: expiresAt } }],
        }),
      });
      return isRefusal(outcome) ? outcome : { ticket, expiresAt };
    },
    async redeem(ticket) {
      const key = keyOf(ticket);
      // The row goes in the commit that redeems it, so who it was for is kept here. When the answer to that commit was
      // lost, the batcher finds that it did land, and does not decide again.
      let holder: TicketHolder | undefined;
      const outcome = await records.change({
        keys: [key],
        traceparent: NO_TRACE,
        decide(rows, now) {
          const row = rows.get<TicketRow>(key);
          if (row === undefined || isAfter(now, row.expiresAt)) return reject("socket.ticket_invalid");
          holder = row.holder;
          return { rows: { [key]: null }, work: [{ settle: key }] };
        },
      });
      if (isRefusal(outcome)) return outcome;
      return holder ?? reject("socket.ticket_invalid");
    },
  };
}

/** A ticket that was not used in time. */
export async function forgetTicket({ stream, ref, traceparent }: Task, { records }: { readonly records: Records }) {
  await records.change({ keys: [stream], traceparent, settles: ref, decide: () => ({ rows: { [stream]: null } }) });
}

/** Redeeming a ticket is nobody's command yet: its trace is its own and is not sampled. */
const NO_TRACE = "00-00000000000000000000000000736f63-0000000000736f63-00";

function keyOf(ticket: string): string {
  return `ticket:${createHash("sha256").update(ticket).digest("base64url")}`;
}
