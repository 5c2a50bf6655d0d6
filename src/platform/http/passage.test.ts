import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { makePassages, NOWHERE, type Passage } from "./passage.ts";

function passage(answerByMs: number): Passage {
  return { answerByMs, running: false, closed: false, place: NOWHERE, reply: { sent: false } } as unknown as Passage;
}

function end(passages: ReturnType<typeof makePassages>, one: Passage): void {
  one.closed = true;
  passages.leaveIfOver(one);
}

test("in whatever order they come and go, those under way are counted and kept on their deadlines", () => {
  fc.assert(
    fc.property(fc.array(fc.option(fc.nat(20), { nil: undefined }), { maxLength: 60 }), (leaving) => {
      const passages = makePassages();
      const model: Passage[] = [];
      for (const [nth, leaver] of leaving.entries()) {
        const [gone] = leaver === undefined ? [] : model.splice(leaver % (model.length || 1), 1);
        if (gone) {
          end(passages, gone);
          // To leave once more is to have left.
          passages.leaveIfOver(gone);
        }
        const come = passage(nth);
        passages.enter(come);
        model.push(come);
        assert.equal(passages.count, model.length);
        const due = passages.overdue(nth / 2).map((one) => one.answerByMs);
        const expected = model.map((one) => one.answerByMs).filter((at) => at <= nth / 2);
        assert.deepEqual(
          due.sort((a, b) => a - b),
          expected.sort((a, b) => a - b),
        );
      }
    }),
  );
});

test("a drain waits for the last one, and not for a line that stays open", async () => {
  const passages = makePassages();
  const [first, line, last] = [passage(0), passage(0), passage(0)];
  for (const one of [first, line, last]) passages.enter(one);
  const retries: number[] = [];
  passages.goLive(line, (retryMs) => retries.push(retryMs));
  let isEmpty = false;
  const empty = passages.empty().then(() => {
    isEmpty = true;
  });
  end(passages, first);
  await Promise.resolve();
  assert.equal(isEmpty, false);
  end(passages, last);
  await empty;
  passages.endLive();
  assert.equal(retries.length, 1);
  end(passages, line);
  passages.endLive();
  assert.equal(retries.length, 1);
});
