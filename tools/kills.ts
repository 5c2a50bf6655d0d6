import { parseArgs } from "node:util";
import { startGround } from "#app/kills/ground.ts";
import { bugs } from "#app/kills/planted/bugs.ts";
import { tellFigures } from "#app/kills/report.ts";
import { type Figures, runKills } from "#app/kills/run.ts";

// npm run -s kills -- [--seed=1] [--kills=40] [--long] [--plant=all|none|NAME] [--keep=FOLDER]
// Kills every process of a split house, its servers among them, under load, and compares what people were told with
// what is there (src/app/kills). Then plants bugs that it must find. Needs redis-server, Java 17 and Maven.

const SHORT = { kills: 40, brokers: 1, buyers: 12 } as const;
const LONG = { kills: 300, brokers: 3, buyers: 12 } as const;

const { values } = parseArgs({
  options: {
    seed: { type: "string", default: "1" },
    kills: { type: "string" },
    long: { type: "boolean", default: false },
    plant: { type: "string", default: "all" },
    keep: { type: "string" },
  },
});

async function main(): Promise<boolean> {
  const form = values.long ? LONG : SHORT;
  const seed = Number(values.seed);
  const kills = Number(values.kills ?? form.kills);
  const names = values.plant === "all" ? Object.keys(bugs) : values.plant === "none" ? [] : [values.plant];
  if (!Number.isInteger(seed) || !Number.isInteger(kills) || names.some((name) => !Object.hasOwn(bugs, name))) {
    console.error(`--seed and --kills are whole numbers, --plant is all, none or ${Object.keys(bugs).join(", ")}`);
    return false;
  }
  const began = performance.now();
  const say = (line: string) =>
    console.log(`${((performance.now() - began) / 1_000).toFixed(1).padStart(6)} s  ${line}`);
  say(`seed ${seed}, ${kills} kills, ${form.brokers} broker(s), ${form.buyers} buyers`);
  const ground = await startGround(form.brokers);
  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    process.once(signal, () => void ground.stop().finally(() => process.exit(1)));
  }
  const common = { seed, kills, buyers: form.buyers, say, ...(values.keep && { keep: values.keep }) };
  const all: Figures[] = [];
  try {
    say("the servers run");
    for (const plant of [undefined, ...names]) {
      if (plant === undefined && values.plant !== "all" && values.plant !== "none") continue;
      say(plant === undefined ? "the house as it is" : `planted: ${bugs[plant]?.says ?? plant}`);
      const figures = await runKills(ground, { ...common, ...(plant && { plant }) });
      for (const wrong of figures.wrong.slice(0, 5)) say(`${plant ? "found" : "WRONG"}: ${wrong.slice(0, 600)}`);
      all.push(figures);
    }
  } finally {
    await ground.stop();
  }
  return tellFigures(all);
}

process.exitCode = (await main()) ? 0 : 1;
