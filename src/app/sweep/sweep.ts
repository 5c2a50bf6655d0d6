import { allServices } from "#app/services.ts";
import type { AnyService } from "#platform/service.ts";
import { faultsOf, labelOf, type Place as Point } from "#platform/testing/faults.ts";
import type { Strike } from "./hand.ts";
import { inLanes } from "./lanes.ts";
import { type Case, nameOf, runCase, type Verdict } from "./run-case.ts";
import type { Scenario } from "./scenarios.ts";
import type { Town } from "./town.ts";

/** A crossing that depends on timing may not come again at the same number; then it is tried once more. */
const TRIES = 2;

export interface Failure {
  readonly name: string;
  readonly wrong: readonly string[];
  readonly complaints: readonly string[];
}

export interface Report {
  readonly points: number;
  readonly cases: number;
  /** Cases whose fault found its place. */
  readonly struck: number;
  readonly failures: readonly Failure[];
  /** Boundaries that were seen in some run and never broken. */
  readonly uncovered: readonly string[];
  readonly seconds: number;
}

export interface SweepOptions {
  readonly town: Town;
  readonly scenarios: readonly Scenario[];
  /** The whole house, or one in which a bug was planted. */
  readonly services?: readonly AnyService[];
  /** Which of the enumerated cases are run; all of them unless told. */
  readonly choose?: (cases: readonly Case[]) => readonly Case[];
  /** After so many failing cases nothing new is learnt. */
  readonly failuresMax?: number;
}

/** Runs each play untouched to see its boundaries, then once more for each boundary and each fault that fits there. */
export async function sweep(options: SweepOptions): Promise<Report> {
  const { town, services = allServices, failuresMax = 20, choose = (cases) => cases } = options;
  const began = performance.now();
  const failures: Failure[] = [];
  const seen = new Set<string>();
  const broken = new Set<string>();
  let struck = 0;

  function note(one: Case, verdict: Verdict): boolean {
    for (const crossing of verdict.crossings) seen.add(labelOf(crossing));
    const isHealthy = verdict.wrong.length === 0;
    if (!isHealthy) failures.push({ name: nameOf(one), wrong: verdict.wrong, complaints: verdict.complaints });
    if (verdict.hasStruck && one.strike) {
      struck += 1;
      broken.add(labelOf(one.strike.at));
    }
    return isHealthy;
  }

  const clean = new Map<Scenario, readonly Point[]>();
  await inLanes({ town, services }, options.scenarios, async (scenario, world) => {
    const verdict = await runCase(world, town, { scenario });
    clean.set(scenario, verdict.crossings);
    return note({ scenario }, verdict);
  });
  const all = enumerate(options.scenarios, clean);
  const cases = choose(all);
  await inLanes({ town, services }, cases, async (one, world) => {
    if (failures.length >= failuresMax) return true;
    let verdict = await runCase(world, town, one);
    for (let tries = 1; tries < TRIES && !verdict.hasStruck && verdict.wrong.length === 0; tries++) {
      verdict = await runCase(world, town, one);
    }
    return note(one, verdict);
  });
  return {
    points: new Set(all.map(({ scenario, strike }) => `${scenario.name}|${labelOf(strike.at)}|${strike.at.occurrence}`))
      .size,
    cases: cases.length,
    struck,
    failures,
    uncovered: [...seen].filter((label) => !broken.has(label)).sort(),
    seconds: (performance.now() - began) / 1000,
  };
}

/** The points of the main plays one by one; of the others what no main play crosses, and the gateways. */
function enumerate(
  scenarios: readonly Scenario[],
  clean: ReadonlyMap<Scenario, readonly Point[]>,
): { readonly scenario: Scenario; readonly strike: Strike }[] {
  const pointsOf = (scenario: Scenario) => (clean.get(scenario) ?? []).filter(isCounted);
  const mainLabels = new Set(scenarios.filter((one) => one.isMain).flatMap((one) => pointsOf(one).map(labelOf)));
  return scenarios.flatMap((scenario) =>
    pointsOf(scenario)
      .filter((point) => scenario.isMain || isNew(point, mainLabels))
      .flatMap((at) => faultsOf[at.kind].map((fault) => ({ scenario, strike: { at, fault } }))),
  );
}

/** In a side play: what only it crosses, and its gateway calls; of what repeats until it is answered the first few. */
function isNew(point: Point, mainLabels: ReadonlySet<string>): boolean {
  return (point.kind === "gateway" || !mainLabels.has(labelOf(point))) && point.occurrence <= 3;
}

/** A job that runs by the clock crosses its boundary as often as there is time: once is enough. */
function isCounted({ kind, name, occurrence }: Point): boolean {
  return !(kind === "work" && JOBS.has(name)) || occurrence === 1;
}

const JOBS = new Set(allServices.flatMap(({ name, jobs = [] }) => jobs.map((job) => `${name}:${job.name}`)));
