import { nameOf } from "#app/sweep/run-case.ts";
import { scenarios } from "#app/sweep/scenarios.ts";
import { sweep } from "#app/sweep/sweep.ts";
import { buildTown } from "#app/sweep/town.ts";

const place = await buildTown();
const part = process.argv[2];
const every = Number(process.argv[3] ?? 1);
const only = process.argv[4];
const r = await sweep({
  place,
  scenarios: part && part !== "all" ? scenarios.filter((s) => s.name === part) : scenarios,
  failuresMax: 8,
  choose: (c) => {
    console.log("enumerated", c.length);
    return c.filter((x, i) => i % every === 0 && (!only || nameOf(x).includes(only)));
  },
});
for (const f of r.failures)
  console.log(
    "FAIL",
    f.name,
    "\n ",
    f.wrong.join("\n  "),
    "\n  --\n  ",
    f.complaints
      .slice(0, 12)
      .map((c) => c.slice(0, 400))
      .join("\n   "),
  );
console.log({ ...r, failures: r.failures.length });
await place.close();
process.exit(0);
