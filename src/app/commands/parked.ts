import { setTimeout as pause } from "node:timers/promises";
import type { Pool } from "#platform/db/pool.ts";
import { createDeadLetters, type DeadLetter, type DeadLetters, type Parked } from "#platform/facts/dead-letters.ts";
import type { AnyService } from "#platform/service.ts";
import { servicePool } from "../database.ts";
import { attachDatabase } from "../open-database.ts";
import { readForRun } from "../run-config.ts";

const SHOWN_MAX = 1_000;
const TAKEN_UP_WITHIN_MS = 5_000;
const LOOK_EVERY_MS = 100;

interface Pile {
  readonly service: AnyService;
  readonly letters: DeadLetters;
}

/**
 * `parked` shows what could not be applied and was set aside, with what waits behind it. `parked retry order payment
 * pay_…` (or fewer words, for more keys) wishes it to be tried again; the running house does it, under its own
 * settings, and this tells what came of it. 0 only if nothing of what was asked for is left.
 */
export async function parked(args: readonly string[], env: NodeJS.ProcessEnv): Promise<number> {
  const words = args.filter((arg) => !arg.startsWith("--"));
  const [verb = "list", consumer, source, key, ...more] = words;
  if (!["list", "retry"].includes(verb) || (verb === "list") !== (consumer === undefined) || more.length > 0) {
    console.error("npm run -s parked\nnpm run -s parked retry <consumer> [<source> [<key>]]");
    return 2;
  }
  const flags = args.filter((arg) => arg.startsWith("--"));
  const config = readForRun(flags, env);
  const database = await attachDatabase(config);
  const pools: Pool[] = [];
  const piles = config.services.map((service) => {
    const pool = servicePool(database.urlOf(service.name), service, 1);
    pools.push(pool);
    const rows = async <Row>(name: string, text: string, values: readonly unknown[]) =>
      (await pool.query<Row>(name, text, values)).rows;
    return { service, letters: createDeadLetters(service.name, { rows }, () => undefined) };
  });
  try {
    return verb === "list" ? await show(piles) : await retry(piles, { consumer, source, key });
  } finally {
    await Promise.all(pools.map((pool) => pool.close()));
    await database.stop();
  }
}

async function show(piles: readonly Pile[]): Promise<number> {
  const all = (await Promise.all(piles.map(({ letters }) => letters.list({ limit: SHOWN_MAX })))).flat();
  if (all.length === 0) console.log("치워 둔 사건이 없습니다 · nothing is parked");
  for (const [first, ...behind] of byKey(all)) {
    if (!first) continue;
    const { consumer, source, key, position, attempts, at, error, event } = first;
    console.log(`${consumer} ${source} ${key}`);
    console.log(
      `    ${event.type} (${source} ${position}), ${at}, 시도 · tries ${attempts}, 뒤에 · behind it ${behind.length}`,
    );
    console.log(`    ${error}`);
  }
  if (all.length > 0) console.log("\n다시 해 보기 · try again: npm run -s parked retry <consumer> [<source> [<key>]]");
  return 0;
}

function byKey(letters: readonly DeadLetter[]): readonly (readonly DeadLetter[])[] {
  return [...Map.groupBy(letters, ({ consumer, source, key }) => JSON.stringify([consumer, source, key])).values()];
}

async function retry(piles: readonly Pile[], asked: Parked): Promise<number> {
  const pile = piles.find(({ service }) => service.name === asked.consumer?.split("/")[0]);
  const keys = (await pile?.letters.wish(asked)) ?? [];
  if (!pile || keys.length === 0) {
    console.error("그런 것은 치워 두지 않았습니다. / nothing of the kind is parked.");
    return 1;
  }
  const isTakenUp = await takenUp(pile.letters, asked);
  const left = await Promise.all(keys.map((key) => pile.letters.list({ ...key, limit: SHOWN_MAX })));
  for (const [at, { consumer, source, key }] of keys.entries()) {
    const [first] = left[at] ?? [];
    const told = first
      ? `✗ 남은 것 · left ${left[at]?.length}: ${first.error}`
      : "✓ 모두 적용했습니다 · all of it is applied";
    console.log(`${consumer} ${source} ${key}  ${told}`);
  }
  if (!isTakenUp) {
    console.log("아직 아무도 맡지 않았습니다. 서버가 돌면 합니다. / nobody has taken it up yet: a running house will.");
  }
  return left.every((letters) => letters.length === 0) ? 0 : 1;
}

/** Waits until what was wished has been tried. False: no process has, so far. */
async function takenUp(letters: DeadLetters, asked: Parked): Promise<boolean> {
  for (let waitedMs = 0; waitedMs < TAKEN_UP_WITHIN_MS; waitedMs += LOOK_EVERY_MS) {
    if ((await letters.wished(asked)).length === 0) return true;
    await pause(LOOK_EVERY_MS);
  }
  return false;
}
