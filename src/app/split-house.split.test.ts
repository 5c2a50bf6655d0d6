import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { after, before, test } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import { stopTestBrokers } from "#platform/testing/bus.ts";
import { runProgram } from "./testing/program.ts";
import { type SplitHouse, startSplit } from "./testing/split.ts";
import { commandTopics } from "./testing/topics.ts";
import { visit } from "./testing/visitors.ts";

// The house as docs/how-to/split.md has it: an edge, four kinds of processes, one PostgreSQL, and a real Kafka.
let house: SplitHouse;

before(async () => {
  const kafka = await commandTopics(`test-${randomBytes(6).toString("hex")}.`);
  house = await startSplit({
    groups: [
      { services: ["identity"], processes: 1 },
      { services: ["store", "catalog", "stock", "cart"], processes: 1 },
      { services: ["order", "payment", "wallet"], processes: 1 },
      { services: ["chat"], processes: 1 },
    ],
    env: { ...kafka, LOG_LEVEL: "info" },
  });
});
after(async () => {
  await house?.stop();
  await stopTestBrokers();
});

test("an order goes through processes that know each other by calls and events alone", async () => {
  const { code, output } = await runProgram({ args: ["order"], env: house.env });
  assert.equal(code, 0, output);
  assert.match(output, /COMPLETED/);
  const [trace = ""] = output.match(/[0-9a-f]{32}/) ?? [];
  const all = [...house.edges, ...house.of("identity"), ...house.of("stock"), ...house.of("order")];
  const isIn = () => all.map((part) => part.output().includes(trace));
  // Log lines are written some at a time.
  for (let tries = 0; isIn().includes(false) && tries < 100; tries++) await pause(50);
  assert.deepEqual(isIn(), [true, true, true, true], trace);
});

test("a process that is killed under load is missed by those who need it, and everything is right when it is back", async () => {
  const visitors = await visit([house.edges[0]?.url ?? ""], ["look", "list", "order", "order"]);
  await pause(1_000);
  visitors.take();
  for (const service of ["stock", "order"]) {
    for (const part of house.of(service)) {
      await part.kill();
      await pause(300);
      await part.start();
    }
  }
  const seen = visitors.take();
  const odd = seen.filter(({ status }) => ![200, 201, 409, 503, 504].includes(status));
  assert.deepEqual(odd.slice(0, 3), [], `${odd.length} of ${seen.length}`);
  await pause(2_000);
  visitors.take();
  await pause(1_000);
  await visitors.stop();
  const healed = visitors.take();
  assert.deepEqual(healed.filter(({ status }) => status !== 200 && status !== 201).slice(0, 3), []);
  assert.ok(healed.some(({ act }) => act === "order"));
  const { code, output } = await runProgram({ args: ["verify"], env: house.env });
  assert.equal(code, 0, output);
});
