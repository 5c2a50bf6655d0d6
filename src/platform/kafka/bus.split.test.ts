import assert from "node:assert/strict";
import { after, test } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import { Admin } from "@platformatic/kafka";
import { openBoundary } from "#platform/facts/boundary.ts";
import { createRecordStore } from "#platform/facts/record-store.ts";
import { createRelayStore } from "#platform/facts/relay-store.ts";
import { rewindRelay } from "#platform/facts/rewind.ts";
import { type Child, startChild } from "#platform/facts/testing/children.ts";
import { quietLog, until } from "#platform/facts/testing/memory-consumer.ts";
import { echo, tally } from "#platform/facts/testing/tally.ts";
import { startApp, type TestApp, type TestAppOptions } from "#platform/testing/app.ts";
import { placeOf, testBrokers } from "#platform/testing/bus.ts";
import { createKafkaBus } from "./bus.ts";
import { clientOptions } from "./client.ts";
import { assertHeard, countUp, ECHO_SQL, sumHeard } from "./testing.ts";
import { openTopics } from "./topics.ts";

const apps: TestApp[] = [];
const children: Child[] = [];
after(async () => {
  for (const child of children) child.kill();
  for (const app of apps.toReversed()) await app.close();
});

const both = (onEvent: Parameters<typeof echo>[0] = () => {}) => [tally, echo(onEvent, ECHO_SQL)];

/** One process of the house; `isOnKafka` false: the memory bus, as `npm start` has it. */
async function start(options: Partial<TestAppOptions> = {}, isOnKafka = true): Promise<TestApp> {
  const app = await startApp({ services: both(), ...(isOnKafka ? { bus: {} } : {}), ...options });
  apps.push(app);
  return app;
}

async function stop(app: TestApp): Promise<void> {
  apps.splice(apps.indexOf(app), 1);
  // The database goes with the app that made it: those that share it are closed first.
  await app.close();
}

async function offsets(app: TestApp): Promise<readonly { position: number; offset: number | null }[]> {
  return app.adminSql(
    `select c.position, c."offset" from echo.cursors c where c.consumer = 'echo' order by c.partition`,
  );
}

test("a service hears another one over Kafka, each key in order and exactly once", async () => {
  const app = await start();
  await countUp(app, 2_000, 20);
  await assertHeard(app, 2_000);
  assert.ok((await offsets(app)).every(({ position, offset }) => position === 0 || (offset ?? 0) > 0));
});

test("services of two processes: one speaks, the other hears, and is heard again after a restart", async () => {
  const speaker = await start({ services: [tally, echo(() => {}, ECHO_SQL)], bus: {} });
  const { database } = speaker;
  const hearer = await start({ services: [echo(() => {}, ECHO_SQL)], database });
  await countUp(speaker, 300, 10);
  await assertHeard(speaker, 300);
  await stop(hearer);
  await countUp(speaker, 300, 10);
  const again = await start({ services: [echo(() => {}, ECHO_SQL)], database });
  await countUp(speaker, 300, 10);
  await assertHeard(speaker, 900);
  await stop(again);
});

test("two processes share the partitions; when one leaves or is killed, the other hears all", async () => {
  const app = await start();
  const { database } = app;
  const sharing = () => app.app.consumers().find(({ name }) => name === "echo");
  const brokers = await testBrokers();
  const leaver = await start({ database });
  const killed = await startChild({ name: "killed", url: database.url, hears: ECHO_SQL, brokers });
  children.push(killed);
  await countUp(app, 400, 16);
  await assertHeard(app, 400);
  await stop(leaver);
  await countUp(app, 400, 16);
  await assertHeard(app, 800);
  killed.kill();
  await countUp(app, 400, 16);
  await assertHeard(app, 1_200, 30_000);
  const hasAll = async () => {
    await sharing()?.measure();
    return sharing()?.lag() === 0;
  };
  await until(hasAll, 20_000, "the share of the killed one");
});

test("a database moves from memory to Kafka and back, and neither skips nor repeats an effect", async () => {
  const first = await start({}, false);
  const { database } = first;
  await countUp(first, 500, 12);
  await assertHeard(first, 500);
  const onKafka = await start({ database });
  await countUp(onKafka, 500, 12);
  await assertHeard(onKafka, 1_000);
  await stop(onKafka);
  const inMemory = await start({ database }, false);
  await countUp(inMemory, 500, 12);
  await assertHeard(inMemory, 1_500);
  await stop(inMemory);
  const again = await start({ database });
  await countUp(again, 500, 12);
  await assertHeard(again, 2_000);
  await stop(again);
});

test("both buses at once, on one database: a rolling change of the configuration", async () => {
  const memory = await start({}, false);
  const kafka = await start({ database: memory.database });
  for (let round = 0; round < 10; round++) {
    await Promise.all([countUp(memory, 50, 12), countUp(kafka, 50, 12)]);
    await pause(30);
  }
  await assertHeard(memory, 1_000);
  await stop(kafka);
});

