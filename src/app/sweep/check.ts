import { isDeepStrictEqual } from "node:util";
import { allInvariants, asOneQuery } from "#app/invariants/all.ts";
import { replayEqualsLive } from "#platform/facts/replay.ts";
import type { Rig } from "./rig.ts";
import type { OrderRow, Stage } from "./stage.ts";
import { tellsTheSame } from "./told.ts";
import { truthAgrees } from "./truth.ts";

const DECIDING = new Set(["order", "stock", "payment", "wallet"]);
const everything = asOneQuery(allInvariants);

/** Everything that must hold when all is calm, as sentences about what does not; none is healthy. */
export async function checkAll(stage: Stage, ends: readonly string[] | undefined): Promise<string[]> {
  const { rig } = stage;
  const offending = await rig.admin.query<{ id: string; row: unknown }>(undefined, everything);
  const all = (await Promise.all(stage.orderIds.map((orderId) => stage.order(orderId)))).filter(
    (order): order is OrderRow => order !== undefined,
  );
  return [
    ...offending.rows.map(({ id, row }) => `${id}: ${JSON.stringify(row)}`),
    ...(await truthAgrees(rig.admin, booksOf(rig))),
    ...(await replayIsLive(rig)),
    ...all.flatMap((order) => tellsTheSame(order, stage.client.told)),
    ...endsAs(all, ends),
    ...(await noOverdue(rig)),
  ];
}

function booksOf({ gateways: { toss, kakaopay } }: Rig) {
  return { toss: toss.truth.totals(), kakaopay: kakaopay.truth.totals() };
}

function endsAs(all: readonly OrderRow[], ends: readonly string[] | undefined): string[] {
  const parts = all.flatMap((order) => order.storeOrders.map((part) => part.status));
  const stuck = parts.filter((status) => ["PENDING_PAYMENT", "PAYMENT_FAILED", "PAID"].includes(status));
  if (stuck.length > 0) return [`I19: parts are stuck as ${stuck}`];
  // A deadline has passed during the play, so it may have ended in another way; the invariants hold all the same.
  if (ends === undefined || isDeepStrictEqual([...parts].sort(), [...ends].sort())) return [];
  return [`the play ends as ${parts} instead of ${ends}`];
}

async function noOverdue({ admin, services }: Rig): Promise<string[]> {
  const selects = services.map(
    ({ name }) => `select '${name}' as service, key, kind, attempt, error from "${name}".work`,
  );
  const left = await admin.query(undefined, selects.join(" union all "));
  return left.rows.map((row) => `I19: work is left over: ${JSON.stringify(row)}`);
}

/** Folding all facts anew gives the very rows that decisions are made on (H26, G21). */
async function replayIsLive({ admin, services }: Rig): Promise<string[]> {
  const sql = {
    rows: async <Row>(_name: string, text: string, values?: readonly unknown[]) =>
      (await admin.query<Row>(undefined, text, values)).rows,
  };
  const replayed = services.filter(({ name }) => DECIDING.has(name));
  const unequal = await Promise.all(replayed.map((service) => replayEqualsLive(sql, service)));
  return unequal.flat().map(({ key }) => `the replay of ${key} differs from its row`);
}
