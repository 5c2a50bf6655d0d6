import assert from "node:assert/strict";
import { after, test } from "node:test";
import { told, toldOf } from "./report.ts";
import { nameOf } from "./run-case.ts";
import { scenarios } from "./scenarios.ts";
import { sweep } from "./sweep.ts";
import { buildTown } from "./town.ts";

const seedVariable = "MADANG_SWEEP_SEED";
const SAMPLE = 36;

/** Cases that have failed once: they are part of every run. */
const REMEMBERED = new Set([
  // The refund was back before its step asked again, and the stock stayed taken.
  "cancel-part|call order>payment.refundPayment|1|lost",
  // Paid while the expiry asked: in one batch, the expiry put itself in the place of the next step.
  "declined-then-paid|gateway kakaopay.confirm|1|past-deadline",
]);

const seed = process.env[seedVariable] ?? "1";
const town = await buildTown();
after(() => town.close());

test("a seeded sample of the fault sweep is healthy (all of it: node tools/test.ts --sweep)", async (context) => {
  const report = await sweep({ town, scenarios, choose: (cases) => sample(cases, seed) });
  context.diagnostic(`seed ${seed}: ${told(report)}`);
  for (const failure of report.failures) context.diagnostic(toldOf(failure));
  assert.deepEqual(
    report.failures.map(({ name }) => name),
    [],
  );
});

/** The same seed takes the same cases, as far as the same are enumerated. */
function sample<One extends Parameters<typeof nameOf>[0]>(cases: readonly One[], of: string): readonly One[] {
  const ranked = cases.map((one) => ({ one, rank: rankOf(`${of} ${nameOf(one)}`) }));
  const chosen = ranked
    .sort((left, right) => left.rank - right.rank)
    .slice(0, SAMPLE)
    .map(({ one }) => one);
  return [...cases.filter((one) => REMEMBERED.has(nameOf(one))), ...chosen];
}

/** FNV-1a with a last mixing: where a name falls is chance, and always the same. */
function rankOf(text: string): number {
  let hash = 0x811c9dc5;
  for (const char of text) hash = Math.imul(hash ^ (char.codePointAt(0) ?? 0), 0x01000193);
  return Math.imul(hash ^ (hash >>> 15), 0x85ebca6b) >>> 0;
}
