import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { beatFrame, frame, isBefore, placeText, readPlace, retryFrame, WHOLE } from "./frame.ts";
import { readEvents } from "./read-events.ts";

const bytesOf = (text: string) => new TextEncoder().encode(text);

/** Texts with all that could end a line, an event or a field. */
const anyText = fc.string({ unit: fc.constantFrom(...'a가\r\n\u2028\u0085:\0 \t{}"\\💥') });
const anyEvent = fc.record({
  name: fc.stringMatching(/^[a-z]{1,8}(-[a-z]{1,8})?$/),
  data: fc.dictionary(anyText, fc.oneof(anyText, fc.integer(), fc.boolean())),
  place: fc.record({ position: fc.nat(), index: fc.constantFrom(0, 1, WHOLE) }),
});

test("whatever is said is heard as it was said, however the network cuts it", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(anyEvent, { maxLength: 5 }), fc.integer({ min: 1, max: 40 }), async (events, size) => {
      const text = events.map(({ name, data, place }) => beatFrame(1) + frame(name, data, place)).join(retryFrame(9));
      const bytes = bytesOf(text);
      async function* pieces() {
        for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
      }
      const heard = await Array.fromAsync(readEvents(pieces()));
      const said = events.map(({ name, data, place }) => ({ name, id: placeText(place), data }));
      assert.deepEqual(heard, JSON.parse(JSON.stringify(said)));
    }),
    { numRuns: 200 },
  );
});

test("an event is its name, its id and one line of data", () => {
  const text = frame("part", { note: "둘\n줄" }, { position: 12, index: 1 });
  assert.equal(text, 'event: part\nid: 12.1\ndata: {"note":"둘\\n줄"}\n\n');
  assert.equal(frame("end", { code: "server.draining" }), 'event: end\ndata: {"code":"server.draining"}\n\n');
});

test("a beat is a comment; it moves the client's id on where all up to there was told", () => {
  assert.equal(beatFrame(undefined), ":\n\n");
  assert.equal(beatFrame(77), ":\nid: 77\n\n");
});

test("a place is read back as it was written, and anything else is none", () => {
  for (const place of [
    { position: 0, index: WHOLE },
    { position: 12, index: 0 },
    { position: 999_999_999_999, index: 3 },
  ]) {
    assert.deepEqual(readPlace(placeText(place)), place);
  }
  for (const text of ["", " ", "-1", "1.", ".1", "1.2.3", "1e3", "9".repeat(16), "1.9999999", "१", "12 ", "NaN"]) {
    assert.equal(readPlace(text), undefined, text);
  }
});

test("the place after a whole fact is after each of its events, and before the next fact's", () => {
  const whole = { position: 5, index: WHOLE };
  assert.ok(isBefore({ position: 5, index: 7 }, whole));
  assert.ok(isBefore(whole, { position: 6, index: 0 }));
  assert.ok(!isBefore(whole, { position: 5, index: 0 }));
  assert.ok(!isBefore(whole, whole));
});
