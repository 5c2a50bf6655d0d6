import assert from "node:assert/strict";
import { test } from "node:test";
import { Type } from "typebox";
import type { Caller } from "#platform/core/operation.ts";
import { anOperation, bound, testServer } from "./test-server.ts";

const heard: (Caller["raw"] & object)[] = [];
const hear = anOperation({
  ...{ name: "hear", method: "POST", path: "/hear", idempotency: "own-rules", raw: true },
  input: Type.Object({}),
  output: Type.Object({}),
});
const house = () => {
  heard.length = 0;
  return testServer([
    bound(hear, (_, caller) => {
      if (caller.raw) heard.push(caller.raw);
      return {};
    }),
  ]);
};
const sent = (payload: string | Buffer, headers: Record<string, string> = {}) => ({
  ...{ method: "POST" as const, url: "/hear", payload },
  headers: { "content-type": "application/json", ...headers },
});

test("an operation that hears others' messages is handed the text as it came, and headers in lower case", async () => {
  const { inject } = house();
  const texts = ['{ "a": 1, "a": 2, "__proto__": 3 }', "[1]", "no JSON", "", "\\u0000", '{"한":"글"}'];
  for (const text of texts) assert.equal((await inject(sent(text, { "X-Sender": "one" }))).statusCode, 200, text);
  assert.deepEqual(
    heard.map(({ body }) => body),
    texts,
  );
  assert.equal(heard[0]?.headers["x-sender"], "one");
});

test("a text that cannot be stored, is too large or no JSON by its type is refused all the same", async () => {
  const { inject } = house();
  const codeOf = async (payload: string | Buffer, headers: Record<string, string> = {}) =>
    (await inject(sent(payload, headers))).json().code;
  assert.equal(await codeOf('{"a":"\0"}'), "request.bad_text");
  assert.equal(await codeOf(Buffer.from([0x7b, 0xff, 0x7d])), "request.bad_text");
  assert.equal(await codeOf("x".repeat(70_000)), "request.too_large");
  assert.equal(await codeOf("a=1", { "content-type": "text/plain" }), "request.unsupported_media");
  assert.equal(await codeOf("x", { "content-encoding": "gzip" }), "request.unsupported_media");
  assert.deepEqual(heard, []);
});

test("a query that others write may name what the contract does not know", async () => {
  const input = Type.Object({ key: Type.Optional(Type.String({ maxLength: 5 })) }, { additionalProperties: true });
  const back = anOperation({ name: "back", path: "/back", input, output: Type.Object({ got: Type.Any() }) });
  const { inject } = testServer([bound(back, (got) => ({ got }))]);
  const answer = await inject({ url: "/back?key=a&other=b&__proto__=c&constructor=d&other=e" });
  assert.deepEqual(answer.json(), { got: { key: "a" } });
  assert.equal((await inject({ url: "/back?key=toolong" })).json().field, "key");
});

test("a part of an address that is longer than anything of ours is refused, not an error", async () => {
  const desk = anOperation({ path: "/desks/:deskId", input: Type.Object({ deskId: Type.String() }) });
  const { inject } = testServer([bound(desk)]);
  for (const url of [`/desks/${"x".repeat(201)}`, `/problems/${"x".repeat(5000)}`]) {
    const answer = await inject({ url });
    assert.deepEqual([answer.statusCode, answer.json().code], [400, "request.bad_url"]);
  }
});

test("a browser is shown a page where there is one, its refusals too, and everybody else gets JSON", async () => {
  const back = anOperation({ input: Type.Object({ a: Type.Optional(Type.String({ maxLength: 1 })) }) });
  const page = (shown: object) => `<p>${Object.keys(shown).join()}</p>`;
  const { inject } = testServer([{ ...bound(back), page }]);
  const browser = { accept: "text/html,application/xhtml+xml,*/*;q=0.8" };
  const seen = await inject({ url: "/look", headers: browser });
  assert.deepEqual([seen.statusCode, seen.body], [200, "<p>answer</p>"]);
  assert.match(String(seen.headers["content-type"]), /^text\/html/);
  assert.equal(seen.headers["referrer-policy"], "no-referrer");
  const refused = await inject({ url: "/look?a=xx", headers: browser });
  assert.deepEqual([refused.statusCode, refused.body], [400, "<p>problem</p>"]);
  assert.deepEqual((await inject({ url: "/look", headers: { accept: "*/*" } })).json(), { ok: true });
  assert.equal((await inject({ url: "/look?a=xx" })).json().code, "request.invalid");
});
