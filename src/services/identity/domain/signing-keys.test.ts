import assert from "node:assert/strict";
import { test } from "node:test";
import { isRefusal } from "#platform/core/decision.ts";
import { type Instant, instant, plus } from "#platform/core/time.ts";
import {
  addKey,
  evolveSigningKeys,
  type KeyRules,
  publishedKeys,
  type SigningKeyFact,
  type SigningKeys,
  signingKeyAt,
} from "./signing-keys.ts";

const start = instant(Date.UTC(2026, 10, 21));
const at = (minutes: number) => plus(start, { minutes });
const rules: KeyRules = { leadMs: 60_000, keepMs: 12 * 60_000 };

function add(state: SigningKeys | undefined, kid: string, now: Instant): SigningKeys {
  const fact = addKey(state, { kid, x: kid }, now, rules);
  assert.ok(!isRefusal(fact));
  return evolveSigningKeys(state, fact as SigningKeyFact);
}
const published = (state: SigningKeys, now: Instant) => publishedKeys(state, now, rules).map((key) => key.kid);

test("the first key signs at once", () => {
  const one = add(undefined, "one", start);
  assert.equal(signingKeyAt(one, start)?.kid, "one");
});

test("a next key is published before it signs, and the old one until its last token has expired", () => {
  const two = add(add(undefined, "one", start), "two", at(100));
  assert.deepEqual(published(two, at(100)), ["one", "two"]);
  assert.equal(signingKeyAt(two, at(100))?.kid, "one");
  assert.equal(signingKeyAt(two, at(101))?.kid, "two");
  assert.deepEqual(published(two, at(112)), ["one", "two"]);
  assert.deepEqual(published(two, at(113)), ["two"]);
});

test("a second rotation is refused while the next key waits for its turn", () => {
  const two = add(add(undefined, "one", start), "two", at(100));
  assert.equal(
    (addKey(two, { kid: "three", x: "" }, at(100), rules) as { refused: string }).refused,
    "signing_key.rotation_under_way",
  );
});

test("keys that nobody needs any more leave with the next rotation", () => {
  const two = add(add(undefined, "one", start), "two", at(100));
  const three = add(two, "three", at(200));
  assert.deepEqual(
    three.keys.map((key) => key.kid),
    ["two", "three"],
  );
});
