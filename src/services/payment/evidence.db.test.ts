import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { firstAttemptId } from "./domain/start-attempt.ts";
import { type AttemptRow, withEvidence } from "./flow/attempt-row.ts";
import { invariants } from "./invariants.ts";
import * as tills from "./testing/till.ts";
import { type Order, payAtToss, placed, stateOf, type Till, turn, until } from "./testing/till.ts";

let till: Till;
before(async () => {
  till = await tills.openTill();
});
after(() => till.close());

/** The database rolls every commit back that would tell what this answer means, until it is let go. */
async function refuseFact(type: string): Promise<() => Promise<unknown>> {
  const name = `refuse_${type.toLowerCase()}`;
  await till.test.adminSql(`create function payment.${name}() returns trigger language plpgsql as
    $$ begin raise exception 'rolled back by the test' using errcode = 'check_violation'; end $$`);
  await till.test.adminSql(`create trigger ${name} before insert on payment.facts for each row
    when (new.type = '${type}') execute function payment.${name}()`);
  return () => till.test.adminSql(`drop function payment.${name}() cascade`);
}

function rowsOf(order: Order) {
  return till.test.sql<{ data: AttemptRow }>("payment", "select data from states where key = $1", [
    firstAttemptId(order.paymentId),
  ]);
}

async function rowOf(order: Order): Promise<AttemptRow> {
  const [row] = await rowsOf(order);
  assert.ok(row);
  return row.data;
}

const told = ({ evidence }: AttemptRow) => evidence.map(({ call, outcome, code }) => [call, outcome, code]);

for (const { fact, kind, status, seconds, heard } of [
  {
    ...{ fact: "AttemptDeclined", kind: "decline:REJECT_CARD_PAYMENT", status: "FAILED", seconds: 31 },
    heard: ["confirm", "refused", "REJECT_CARD_PAYMENT"],
  },
  {
    ...{ fact: "AttemptUncertain", kind: "effect-then-hang", status: "APPROVED", seconds: 31 },
    heard: ["confirm", "unknown", "TIMEOUT"],
  },
]) {
  test(`what the gateway answered is kept though the commit of ${fact} is rolled back (R8)`, async () => {
    const order = placed(till);
    till.toss.faults.order({ operation: "confirm", kind, ms: 1_000, orderId: firstAttemptId(order.paymentId) });
    const letGo = await refuseFact(fact);
    await assert.rejects(payAtToss(till, order), /rolled back by the test/);
    const kept = await rowOf(order);
    const [attempt] = (await stateOf(till, order)).attempts;
    assert.equal(attempt?.status, "INTENT", "what it means was rolled back");
    assert.deepEqual(told(kept)[0], heard);
    for (const { at, durationMs } of kept.evidence) assert.ok(at && durationMs >= 0);
    await letGo();
    turn(till, seconds);
    await until(async () => (await stateOf(till, order)).status === status);
    const after = told(await rowOf(order));
    assert.deepEqual(after.slice(0, kept.evidence.length), told(kept));
    assert.ok(after.length > kept.evidence.length);
  });
}

test("a plain success keeps nothing beside the attempt: the fact of it says all", async () => {
  const order = placed(till);
  await payAtToss(till, order);
  assert.deepEqual(await rowsOf(order), []);
  assert.equal((await stateOf(till, order)).attempts[0]?.status, "SUCCEEDED");
});

test("of an attempt that is asked about for days, how it began is kept, and the newest", () => {
  const heard = (durationMs: number) => ({ call: "query", at: "", durationMs, outcome: "unknown" }) as never;
  let kept = withEvidence([], [heard(0)]);
  for (let n = 1; n < 100; n++) kept = withEvidence(kept, [heard(n)]);
  assert.deepEqual(
    kept.map(({ durationMs }) => durationMs),
    [0, 1, 2, 3, 4, ...Array.from({ length: 15 }, (_, n) => 85 + n)],
  );
});

test("in the end every invariant of payment holds", async () => {
  for (const { id, sql } of invariants) assert.deepEqual(await till.test.adminSql(sql), [], id);
});
