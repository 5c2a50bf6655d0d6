import assert from "node:assert/strict";
import { test } from "node:test";
import { Type } from "typebox";
import type { Caller } from "#platform/core/operation.ts";
import { canonicalJson } from "./idempotency.ts";
import { anOperation, as, bound, testServer } from "./test-server.ts";

const pay = anOperation({
  name: "pay",
  method: "POST",
  path: "/pay",
  idempotency: "key",
  input: Type.Object({
    amount: Type.Integer(),
    memo: Type.Optional(Type.Object({ b: Type.Integer(), a: Type.Integer() })),
  }),
});
const request = (key: string | undefined, payload: unknown = { amount: 1 }, headers: Record<string, string> = {}) => ({
  method: "POST" as const,
  url: "/pay",
  headers: { "content-type": "application/json", ...(key === undefined ? {} : { "idempotency-key": key }), ...headers },
  payload: typeof payload === "string" ? payload : JSON.stringify(payload),
});

function recording() {
  const commands: Caller["command"][] = [];
  const server = testServer([
    bound(pay, (_, caller) => {
      commands.push(caller.command);
      return { ok: true };
    }),
  ]);
  return { ...server, commands };
}

test("a mutating operation needs a key of 1 to 200 visible characters", async () => {
  const { inject } = recording();
  assert.equal((await inject(request(undefined))).json().code, "request.key_missing");
  for (const key of ["", "with blank", "한글", "x".repeat(201), "tab\tbed"]) {
    const response = await inject(request(key));
    assert.deepEqual([response.statusCode, response.json().code], [400, "request.key_invalid"], key);
  }
  assert.equal((await inject(request("x".repeat(200)))).statusCode, 200);
});

test("the command is unique per caller and operation; its hash follows what is asked, not how", async () => {
  const { inject, commands } = recording();
  await inject(request("k", '{"amount":1,"memo":{"b":2,"a":1}}'));
  await inject(request("k", '{ "memo":{"a":1,"b":2}, "amount":1.0 }'));
  await inject(request("k", { amount: 2 }));
  await inject(request("k", { amount: 1 }, as("buyer")));
  const [one, same, other, buyers] = commands;
  assert.equal(one?.id, "anyone:pay:k");
  assert.deepEqual(same, one);
  assert.equal(other?.id, one?.id);
  assert.notEqual(other?.bodyHash, one?.bodyHash);
  assert.equal(buyers?.id, "acc_buyer:pay:k");
});

test("between services the command travels as it is", async () => {
  const { inject, commands } = recording();
  const headers = { "x-madang-service-token": "order", "x-madang-body-hash": "a".repeat(64) };
  await inject(request("acc_1:placeOrder:k", { amount: 1 }, headers));
  assert.deepEqual(commands, [{ id: "acc_1:placeOrder:k", bodyHash: "a".repeat(64) }]);
});

test("the same key while the first is under way is a 409 with Retry-After; afterwards it goes on", async () => {
  let finish = () => {};
  const { inject } = testServer([
    bound(
      pay,
      () =>
        new Promise((resolve) => {
          finish = () => resolve({ ok: true });
        }),
    ),
  ]);
  const first = inject(request("k"));
  await new Promise((resolve) => setTimeout(resolve, 50));
  const second = await inject(request("k"));
  assert.deepEqual(
    [second.statusCode, second.json().code, second.headers["retry-after"]],
    [409, "request.in_flight", "1"],
  );
  const finishFirst = finish;
  const other = inject(request("another"));
  await new Promise((resolve) => setTimeout(resolve, 20));
  finish();
  assert.equal((await other).statusCode, 200);
  finishFirst();
  assert.equal((await first).statusCode, 200);
  const third = inject(request("k"));
  await new Promise((resolve) => setTimeout(resolve, 20));
  finish();
  assert.equal((await third).statusCode, 200);
});

test("a service that says that the command is still in flight is passed on as 409 with Retry-After", async () => {
  const { inject } = testServer([bound(pay, () => ({ refused: "request.in_flight" }))]);
  const told = await inject(request("k"));
  assert.deepEqual([told.statusCode, told.json().code, told.headers["retry-after"]], [409, "request.in_flight", "1"]);
});

test("canonical JSON sorts names at every depth and keeps the order of lists", () => {
  assert.equal(
    canonicalJson({ b: [2, { d: 1, c: null }], a: "x", u: undefined }),
    '{"a":"x","b":[2,{"c":null,"d":1}]}',
  );
});
