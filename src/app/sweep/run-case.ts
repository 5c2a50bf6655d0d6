import { setTimeout as pause } from "node:timers/promises";
import { type FaultLine, labelOf, type Place as Point } from "#platform/testing/faults.ts";
import { quiet, untilCalm } from "./calm.ts";
import { checkAll } from "./check.ts";
import type { Strike, World } from "./hand.ts";
import type { Scenario } from "./scenarios.ts";
import { createStage, type Stage } from "./stage.ts";
import type { Town } from "./town.ts";

const CASE_WITHIN_MS = 40_000;

export interface Case {
  readonly scenario: Scenario;
  readonly strike?: Strike | undefined;
}

export interface Verdict {
  /** What is wrong in the end; nothing is healthy. */
  readonly wrong: readonly string[];
  readonly crossings: readonly Point[];
  readonly hasStruck: boolean;
  readonly complaints: readonly string[];
}

/** Plays a scenario with one fault or none, lets it become calm, and checks everything. */
export async function runCase(world: World, town: Town, { scenario, strike }: Case): Promise<Verdict> {
  const { rig } = world;
  const line = world.arm(strike);
  const stage = createStage(rig, line, town);
  const complainedBefore = rig.complaints.length;
  const wrong: string[] = [];
  try {
    await Promise.race([playOut(scenario, stage, line), tooLong()]);
  } catch (error) {
    wrong.push(`it breaks: ${error instanceof Error ? `${error.stack}${causeOf(error)}` : String(error)}`);
  }
  wrong.push(...(await checkAll(stage, mayEndOtherwise(scenario, strike) ? undefined : scenario.ends)));
  if (wrong.length > 0) wrong.push(...(await traceOf(stage)));
  return {
    wrong,
    crossings: line.crossings,
    hasStruck: line.hasStruck(),
    complaints: rig.complaints.slice(complainedBefore),
  };
}

/** From the first word to the calm after it. */
async function playOut(scenario: Scenario, stage: Stage, line: FaultLine): Promise<void> {
  const { rig } = stage;
  await quiet(rig);
  scenario.prepare?.(stage);
  await scenario.play(stage);
  await scenario.heal?.(stage);
  await untilCalm(rig, line);
  await quiet(rig);
}

async function tooLong(): Promise<never> {
  await pause(CASE_WITHIN_MS, undefined, { ref: false });
  throw new Error("somebody waits for ever");
}

function causeOf(error: Error): string {
  return error.cause === undefined ? "" : ` because of ${String((error.cause as Error).stack ?? error.cause)}`;
}

/** A deadline passes, or the play's own fault of a gateway falls on another call than it was meant for. */
function mayEndOtherwise(scenario: Scenario, strike: Strike | undefined): boolean {
  if (strike?.fault === "past-deadline" || strike?.fault === "past-holds") return true;
  return strike?.at.kind === "gateway" && scenario.prepare !== undefined;
}

/** What happened to the orders, for whoever reads a failing case. */
async function traceOf(stage: Stage): Promise<string[]> {
  const sql = `select 'order' as service, position, type, at from "order".facts where substr(stream, 5) = any ($1)
    union all select 'payment', position, type, at from payment.facts where substr(stream, 5) = any ($1)
    order by at, position`;
  const suffixes = stage.orderIds.map((orderId) => orderId.slice(4));
  const facts = await stage.rig.admin
    .query<{ service: string; type: string; at: string }>(undefined, sql, [suffixes])
    .catch(() => ({ rows: [] }));
  return [
    ...facts.rows.map(({ service, type, at }) => `  ${at} ${service} ${type}`),
    ...stage.client.told.map((one) => `  told: ${one.operation} ${one.refused ?? one.answer?.status ?? ""}`),
  ];
}

/** `food|commit order|3|lost`: names a case, to replay it alone. */
export function nameOf({ scenario, strike }: Pick<Case, "scenario" | "strike">): string {
  return strike ? [scenario.name, labelOf(strike.at), strike.at.occurrence, strike.fault].join("|") : scenario.name;
}
