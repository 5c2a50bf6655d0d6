import type { AnyService } from "#platform/service.ts";
import { faultsOf, labelOf, type Place as Point } from "#platform/testing/faults.ts";
import type { Strike } from "./hand.ts";
import { type Case, nameOf, runCase, type Verdict } from "./run-case.ts";
import type { Scenario } from "./scenarios.ts";
import type { Place } from "./town.ts";

/** Worlds at once: two processors, and databases that answer while others think. */
const LANES = 4;
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
  readonly place: Place;
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
  const { place, services, failuresMax = 20, choose = (cases) => cases } = options;
  const began = performance.now();
  const failures: Failure[] = [];
  const seen = new Set<string>();
  const broken = new Set<string>();
  let struck = 0;

  function note(one: Case, verdict: Verdict): void {
    for (const crossing of verdict.crossings) seen.add(labelOf(crossing));
    if (verdict.wrong.length > 0)
      failures.push({ name: nameOf(one), wrong: verdict.wrong, complaints: verdict.complaints });
    if (!verdict.hasStruck || !one.strike) return;
    struck += 1;
    broken.add(labelOf(one.strike.at));
  }

  const clean = new Map<Scenario, readonly Point[]>();
  await inLanes(options.scenarios, async (scenario) => {
    const one = { scenario, services };
    const verdict = await runCase(place, one);
    clean.set(scenario, verdict.crossings);
    note(one, verdict);
  });
  const all = enumerate(options.scenarios, clean);
  const cases = choose(all.map((one) => ({ ...one, services })));
  await inLanes(cases, async (one) => {
    if (failures.length >= failuresMax) return;
    let verdict = await runCase(place, one);
    for (let tries = 1; tries < TRIES && !verdict.hasStruck && verdict.wrong.length === 0; tries++) {
      verdict = await runCase(place, one);
    }
    note(one, verdict);
  });
  return {
    points: new Set(all.map(({ scenario, strike }) => `${scenario.name}|${strike && pointOf(strike.at)}`)).size,
    cases: cases.length,
    struck,
    failures,
    uncovered: [...seen].filter((label) => !broken.has(label)).sort(),
    seconds: (performance.now() - began) / 1000,
  };
}

/** The points of the main plays one by one; of the others the boundaries that no main play crosses, and the gateways. */
function enumerate(
  scenarios: readonly Scenario[],
  clean: ReadonlyMap<Scenario, readonly Point[]>,
): { readonly scenario: Scenario; readonly strike: Strike }[] {
  const pointsOf = (scenario: Scenario) => (clean.get(scenario) ?? []).filter(isCounted);
  const mainLabels = new Set(scenarios.filter((one) => one.isMain).flatMap((one) => pointsOf(one).map(labelOf)));
  return scenarios.flatMap((scenario) =>
    pointsOf(scenario)
      .filter((point) => scenario.isMain || point.kind === "gateway" || !mainLabels.has(labelOf(point)))
      .flatMap((at) => faultsOf[at.kind].map((fault) => ({ scenario, strike: { at, fault } }))),
  );
}

/** A job that runs by the clock crosses its boundary as often as there is time: once is enough. */
function isCounted({ kind, name, occurrence }: Point): boolean {
  return !(kind === "work" && name.includes("-expired-")) || occurrence === 1;
}

function pointOf(at: Point): string {
  return `${labelOf(at)}|${at.occurrence}`;
}

/** Runs all items, a few at a time. */
export async function inLanes<Item>(items: readonly Item[], run: (item: Item) => Promise<void>): Promise<void> {
  let next = 0;
  async function lane(): Promise<void> {
    for (let at = next++; at < items.length; at = next++) await run(items[at] as Item);
  }
  await Promise.all(Array.from({ length: LANES }, lane));
}
