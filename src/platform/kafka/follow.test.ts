import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { createFollower } from "./follow.ts";

const place = (position: number) => ({ position, index: 0 });
/** The n-th message of a partition whose events stand at 1, 2, 3, …; offsets count from 0. */
const message = (position: number, offset = position - 1) => ({
  at: place(position),
  previous: place(position - 1),
  offset,
});

test("events in order are taken, and what was seen is skipped", () => {
  const follower = createFollower(place(2));
  const steps = [1, 2, 3, 3, 4].map((position) => follower.step(message(position), 2, 0).kind);
  assert.deepEqual(steps, ["skip", "skip", "take", "skip", "take"]);
  assert.deepEqual(follower.seen(), place(4));
});

test("several events of one fact follow each other by their index", () => {
  const follower = createFollower(place(0));
  const first = { at: { position: 5, index: 0 }, previous: place(0), offset: 0 };
  const second = { at: { position: 5, index: 1 }, previous: { position: 5, index: 0 }, offset: 1 };
  const late = { at: { position: 6, index: 0 }, previous: { position: 5, index: 1 }, offset: 2 };
  assert.equal(follower.step(first, 0, 0).kind, "take");
  assert.equal(follower.step(late, 0, 0).kind === "take", false, "the second event is missing");
  assert.equal(follower.step(second, 0, 0).kind, "take");
});

test("behind a gap it reads again from the stored offset, then from the first, and then stands until it is filled", () => {
  const follower = createFollower(place(10));
  const gapped = message(13, 40);
  assert.deepEqual(follower.step(gapped, 30, 5), { kind: "back", to: 30, why: "stored" });
  assert.deepEqual(follower.step(gapped, 30, 5), { kind: "back", to: 5, why: "first" });
  assert.deepEqual(follower.step(gapped, 30, 5), { kind: "stand", isNews: true });
  assert.deepEqual(follower.step(message(14, 41), 30, 5), { kind: "stand", isNews: false });
  assert.ok(follower.hasGap());
  // Published again from 11 on: everything follows, the ones that were passed over too.
  const again = [11, 12, 13, 14, 15].map((position, n) => follower.step(message(position, 42 + n), 30, 5).kind);
  assert.deepEqual(again, ["take", "take", "take", "take", "take"]);
  assert.ok(!follower.hasGap());
});

test("a second gap, after the first one is closed, is looked for anew", () => {
  const follower = createFollower(place(0));
  assert.equal(follower.step(message(2, 7), 3, 0).kind, "back");
  assert.equal(follower.step(message(1, 3), 3, 0).kind, "take");
  assert.equal(follower.step(message(2, 4), 3, 0).kind, "take");
  assert.deepEqual(follower.step(message(9, 9), 5, 0), { kind: "back", to: 5, why: "stored" });
});

/** Reads a topic as the reader does, to the end. @returns what was applied, and whether it stands behind a gap. */
function readAll(topic: readonly number[], cursor: number, stored: number, first: number) {
  const follower = createFollower(place(cursor));
  const applied: number[] = [];
  let steps = 0;
  for (let offset = Math.max(stored, first); offset < topic.length; steps++) {
    assert.ok(steps < 20 * (topic.length + 1), "it goes round in a circle");
    const position = topic[offset] ?? 0;
    const step = follower.step({ ...message(position), offset }, stored, first);
    if (step.kind === "take" && position > (applied.at(-1) ?? cursor)) applied.push(position);
    if (step.kind === "back") follower.readAgainFrom(place(cursor));
    offset = step.kind === "back" ? step.to : offset + 1;
  }
  return { applied, hasGap: follower.hasGap() };
}

test("whatever a topic repeats or lacks, what is applied has no hole, no repeat, and does not end early", () => {
  const written = fc.array(fc.tuple(fc.nat(12), fc.integer({ min: 1, max: 8 })), { maxLength: 12 });
  fc.assert(
    fc.property(written, fc.nat(12), fc.nat(40), fc.nat(20), (runs, cursor, stored, first) => {
      // Each run is a relay's or a replay's: positions one after the other.
      const topic = runs.flatMap(([from, length]) => Array.from({ length }, (_, n) => from + n + 1));
      const begin = Math.min(first, topic.length);
      const { applied, hasGap } = readAll(topic, cursor, Math.min(stored, topic.length), begin);
      assert.deepEqual(
        applied,
        applied.map((_, n) => cursor + n + 1),
      );
      const next = cursor + applied.length + 1;
      const last = topic.at(-1) ?? 0;
      if (!hasGap && last > cursor)
        assert.ok(applied.at(-1) === undefined || next > last || !topic.slice(begin).includes(next));
    }),
    { numRuns: 2_000 },
  );
});
