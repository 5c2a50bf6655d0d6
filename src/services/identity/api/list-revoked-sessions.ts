import { listRevokedSessions as contract } from "#contracts/identity/keys.ts";
import type { Instant } from "#platform/core/time.ts";
import { handle } from "#platform/service.ts";
import type { Deps } from "../deps.ts";
import type { Sessions } from "../domain/sessions.ts";

/** Accounts a page: each holds a handful of ended sessions. */
const PAGE = 500;

interface Row {
  readonly key: string;
  readonly revoked_until: Instant;
  readonly revoked: Sessions["revoked"];
}

export const listRevokedSessions = handle(contract, async ({ cursor, endingAfter }, _caller, deps: Deps) => {
  const now = deps.clock.now();
  const first = endingAfter !== undefined && endingAfter > now ? endingAfter : now;
  const [after, key] = cursor === undefined ? [first, ""] : readCursor(cursor);
  const rows = await deps.sql.rows<Row>(
    "revoked_sessions",
    `select s.key, s.revoked_until, s.data->'revoked' as revoked from states s
     where s.revoked_until is not null and (s.revoked_until, s.key) > ($1, $2)
     order by s.revoked_until, s.key limit ${PAGE}`,
    [after, key],
  );
  const sessions = rows.flatMap((row) => row.revoked.filter((one) => one.until > now));
  const last = rows.length === PAGE ? rows.at(-1) : undefined;
  return { sessions: [...sessions], ...(last ? { nextCursor: writeCursor(last) } : {}) };
});

function writeCursor(row: Row): string {
  return Buffer.from(`${row.revoked_until} ${row.key}`).toString("base64url");
}

/** Services alone call this, with a cursor of ours; any other text merely begins elsewhere. */
function readCursor(cursor: string): [string, string] {
  const [until = "", key = ""] = Buffer.from(cursor, "base64url").toString("utf8").split(" ");
  return [until, key];
}
