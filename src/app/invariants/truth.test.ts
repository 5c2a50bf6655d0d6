import assert from "node:assert/strict";
import { test } from "node:test";
import { type AttemptSeen, contradictions, type TruthRow } from "./truth.ts";

const confirm: AttemptSeen = {
  attemptId: "att_1",
  operation: "confirm",
  gateway: "toss",
  reference: "att_1",
  status: "SUCCEEDED",
  amount: 9_000,
};
const cancel: AttemptSeen = { ...confirm, attemptId: "att_2", operation: "cancel", amount: 4_000 };
const moved: TruthRow = { reference: "att_1", captured: 9_000, refunded: 0, captures: 1 };

function found(attempts: readonly AttemptSeen[], ...truth: readonly TruthRow[]): string[] {
  const payments = [{ paymentId: "pay_1", payable: 9_000, attempts }];
  return contradictions("toss", payments, truth).map(({ id, what, ours, theirs }) =>
    [id, what, ours, theirs].filter((part) => part !== undefined).join(" "),
  );
}

test("what we know and what the gateway did agree", () => {
  assert.deepEqual(found([confirm], moved), []);
  assert.deepEqual(found([{ ...confirm, status: "DECLINED" }]), []);
  assert.deepEqual(found([confirm, cancel], { ...moved, refunded: 4_000 }), []);
});

test("an attempt is not DECLINED that was carried out, nor SUCCEEDED that was not (I6)", () => {
  assert.deepEqual(found([{ ...confirm, status: "DECLINED" }], moved), ["I6 a confirm DECLINED 9000"]);
  assert.deepEqual(found([confirm]), ["I6 a confirm SUCCEEDED 0"]);
  assert.deepEqual(found([confirm], { ...moved, captured: 8_999 }), ["I6 a confirm SUCCEEDED 8999"]);
  assert.deepEqual(found([confirm, cancel], moved), ["I6 what went back 4000 0"]);
  const declined = { ...cancel, status: "DECLINED" as const };
  assert.deepEqual(found([confirm, declined], { ...moved, refunded: 4_000 }), ["I6 what went back 0 4000"]);
});

test("an attempt without an outcome may be either, but nothing else", () => {
  for (const status of ["INTENT", "UNKNOWN"] as const) {
    assert.deepEqual(found([{ ...confirm, status }]), []);
    assert.deepEqual(found([{ ...confirm, status }], moved), []);
    assert.deepEqual(found([{ ...confirm, status }], { ...moved, captured: 1 }), [`I6 a confirm ${status} 1`]);
    assert.deepEqual(found([confirm, { ...cancel, status }], { ...moved, refunded: 4_000 }), []);
    const more = { ...moved, refunded: 4_001 };
    assert.deepEqual(found([confirm, { ...cancel, status }], more), ["I6 what went back 0 to 4000 4001"]);
  }
});

test("nothing is captured twice, nor unknown to us (I4, I6)", () => {
  assert.deepEqual(found([confirm], { ...moved, captures: 2 }), ["I4 captured more than once 2"]);
  const second = { ...confirm, attemptId: "att_3", reference: "att_3", status: "UNKNOWN" as const };
  assert.deepEqual(found([confirm, second], moved, { ...moved, reference: "att_3" }), ["I4 captured more than once 2"]);
  const stray = { ...moved, reference: "att_9" };
  assert.deepEqual(found([confirm], moved, stray), ["I6 captured, and no attempt knows of it 9000"]);
});

test("only its own attempts are compared with a gateway's book", () => {
  assert.deepEqual(found([{ ...confirm, gateway: "kakaopay" }]), []);
});

test("several payments under one reference are taken together", () => {
  const failed = { ...moved, captured: 0, captures: 0 };
  assert.deepEqual(found([confirm], failed, moved), []);
});
