import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import { runProgram } from "./testing/program.ts";
import { everythingBut, type SplitHouse, startSplit } from "./testing/split.ts";
import { visit } from "./testing/visitors.ts";

// Two real processes of everything, replaced one after another while people look, order and log in (U3, R4).
let house: SplitHouse;

before(async () => {
  house = await startSplit({
    groups: [
      { services: ["identity"], processes: 2 },
      { ...everythingBut("identity"), processes: 2 },
    ],
    edges: 2,
  });
});
after(() => house.stop());

test("every process is replaced under load, and no request fails", async () => {
  const visitors = await visit(
    house.edges.map(({ url }) => url),
    ["look", "list", "order", "order", "log-in"],
  );
  await pause(500);
  const kinds = [house.of("identity"), house.of("order"), house.edges];
  // First one of each kind, then the other: at any time one of two is there.
  for (const at of [0, 1]) {
    const ended = await Promise.all(kinds.map((parts) => parts[at]?.replace()));
    for (const one of ended) assert.deepEqual([one?.code, (one?.tookMs ?? 0) < 8_000], [0, true], `${one?.tookMs} ms`);
  }
  await pause(500);
  await visitors.stop();
  const seen = visitors.take();
  const failed = seen.filter(({ status }) => status !== 200 && status !== 201);
  assert.deepEqual(failed.slice(0, 5), [], `${failed.length} of ${seen.length} failed`);
  for (const act of ["look", "list", "order", "log-in"]) {
    assert.ok(seen.filter((one) => one.act === act).length > 10, `${act} was hardly done`);
  }
});

test("afterwards every invariant holds", async () => {
  const { code, output } = await runProgram({ args: ["verify"], env: house.env });
  assert.equal(code, 0, output);
});
