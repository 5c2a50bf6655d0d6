import { setTimeout as pause } from "node:timers/promises";
import type { Pool } from "#platform/db/pool.ts";
import { allServices } from "../services.ts";
import { truthAgrees } from "../sweep/truth.ts";
import { runProgram } from "../testing/program.ts";
import { type Answers, isCommand } from "./answers.ts";
import { compareAnswers } from "./compare.ts";
import type { KillsHouse } from "./house.ts";

const LOOK_MS = 500;
/** What is due later waits for a day, not for the house: parcels that complete by themselves. */
const NEAR = "5 minutes";

export interface CalmRules {
  readonly vases: number;
  /** What still moves after this time is stuck. */
  readonly withinMs: number;
}

/**
 * The storm is over: waits until nothing is under way any more, then looks at everything. @returns what is wrong.
 */
export async function checkCalm(
  house: KillsHouse,
  answers: Answers,
  { vases, withinMs }: CalmRules,
): Promise<string[]> {
  const stuck = await untilCalm(house, withinMs);
  const { reader, split } = house;
  const verified = await runProgram({ args: ["verify"], env: split.env });
  const isVerified = verified.code === 0 && !verified.output.includes("NOT COMPARED");
  return [
    ...stuck,
    ...(isVerified ? [] : broken(verified.output)),
    ...(await truthAgrees(reader, await booksOf(house))),
    ...(await compareAnswers(reader, answers.entries, true)),
    ...neverTold(answers),
    ...(await ordersOfNobody(reader, answers)),
    ...(await endsOfOrders(reader)),
    ...(await vasesAreExact(reader, vases)),
  ];
}

function broken(output: string): string[] {
  return [
    `verify: ${output
      .split("\n")
      .filter((line) => !line.startsWith("✓"))
      .join("\n  ")}`,
  ];
}

async function untilCalm({ reader, split }: KillsHouse, withinMs: number): Promise<string[]> {
  const left = allServices.map(
    ({ name }) => `select '${name} ' || kind || ' ' || key || coalesce(' ' || error, '') as what from "${name}".work
      where due_at < now() + interval '${NEAR}'`,
  );
  const until = performance.now() + withinMs;
  for (let calm = 0; ; ) {
    const work = await reader.query<{ what: string }>(undefined, left.join(" union all "));
    const behind = (await Promise.all(split.parts.map(({ url }) => behindAt(url)))).flat();
    const stuck = [...work.rows.map(({ what }) => `stuck: work ${what}`), ...behind];
    calm = stuck.length === 0 ? calm + 1 : 0;
    if (calm === 2) return [];
    if (performance.now() > until) return stuck;
    await pause(LOOK_MS);
  }
}

const LAG = /^madang_(relay_lag_facts|consumer_lag_facts|consumer_gaps|parked_keys)\{.*\} (?!0$)/;

async function behindAt(url: string): Promise<string[]> {
  const metrics = await (await fetch(`${url}/metrics`)).text();
  return metrics
    .split("\n")
    .filter((line) => LAG.test(line))
    .map((line) => `stuck: ${line}`);
}

async function booksOf({ gateways }: KillsHouse): Promise<Parameters<typeof truthAgrees>[1]> {
  const book = async (url: string) => (await (await fetch(`${url}/fake/truth`)).json()) as never;
  return { toss: await book(gateways.toss), kakaopay: await book(gateways.kakaopay) };
}

/** In the end everybody was told something. */
function neverTold({ wishes }: Answers): string[] {
  return [...wishes.values()].flatMap(({ op, key, word }) => (word ? [] : [`never told: ${op} ${key}`]));
}

/** Every order is somebody's wish, and of one wish there is one order (H8). */
async function ordersOfNobody(reader: Pool, { wishes }: Answers): Promise<string[]> {
  const { rows } = await reader.query<{ id: string; times: number }>(
    undefined,
    `select stream as id, count(*)::int as times from "order".facts where type = 'OrderPlaced' group by stream`,
  );
  return rows.flatMap(({ id, times }) => [
    ...(wishes.has(`placeOrder ${id}`) ? [] : [`nobody has ordered ${id}`]),
    ...(times === 1 ? [] : [`${id} was placed ${times} times`]),
  ]);
}

/** Nothing waits for its money or its stock any more (H38). What a person has yet to do may wait. */
async function endsOfOrders(reader: Pool): Promise<string[]> {
  const { rows } = await reader.query<{ id: string; status: string }>(
    undefined,
    `select o.key as id, part ->> 'status' as status
      from "order".states o cross join json_array_elements(o.data -> 'storeOrders') parts(part)
      where o.key like 'ord\\_%'
        and part ->> 'status' in ('PENDING_PAYMENT', 'PAYMENT_FAILED', 'PAID', 'CANCELLING')`,
  );
  return rows.map(({ id, status }) => `stuck: ${id} is ${status}`);
}

/** Of the thing that there were so many of: what is left and what living orders have is all there ever was (H1). */
async function vasesAreExact(reader: Pool, vases: number): Promise<string[]> {
  const { rows } = await reader.query<{ left: number; reserved: number; sold: number }>(
    undefined,
    `select (s.data ->> 'available')::int as left, (s.data ->> 'reserved')::int as reserved,
      (select coalesce(sum((line ->> 'quantity')::int), 0)::int
        from "order".states o cross join json_array_elements(o.data -> 'storeOrders') parts(part)
        cross join json_array_elements(part -> 'lines') lines(line)
        where o.key like 'ord\\_%' and o.data ->> 'paidAt' is not null and line ->> 'itemId' = s.key
          and part ->> 'status' not in ('CANCELLED', 'REJECTED')) as sold
      from stock.states s where s.data ->> 'name' = '달항아리 화병'`,
  );
  const [{ left, reserved, sold } = { left: 0, reserved: 0, sold: 0 }] = rows;
  if (left + sold === vases && reserved === 0) return [];
  return [`of ${vases} vases ${left} are left, ${reserved} reserved and ${sold} sold`];
}

export interface Doubts {
  /** Commands of which somebody did not know whether they had been done. */
  readonly inDoubt: number;
  /** Of those, the ones that had been: their commit is older than the doubt. */
  readonly committed: number;
}

/** How what was in doubt had really gone (F4). */
export async function countDoubts(reader: Pool, { wishes }: Answers): Promise<Doubts> {
  const doubtful = new Map(
    [...wishes.values()].filter((wish) => wish.doubts.length > 0 && isCommand(wish)).map((wish) => [wish.key, wish]),
  );
  const select = ({ name }: { name: string }) =>
    `select split_part(id, ':', 3) as key, extract(epoch from at)::float8 * 1000 as at from "${name}".commands
      where split_part(id, ':', 3) = any($1)`;
  const sql = allServices.map(select).join(" union all ");
  const { rows } = await reader.query<{ key: string; at: number }>(undefined, sql, [[...doubtful.keys()]]);
  const done = rows.filter(({ key, at }) => at <= (doubtful.get(key)?.doubts[0] ?? 0));
  return { inDoubt: doubtful.size, committed: done.length };
}
