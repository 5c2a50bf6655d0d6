import type { Call } from "#platform/core/operation.ts";
import type { Clock } from "#platform/core/time.ts";
import type { Sql } from "#platform/db/sql.ts";
import type { Records } from "#platform/facts/change.ts";
import type { Kit } from "#platform/service.ts";
import type { SettingsOf } from "#platform/settings.ts";
import { makeTickets, type Tickets } from "#platform/socket/tickets.ts";
import { type Desk, makeDesk } from "./live/desk.ts";
import type { settings } from "./settings.ts";
import { messagesAfter } from "./views/messages.ts";

/** What the code of chat may touch. */
export interface Deps {
  readonly clock: Clock;
  readonly records: Records;
  readonly sql: Sql;
  readonly call: Call;
  readonly tickets: Tickets;
  /** Who is connected to this process, and what they have been sent. */
  readonly desk: Desk;
  /** Hosts that images may lie at; with none named, any. */
  readonly imageHosts: readonly string[];
}

export function depsOf({ call, clock, log, random, records, sql }: Kit, values: SettingsOf<typeof settings>): Deps {
  const { ticketSeconds: lifeSeconds, imageHosts } = values;
  return {
    ...{ call, clock, records, sql },
    tickets: makeTickets({ records, random, clock, lifeSeconds }),
    desk: makeDesk({ log, after: (roomId, seq, most) => messagesAfter(sql, roomId, seq, most) }),
    imageHosts,
  };
}
