import assert from "node:assert/strict";
import { after, test } from "node:test";
import { knobScenarios } from "./knobs.ts";
import { onlyVariable, toldOf } from "./report.ts";
import { sweep } from "./sweep.ts";
import { buildTown } from "./town.ts";

const only = process.env[onlyVariable];
const town = await buildTown();
after(() => town.close());

test("a gateway that is slow, dark, lies or answers twice never parts money and order", async (context) => {
  const scenarios = knobScenarios.filter(({ name }) => only === undefined || name === only);
  const report = await sweep({ town, scenarios, choose: () => [] });
  context.diagnostic(`${scenarios.length} knobs of the gateways in ${report.seconds.toFixed(0)} s`);
  for (const failure of report.failures) context.diagnostic(toldOf(failure));
  assert.deepEqual(
    report.failures.map(({ name }) => name),
    [],
  );
});
