import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import { stopTestBrokers } from "#platform/testing/bus.ts";
import { runProgram } from "./testing/program.ts";
import { type Part, type SplitHouse, startSplit } from "./testing/split.ts";
import { commandTopics } from "./testing/topics.ts";

// Real processes that hear each other over Kafka only: no two services that hear each other run together.
let house: SplitHouse;
let kafka: Readonly<Record<string, string>>;

before(async () => {
  kafka = { ...(await commandTopics(`split-${process.pid}.`)), KAFKA_SESSION_MS: "6000" };
  const group = (...services: string[]) => ({ services, processes: 1 });
  house = await startSplit({
    groups: [
      group("identity"),
      group("store", "catalog", "cart"),
      group("stock", "payment", "chat"),
      { services: ["order"], processes: 2 },
      group("wallet"),
    ],
    env: { ...kafka, LOG_LEVEL: "info" },
  });
});
after(async () => {
  await house?.stop();
  await stopTestBrokers();
});

async function metric(part: Part, name: string): Promise<number> {
  const text = await (await fetch(`${part.url}/metrics`)).text();
  return Number(new RegExp(`^${name}\\{[^}]*service="order"[^}]*\\} (\\d+)`, "m").exec(text)?.[1] ?? Number.NaN);
}

test("an order travels through six processes, and every invariant holds", async () => {
  const { code, output } = await runProgram({ args: ["order"], env: house.env });
  assert.equal(code, 0, output);
  assert.match(output, /COMPLETED/);
  const verified = await runProgram({ args: ["verify"], env: house.env });
  assert.equal(verified.code, 0, verified.output);
});

test("of two processes of order one publishes; when it is killed the other does, and orders go on", async () => {
  const leads = (part: Part) => metric(part, "madang_relay_leads");
  const both = house.of("order");
  const [first, second] = (await leads(both[0] as Part)) === 1 ? both : both.toReversed();
  assert.ok(first && second);
  assert.deepEqual([await leads(first), await leads(second)], [1, 0]);
  await first.kill();
  for (let tries = 0; (await leads(second)) !== 1; tries++) {
    assert.ok(tries < 100, "nobody publishes");
    await pause(100);
  }
  const { code, output } = await runProgram({ args: ["order"], env: house.env });
  assert.equal(code, 0, output);
  await first.start();
});

/** Every figure of this name in a process, by its labels. */
async function figures(part: Part, name: string): Promise<Record<string, number>> {
  const text = await (await fetch(`${part.url}/metrics`)).text();
  const found = text.matchAll(new RegExp(`^${name}\\{([^}]*)\\} (\\S+)`, "gm"));
  return Object.fromEntries([...found].map(([, labels = "", value]) => [labels, Number(value)]));
}

test("each process shows how far it is behind: nothing when all is quiet, and no gap", async () => {
  const parts = ["identity", "store", "stock", "order", "wallet"].flatMap((service) => house.of(service));
  const names = ["madang_relay_lag_facts", "madang_consumer_lag_facts", "madang_consumer_gaps"];
  const all = async () => {
    const each = await Promise.all(parts.flatMap((part) => names.map((name) => figures(part, name))));
    return Object.assign(
      {},
      ...each.map((one, at) => ({ [`${parts[Math.floor(at / 3)]?.url} ${names[at % 3]}`]: one })),
    );
  };
  const isQuiet = (found: Record<string, Record<string, number>>) =>
    Object.values(found).every((one) => Object.values(one).every((figure) => figure === 0));
  let found = await all();
  for (let tries = 0; !isQuiet(found) && tries < 100; tries++) {
    await pause(100);
    found = await all();
  }
  assert.ok(isQuiet(found), JSON.stringify(found));
  const ofWallet = Object.keys(await figures(house.of("wallet")[0] as Part, "madang_consumer_lag_facts"));
  for (const source of ["order", "payment"]) {
    assert.ok(
      ofWallet.some((labels) => labels.includes(`consumer="wallet",source="${source}"`)),
      `${ofWallet}`,
    );
  }
});

test("the command for topics says what it finds, and how that differs from what is wished", async () => {
  const run = (wished: Record<string, string>) => runProgram({ args: ["topics"], env: { ...house.env, ...wished } });
  const asMade = await run({});
  assert.equal(asMade.code, 0, asMade.output);
  assert.match(asMade.output, new RegExp(`✓ ${kafka.KAFKA_PREFIX}order +있습니다 · there, 8 partitions, 7 days`));
  const longer = await run({ KAFKA_RETENTION_DAYS: "30" });
  assert.equal(longer.code, 1);
  assert.match(longer.output, /✗ \S+order .*\n +retention\.ms: 604800000, not 2592000000/);
});

test("a replay publishes the whole log again, and changes nothing", async () => {
  const again = await runProgram({ args: ["replay", "--service", "order", "--from", "1"], env: house.env });
  assert.equal(again.code, 0, again.output);
  assert.match(again.output, /published again/);
  const verified = await runProgram({ args: ["verify"], env: house.env });
  assert.equal(verified.code, 0, verified.output);
});

test("without Kafka, or without its topics, a start says what is missing", async () => {
  const env = { ...house.env, SERVICE_URL_IDENTITY: house.of("identity")[0]?.url ?? "" };
  const args = ["serve", "--services=wallet", "--port=0"];
  const deaf = await runProgram({ args, env: { ...env, KAFKA_BROKERS: "" } });
  assert.equal(deaf.code, 1);
  assert.match(deaf.output, /heard from here but does not run here: KAFKA_BROKERS is needed/);
  const noTopics = await runProgram({ args, env: { ...env, KAFKA_PREFIX: "nowhere." } });
  assert.match(noTopics.output, /nowhere\.wallet \(missing\).*npm run topics/s);
  const nobody = await runProgram({ args: ["topics"], env: { ...env, KAFKA_BROKERS: "127.0.0.1:1" } });
  assert.equal(nobody.code, 1);
  assert.match(nobody.output, /Kafka cannot be reached/);
});
