import { copyFileSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { gatherAnswers, isCommand } from "./answers.ts";
import { checkCalm, countDoubts } from "./calm.ts";
import type { Ground } from "./ground.ts";
import { readHistory } from "./history.ts";
import { type KillsHouse, openHouse } from "./house.ts";
import { type Kind, victimsOf } from "./kill.ts";
import { type Bug, bugs } from "./planted/bugs.ts";
import { watchSafety } from "./safety.ts";
import { scheduleOf } from "./schedule.ts";
import { storm } from "./storm.ts";

export interface RunOptions {
  readonly seed: number;
  readonly kills: number;
  readonly buyers: number;
  /** The name of a planted bug. */
  readonly plant?: string;
  readonly say: (line: string) => void;
  /** Folder in which the history and what each process has printed are kept. */
  readonly keep?: string;
}

/** What one storm and its calm have shown. */
export interface Figures {
  readonly plant?: string;
  readonly seed: number;
  readonly seconds: number;
  readonly kills: Readonly<Record<Kind, number>>;
  /** Commands that were asked for, and how they ended for whoever asked. */
  readonly operations: number;
  readonly acknowledged: number;
  readonly refused: number;
  /** Nobody was told at first; of these, so many had been done. */
  readonly inDoubt: number;
  readonly inDoubtCommitted: number;
  /** Looks at the database in the storm, and those that met no database. */
  readonly looks: number;
  readonly looksMissed: number;
  readonly wrong: readonly string[];
}

/** Of the limited item there are so many for each kill: some storms sell it out, and cancelling brings it back. */
const VASES_PER_KILL = 3;
/** Every deadline of the house and every lease (20 s), with room for a busy machine; a bug need not be waited for. */
const CALM_MS = { clean: 90_000, planted: 25_000 };
/** Before the first harm: so that there is something to lose. */
const SETTLE_MS = 2_000;

/** A house, a storm, a calm, and everything compared. With a bug planted it ends as soon as something is found. */
export async function runKills(ground: Ground, options: RunOptions): Promise<Figures> {
  const { seed, buyers, plant, say } = options;
  const bug = plant === undefined ? undefined : bugs[plant];
  const began = performance.now();
  const vases = VASES_PER_KILL * options.kills;
  // A bug is found in a small house, too, and one starts sooner.
  const size = { buyers, vases, processes: bug ? 1 : 2 };
  const house = await openHouse(ground, { name: nameOf(plant), seed, ...size, ...(bug && planted(plant, bug)) });
  const history = readHistory(house.history);
  const answers = gatherAnswers();
  const safety = watchSafety(house.reader, history, answers);
  try {
    const ended: string[] = [];
    const all = victimsOf(ground, house.split, (what) => ended.push(what));
    const victims = all.filter(({ kind, name }) => kind !== "service" || name.includes(bug?.whose ?? ""));
    const harms = scheduleOf(seed, bug?.killsMax ?? options.kills, bug?.kinds);
    const isOver = () => safety.wrong.length > 0 || ended.length > 0;
    await pause(SETTLE_MS);
    const kills = await storm({ victims, harms, say, isOver });
    const calm = async () => {
      say("calm: the people finish what they are at");
      const isWell = await house.closeTown();
      await safety.stop();
      const contradictions = answers.take(history.more());
      const found = await checkCalm(house, answers, { vases, withinMs: bug ? CALM_MS.planted : CALM_MS.clean });
      return [...contradictions, ...(isWell ? [] : ["not everybody was answered"]), ...found];
    };
    const wrong = [...ended, ...safety.wrong, ...(isOver() ? [] : await calm())];
    await safety.stop();
    const { inDoubt, committed } = await countDoubts(house.reader, answers);
    const wishes = [...answers.wishes.values()].filter(isCommand);
    const told = (type: string) => wishes.filter(({ word }) => word?.type === type).length;
    return {
      ...(plant === undefined ? {} : { plant }),
      seed,
      seconds: Math.round((performance.now() - began) / 1_000),
      kills,
      operations: wishes.length,
      ...{ acknowledged: told("ok"), refused: told("fail"), inDoubt, inDoubtCommitted: committed },
      ...{ looks: safety.looks.done, looksMissed: safety.looks.missed, wrong },
    };
  } finally {
    await safety.stop();
    history.close();
    if (options.keep !== undefined) keepWhatWasSaid(join(options.keep, nameOf(plant)), house);
    await house.stop();
  }
}

function keepWhatWasSaid(folder: string, { history, split }: KillsHouse): void {
  mkdirSync(folder, { recursive: true });
  copyFileSync(history, join(folder, "history.jsonl"));
  for (const part of [...split.parts, ...split.edges]) {
    writeFileSync(join(folder, `${part.name}-${new URL(part.url).port}.log`), part.output());
  }
}

function nameOf(plant: string | undefined): string {
  return `kills_${(plant ?? "none").replaceAll("-", "_")}`;
}

function planted(plant: string | undefined, { alter }: Bug) {
  if (alter !== undefined) return { alter };
  const preload = new URL("./planted/preload.ts", import.meta.url);
  return { env: { NODE_OPTIONS: `--import=${preload.href}?bug=${plant}` } };
}
