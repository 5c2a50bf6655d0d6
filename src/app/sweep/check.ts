import { isDeepStrictEqual } from "node:util";
import { allInvariants, asOneQuery } from "#app/invariants/all.ts";
import type { StoredFact } from "#platform/facts/change.ts";
import type { AnyService } from "#platform/service.ts";
import type { Rig } from "./rig.ts";
import type { OrderRow, Stage } from "./stage.ts";
import { tellsTheSame } from "./told.ts";
import { truthAgrees } from "./truth.ts";

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
    ...(await truthAgrees(rig)),
    ...(await replayIsLive(rig)),
    ...all.flatMap((order) => tellsTheSame(order, stage.client.told)),
    ...endsAs(all, ends),
    ...(await noOverdue(rig)),
  ];
}

function endsAs(all: readonly OrderRow[], ends: readonly string[] | undefined): string[] {
  const parts = all.flatMap((order) => order.storeOrders.map((part) => part.status));
  const stuck = parts.filter((status) => ["CREATED", "PENDING_PAYMENT", "PAYMENT_FAILED", "PAID"].includes(status));
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
  const replayed = services.filter(({ name }) => ["order", "stock", "payment", "wallet"].includes(name));
  const wrong = await Promise.all(replayed.map((service) => differences(service, admin)));
  return wrong.flat();
}

async function differences(service: AnyService, admin: Rig["admin"]): Promise<string[]> {
  const at = `"${service.name}"`;
  const facts = `select position, stream, version, type, data, meta, at from ${at}.facts order by position`;
  const [stored, live] = [
    await admin.query<StoredFact>(undefined, facts),
    await admin.query<{ key: string; data: unknown }>(undefined, `select key, data from ${at}.states`),
  ];
  const states = new Map<string, unknown>();
  for (const fact of stored.rows) states.set(fact.stream, service.evolve(states.get(fact.stream), fact));
  const rows = new Map(live.rows.map(({ key, data }) => [key, data]));
  return [...states]
    .filter(([key, state]) => !isDeepStrictEqual(JSON.parse(JSON.stringify(state)), rows.get(key)))
    .map(([key]) => `replay of ${service.name} ${key} differs from its row`);
}