test("an event that cannot be applied parks its key, the others go on, and a retry drains it in order", async () => {
  let isPoisonous = true;
  const app = await start({
    services: both((key, by) => {
      if (isPoisonous && key === "k-3" && by === 1) throw new Error("poison");
    }),
  });
  await countUp(app, 200, 10);
  await until(async () => (await sumHeard(app)) === 180, 20_000, "all but one key");
  const letters = await app.app.runtimes.get("echo")?.deadLetters.list({ limit: 100 });
  assert.equal(letters?.length, 20);
  assert.ok(letters.every(({ key, event }) => key === "k-3" && event.type === "tally.counted.v1"));
  isPoisonous = false;
  assert.deepEqual(await app.app.runtimes.get("echo")?.retryParked("echo", "tally", "k-3"), { applied: 20, left: 0 });
  await countUp(app, 100, 10);
  await assertHeard(app, 300);
});

test("an offset that is ahead of its cursor makes it read again, from the offset and then from the beginning", async () => {
  const app = await start();
  await countUp(app, 200, 10);
  await assertHeard(app, 200);
  // As after a restore of echo's database: its effects and cursors are gone, the offsets stand where they were.
  const hearers = app.app.consumers();
  await Promise.all(hearers.map((consumer) => consumer.close()));
  await app.adminSql("delete from echo.states");
  await app.adminSql("delete from echo.facts");
  await app.adminSql("update echo.head set position = 0");
  await app.adminSql("delete from echo.totals");
  await app.adminSql("update echo.cursors set position = 0, index = 0, version = 1");
  const again = await start({ services: [echo(() => {}, ECHO_SQL)], database: app.database });
  await countUp(app, 100, 10);
  await assertHeard(app, 300);
  await stop(again);
});

test("a lost topic is made anew and filled by a replay; consumers stand still until then, and skip what they have", async (t) => {
  const app = await start();
  await countUp(app, 300, 10);
  await assertHeard(app, 300);
  const place = placeOf(app.database.url, await testBrokers());
  const topic = `${place.prefix}tally`;
  const admin = new Admin(clientOptions(place, "test"));
  await admin.deleteTopics({ topics: [topic] });
  const topics = openTopics(place);
  t.after(() => Promise.all([topics.close(), admin.close()]));
  await until(async () => (await topics.make(["tally"], { replicas: 0, retentionDays: 1 })).length === 1, 10_000);
  // Consumers that are down while the topic is lost have not heard what was said last.
  await Promise.all(app.app.consumers().map((consumer) => consumer.close()));
  await countUp(app, 50, 10);
  await until(() => (app.app.runtimes.get("tally")?.relay()?.lag() ?? 1) === 0, 20_000, "the relay");
  await admin.deleteTopics({ topics: [topic] });
  await until(async () => (await topics.make(["tally"], { replicas: 0, retentionDays: 1 })).length === 1, 10_000);
  await countUp(app, 50, 10);
  const again = await start({ services: [echo(() => {}, ECHO_SQL)], database: app.database });
  const hearer = () => again.app.consumers().find(({ name }) => name === "echo");
  await until(() => (hearer()?.gaps() ?? 0) > 0, 20_000, "the gap to be seen");
  assert.equal(await sumHeard(app), 300);
  const rows = <Row>(_: string, text: string, values: readonly unknown[]) => app.adminSql<Row>(text, values);
  const store = createRecordStore("tally", { rows }, openBoundary);
  const tooFar = await rewindRelay(tally, store, createRelayStore("tally", { rows }), 500);
  assert.ok("notYet" in tooFar, "what is not published yet cannot be published again");
  await rewindRelay(tally, store, createRelayStore("tally", { rows }), 200);
  await assertHeard(app, 400);
  await until(() => hearer()?.gaps() === 0, 10_000, "the gap to be closed");
  await stop(again);
});

test("of two relays one is frozen at any moment, and nothing is heard twice or out of order", async () => {
  const app = await start();
  const frozen = await startChild({
    name: "frozen",
    url: app.database.url,
    brokers: await testBrokers(),
    writes: { callers: 4, each: 1_000_000, streams: ["k-0", "k-1", "k-2", "k-3"] },
  });
  children.push(frozen);
  let ours = 0;
  for (let moment = 0; moment < 6; moment++) {
    await pause(100 + Math.random() * 300);
    frozen.freeze();
    await countUp(app, 60, 8);
    // Beyond its lease, so that ours takes the place; or shorter, so that it goes on.
    await pause(moment % 2 === 0 ? 1_500 : 300);
    frozen.thaw();
    ours += 60;
  }
  const theirs = await frozen.stop();
  assert.ok(theirs > 20);
  await assertHeard(app, ours + theirs, 30_000);
});

test("a tail hears in every process, from now on, what is said in another one", async () => {
  const speaker = await start();
  await countUp(speaker, 20, 2);
  const wait = (ms: number) => pause(ms, undefined, { ref: false });
  const place = placeOf(speaker.database.url, await testBrokers());
  await speaker.settle();
  const listeners = [0, 1].map(() => createKafkaBus({ place, sessionMs: 6_000, wait, log: quietLog }));
  const feeds = await Promise.all(listeners.map((listener) => listener.listen("tally")));
  await countUp(speaker, 40, 4);
  for (const feed of feeds) {
    await until(() => feed.head() === 40, 10_000, "what was said");
    const { events, upTo } = await feed.read(0, 500);
    assert.equal(upTo, 40);
    const totals = events.filter(({ key }) => key === "k-1").map(({ data }) => (data as { total: number }).total);
    assert.deepEqual(totals, [11, 12, 13, 14, 15, 16, 17, 18, 19, 20]);
  }
  await Promise.all(listeners.map((listener) => listener.close()));
});
