import { allServices } from "#app/services.ts";
import type { AnyService } from "#platform/service.ts";
import { labelOf, type Place as Point } from "#platform/testing/faults.ts";
import { quiet, untilCalm } from "./calm.ts";
import { checkAll } from "./check.ts";
import { type Strike, startFaultyRig } from "./hand.ts";
import type { Scenario } from "./scenarios.ts";
import { BUYER, createStage, type Stage } from "./stage.ts";
import type { Place, Town } from "./town.ts";

export interface Case {
  readonly scenario: Scenario;
  readonly strike?: Strike | undefined;
  readonly services?: readonly AnyService[] | undefined;
}

export interface Verdict {
  /** What is wrong in the end; nothing is healthy. */
  readonly wrong: readonly string[];
  readonly crossings: readonly Point[];
  readonly hasStruck: boolean;
  readonly complaints: readonly string[];
}

/** Plays a scenario with one fault or none, lets it become calm, and checks everything. */
export async function runCase(place: Place, { scenario, strike, services = allServices }: Case): Promise<Verdict> {
  const database = await place.newDatabase();
  const { rig, line } = await startFaultyRig({ url: database.url, services, strike, rename: rolesIn(place.town) });
  const stage = createStage(rig, line, place.town);
  const wrong: string[] = [];
  try {
    await quiet(rig);
    scenario.prepare?.(stage);
    await scenario.play(stage);
    await untilCalm(rig, line);
    await quiet(rig);
    wrong.push(...(await checkAll(stage, passesDeadlines(strike) ? undefined : scenario.ends)));
  } catch (error) {
    wrong.push(`it breaks: ${error instanceof Error ? `${error.stack}${causeOf(error)}` : String(error)}`);
  } finally {
    if (wrong.length > 0) wrong.push(...(await traceOf(stage)));
    await rig.close();
    await database.drop();
  }
  return { wrong, crossings: line.crossings, hasStruck: line.hasStruck(), complaints: rig.complaints };
}

function causeOf(error: Error): string {
  return error.cause === undefined ? "" : ` because of ${String((error.cause as Error).stack ?? error.cause)}`;
}

function passesDeadlines(strike: Strike | undefined): boolean {
  return strike?.fault === "past-deadline" || strike?.fault === "past-holds";
}

/** What happened to the orders, for whoever reads a failing case. */
async function traceOf(stage: Stage): Promise<string[]> {
  const sql = `select 'order' as service, position, type, at, data from "order".facts where stream like 'ord\\_%'
    union all select 'payment', position, type, at, data from payment.facts order by at, position`;
  const facts = await stage.rig.admin
    .query<{ service: string; type: string; at: string }>(undefined, sql)
    .catch(() => ({ rows: [] }));
  return [
    ...facts.rows.map(({ service, type, at }) => `  ${at} ${service} ${type}`),
    ...stage.client.told.map((one) => `  told: ${one.operation} ${one.refused ?? one.answer?.status ?? ""}`),
  ];
}

/** Account ids differ from run to run; who they are does not. */
function rolesIn({ food, pottery, weaver }: Town): (name: string) => string {
  const roles = new Map([
    [BUYER.id, "buyer"],
    [food.sellerId, "cook"],
    [pottery.sellerId, "potter"],
    [weaver.sellerId, "weaver"],
  ]);
  return (name) => name.replace(/^acc_\w+/, (id) => roles.get(id) ?? "somebody");
}

/** `food|commit order|3|lost`: names a case, to replay it alone. */
export function nameOf({ scenario, strike }: Pick<Case, "scenario" | "strike">): string {
  return strike ? [scenario.name, labelOf(strike.at), strike.at.occurrence, strike.fault].join("|") : scenario.name;
}
