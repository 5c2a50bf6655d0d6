import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import type { Boundary } from "#platform/facts/boundary.ts";
import { firstAttemptId } from "./domain/start-attempt.ts";
import { invariants } from "./invariants.ts";
import * as tills from "./testing/till.ts";
import { payAtToss, placed, refund, stateOf, type Till, turn, until } from "./testing/till.ts";

let first: Till;
before(async () => {
  first = await tills.openTill();
});
after(() => first.close());

type Moment = "before" | "after";

/** A process that dies at the first call of a gateway that bears this name, before or after its effect. */
async function doomed(name: string, moment: Moment): Promise<{ till: Till; dead: Promise<void> }> {
  const died = Promise.withResolvers<void>();
  const boundary: Boundary = async (point, run) => {
    if (point.name !== name) return run();
    if (moment === "after") await run();
    till.test.crash();
    died.resolve();
    return new Promise<never>(() => {});
  };
  const till = await tills.openTill({ boundary, beside: first });
  // On a slow machine the other process may take the work up first; then there is no death, and the end is the same.
  return { till, dead: Promise.race([died.promise, pause(3_000)]) };
}

for (const moment of ["before", "after"] as const) {
  test(`a process that dies ${moment} its confirm leaves one capture and a paid payment`, async () => {
    const { till, dead } = await doomed("toss.confirm", moment);
    const order = placed(till);
    void payAtToss(till, order);
    await dead;
    turn(first, 31);
    await until(async () => (await stateOf(first, order)).status === "APPROVED");
    assert.equal(first.toss.truth.of(firstAttemptId(order.paymentId)).captures, 1);
  });

  test(`a process that dies ${moment} its cancel leaves one refund`, async () => {
    const { till, dead } = await doomed("toss.cancel", moment);
    const order = placed(till);
    await payAtToss(till, order);
    void refund(till, order, tills.makeId("refund"), [9_000, 3_000]);
    await dead;
    turn(first, 31);
    await until(async () => (await stateOf(first, order)).status === "CANCELLED");
    assert.equal(first.toss.truth.of(firstAttemptId(order.paymentId)).cancels.length, 1);
  });
}

test("in the end every invariant of payment holds", async () => {
  for (const { id, sql } of invariants) assert.deepEqual(await first.test.adminSql(sql), [], id);
});
