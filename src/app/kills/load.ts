/**
 * The people of the storm, in a process of their own (RELIABILITY.md §5.3 b: a killer in the same process would hold up
 * the very requests that it wants to hit). Reads its job from the first argument; a line on its standard input closes
 * the town: whoever is at something finishes it, and the last line told is how it ended.
 */
import { once } from "node:events";
import { setTimeout as pause } from "node:timers/promises";
import { DEMO_PEOPLE } from "../demo/people.ts";
import { askThrough } from "./ask.ts";
import { comeToTown, type Pages } from "./buyer.ts";
import { writeHistory } from "./history.ts";
import { seeded } from "./seeded.ts";
import { sellWithoutEnd } from "./seller.ts";
import { prepareTown } from "./town.ts";

export interface Job {
  readonly edges: readonly string[];
  readonly pages: Pages;
  readonly buyers: number;
  readonly vases: number;
  readonly seed: number;
  /** Where the history is written. */
  readonly history: string;
}

const SELLERS = [DEMO_PEOPLE.food, DEMO_PEOPLE.kitchen, DEMO_PEOPLE.goods, DEMO_PEOPLE.tea];
/** People keep coming, too, though not many: a password takes a processor for 30 ms. */
const NEWCOMER_EVERY_MS = 3_000;

async function run({ edges, pages, buyers, vases, seed, history }: Job): Promise<void> {
  const writer = writeHistory(history);
  const asking = (client: string) => askThrough(edges, writer, client);
  const town = await prepareTown(asking("town"), vases);
  let isClosing = false;
  void once(process.stdin, "data").then(() => {
    isClosing = true;
  });
  const isOver = () => isClosing;
  const arrive = (at: number) => {
    const name = `buyer${at}`;
    return comeToTown({ ask: asking(name), name, town, pages, chance: seeded(seed * 1_000 + at), isOver });
  };
  const people = await Promise.all(Array.from({ length: buyers }, (_, at) => arrive(at)));
  console.log("open");
  async function keepComing(): Promise<void> {
    for (let at = buyers; !isClosing; at++) {
      await pause(NEWCOMER_EVERY_MS);
      await arrive(at);
    }
  }
  let isEmpty = false;
  const selling = SELLERS.map(({ email }, at) =>
    sellWithoutEnd({ ask: asking(email), email, chance: seeded(seed + at), isClosing: () => isEmpty }),
  );
  await Promise.all([...people.map((buyWithoutEnd) => buyWithoutEnd()), keepComing()]);
  isEmpty = true;
  await Promise.all(selling);
  writer.close();
  console.log("closed");
  process.exit(0);
}

await run(JSON.parse(process.argv[2] ?? "{}") as Job);
