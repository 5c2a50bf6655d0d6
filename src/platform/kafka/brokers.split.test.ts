import assert from "node:assert/strict";
import { after, test } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import { echo, tally } from "#platform/facts/testing/tally.ts";
import { startApp, type TestApp } from "#platform/testing/app.ts";
import { placeOf } from "#platform/testing/bus.ts";
import { startTestKafka, type TestKafka } from "#platform/testing/kafka/cluster.ts";
import { assertHeard, countUp, ECHO_SQL } from "./testing.ts";
import { openTopics } from "./topics.ts";

let kafka: TestKafka;
let app: TestApp;
after(async () => {
  await app?.close();
  await kafka?.stop();
});

test("a broker of three is killed under load: nothing lost or doubled, each key in order", async (t) => {
  kafka = await startTestKafka(3);
  const { brokers } = kafka;
  app = await startApp({ services: [tally, echo(() => {}, ECHO_SQL)], bus: { brokers, leaseMs: 2_000 } });
  await countUp(app, 200, 16);
  await assertHeard(app, 200);
  let said = 200;
  let isLoading = true;
  const load = (async () => {
    while (isLoading) {
      await countUp(app, 40, 16);
      said += 40;
      await pause(20);
    }
  })();
  await pause(1_000);
  await kafka.kill(2);
  const killedAt = performance.now();
  await pause(6_000);
  isLoading = false;
  await load;
  await assertHeard(app, said, 60_000);
  t.diagnostic(`${said} commands, all heard ${Math.round((performance.now() - killedAt) / 1000)} s after the kill`);
  await kafka.revive(2);
  await countUp(app, 200, 16);
  await assertHeard(app, said + 200, 60_000);
});

test("topics have the stated copies on three brokers, and what differs is said", async () => {
  const topics = openTopics(placeOf(app.database.url, kafka.brokers));
  try {
    const asMade = await topics.check(["tally"], { replicas: 3, retentionDays: 1 });
    assert.deepEqual(
      asMade.map(({ exists, differs }) => ({ exists, differs })),
      [{ exists: true, differs: [] }],
    );
    const [other, missing] = await topics.check(["tally", "nobody"], { replicas: 2, retentionDays: 30 });
    assert.deepEqual(other?.differs, [
      "replicas: 3, not 2",
      "retention.ms: 86400000, not 2592000000",
      "min.insync.replicas: 2, not 1",
    ]);
    assert.equal(missing?.exists, false);
  } finally {
    await topics.close();
  }
});
