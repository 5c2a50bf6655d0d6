import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { runProgram } from "./testing/program.ts";
import { replaceUnderLoad } from "./testing/replace.ts";
import { everythingBut, type SplitHouse, startSplit } from "./testing/split.ts";

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
  const kinds = [house.of("identity"), house.of("order"), house.edges];
  // First one of each kind, then the other: at any time one of two is there.
  await replaceUnderLoad(
    house,
    [0, 1].map((at) => kinds.flatMap((parts) => parts[at] ?? [])),
  );
});

test("afterwards every invariant holds", async () => {
  const { code, output } = await runProgram({ args: ["verify"], env: house.env });
  assert.equal(code, 0, output);
});
