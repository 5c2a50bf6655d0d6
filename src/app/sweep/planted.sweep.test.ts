import assert from "node:assert/strict";
import { after, describe, test } from "node:test";
import { allServices } from "#app/services.ts";
import { checkoutBugs } from "./planted/checkout.ts";
import { moneyBugs } from "./planted/money.ts";
import { shelfBugs } from "./planted/shelf.ts";
import { nameOf } from "./run-case.ts";
import { scenarios } from "./scenarios.ts";
import { sweep } from "./sweep.ts";
import { buildTown } from "./town.ts";

const town = await buildTown();
after(() => town.close());

describe("the sweep finds each of these bugs when it is planted", () => {
  for (const bug of [...checkoutBugs, ...shelfBugs, ...moneyBugs]) {
    test(bug.name, async (context) => {
      const report = await sweep({
        town,
        services: bug.plant(allServices),
        scenarios: scenarios.filter(({ name }) => bug.scenarios.includes(name)),
        choose: (cases) => cases.filter((one) => bug.where !== "" && nameOf(one).includes(bug.where)),
        failuresMax: 1,
      });
      const [failure] = report.failures;
      assert.ok(failure, `not found in ${report.struck} cases`);
      context.diagnostic(`${failure.name}: ${failure.wrong[0]?.slice(0, 200)}`);
      assert.match(failure.wrong.join("\n"), bug.found);
      // One that breaks the untouched play needs no sweep: it is to be found where it was said to be.
      if (bug.where !== "") assert.ok(failure.name.includes(bug.where), `found by ${failure.name}`);
    });
  }
});
