import assert from "node:assert/strict";
import { test } from "node:test";
import { MASKED, mask, maskText } from "./mask.ts";

test("values under the names of secrets are hidden at any depth, and nothing is changed in place", () => {
  const fields = {
    accessToken: "abc",
    password: "pw",
    buyer: { phone: "010-1234-5678", addressLine: "서울", name: "민지" },
    cards: [1],
    card_number: 4,
  };
  const copy = structuredClone(fields);
  assert.deepEqual(mask(fields), {
    accessToken: MASKED,
    password: MASKED,
    buyer: { phone: MASKED, addressLine: MASKED, name: "민지" },
    cards: MASKED,
    card_number: MASKED,
  });
  assert.deepEqual(fields, copy);
});

test("ids and plain numbers stay readable", () => {
  const fields = {
    code: "http.request",
    ms: 1.5,
    accountId: "acc_01jd0000000000000000000001",
    atMs: 1767225600000,
    tokenId: "kid-1",
  };
  assert.deepEqual(mask(fields), fields);
  assert.equal(
    maskText("took 1234567890123 ns, order ord_01jd0123456789012345678901"),
    "took 1234567890123 ns, order ord_01jd0123456789012345678901",
  );
});

test("what looks like a token, a mail address, a telephone or a card number is hidden inside texts", () => {
  const cases: [string, string][] = [
    ["sent Bearer abc.def.ghi on", `sent Bearer ${MASKED} on`],
    ["got eyJhbGciOiJFZERTQSJ9.eyJzdWIiOiIxIn0.c2ln", `got ${MASKED}`],
    ["to minji.kim+shop@example.co.kr failed", `to ${MASKED} failed`],
    ["call 010-1234-5678 or 01012345678 or +82 10 1234 5678", `call ${MASKED} or ${MASKED} or ${MASKED}`],
    ["card 4242 4242 4242 4242 declined", `card ${MASKED} declined`],
    ["card 4242-4242-4242-4242", `card ${MASKED}`],
    ["card 4242424242424242", `card ${MASKED}`],
  ];
  for (const [text, expected] of cases) assert.equal(maskText(text), expected);
});

test("an error is written with its message masked, its code and its cause", () => {
  const error = Object.assign(
    new Error("no mail to a@example.com", { cause: new Error("token eyJhbGciOiJ9x.eyJz.x") }),
    { code: "E1" },
  );
  const masked = mask({ error }) as { error: Record<string, unknown> };
  assert.equal(masked.error.message, `no mail to ${MASKED}`);
  assert.equal(masked.error.code, "E1");
  assert.ok(!JSON.stringify(masked).includes("example.com"));
  assert.ok(!JSON.stringify(masked).includes("eyJ"));
});

test("a ring and a long list are cut, not followed for ever", () => {
  const ring: Record<string, unknown> = { list: Array.from({ length: 1000 }, (_, at) => at) };
  ring.self = ring;
  assert.ok(JSON.stringify(mask(ring)).length < 5000);
});
