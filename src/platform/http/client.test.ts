import assert from "node:assert/strict";
import { createServer as createBareServer, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import { type TestContext, test } from "node:test";
import { Type } from "typebox";
import { isRefusal, reject } from "#platform/core/decision.ts";
import type { Caller } from "#platform/core/operation.ts";
import { createRemoteCall, type RemoteCallParts } from "./client.ts";
import { Busy, Unreachable } from "./problem.ts";
import { anOperation, bound, keptLog, onlyAddress, testServer } from "./test-server.ts";

const caller: Caller = {
  ...{ kind: "account", id: "acc_buyer", roles: ["BUYER"], locale: "en", ip: "203.0.113.9", userAgent: "phone" },
  traceparent: "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
  command: { id: "acc_buyer:placeOrder:k1", bodyHash: "a".repeat(64) },
};
const input = Type.Object({
  skuId: Type.String(),
  quantity: Type.Integer(),
  kinds: Type.Optional(Type.Array(Type.String())),
});
const output = Type.Object({ left: Type.Integer() });
const inner = { access: "service" as const, input, output, problems: ["store.closed"] };
const reserve = anOperation({
  ...inner,
  name: "reserve",
  method: "POST",
  path: "/internal/:skuId/reserve",
  idempotency: "key",
});
const look = anOperation({ ...inner, name: "lookUp", path: "/internal/:skuId" });
const note = anOperation({
  ...inner,
  name: "note",
  method: "POST",
  path: "/internal/:skuId/note",
  idempotency: "own-rules",
});
const asked = { skuId: "a/b ?&한", quantity: 2 };

function remote(t: TestContext, baseUrl: string, changes: Partial<RemoteCallParts> = {}) {
  const { lines, log } = keptLog();
  const addressesOf = () => onlyAddress(baseUrl);
  const nowMs = () => Date.now();
  const parts = { addressesOf, nowMs, serviceToken: () => "order-for-buyer", timeoutMs: 1_000, log };
  const limits = { firstPauseMs: 5, openMs: 200 };
  const client = createRemoteCall({ ...parts, monotonicMs: () => performance.now(), limits, ...changes });
  t.after(() => client.close());
  return { call: client.call, lines };
}

async function house(t: TestContext, run: (input: never, caller: Caller) => unknown) {
  const server = testServer([bound(reserve, run), bound(look, run), bound(note, run)]);
  const address = await server.listen({ host: "127.0.0.1", port: 0 });
  t.after(() => server.close({ graceMs: 50 }));
  return address;
}

async function bare(t: TestContext, answer: RequestListener) {
  const server = createBareServer(answer);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

const unreachable = (maybeDone: boolean) => (error: unknown) =>
  error instanceof Unreachable && error.maybeDone === maybeDone;

test("a call means the same over HTTP as in one process: input, caller, command and answer", async (t) => {
  const seen: { input: unknown; caller: Caller }[] = [];
  const address = await house(t, (given, from) => {
    seen.push({ input: given, caller: from });
    return { left: 5 };
  });
  const { call } = remote(t, address);
  assert.deepEqual(await call(reserve, { ...asked, kinds: ["x"] }, caller), { left: 5 });
  assert.deepEqual(await call(look, { ...asked, kinds: ["x", "y"] }, caller), { left: 5 });
  assert.deepEqual(
    seen.map((one) => one.input),
    [
      { ...asked, kinds: ["x"] },
      { ...asked, kinds: ["x", "y"] },
    ],
  );
  const { traceparent, answerByMs = 0, ...rest } = seen[0]?.caller ?? caller;
  assert.ok(answerByMs > performance.now() && answerByMs <= performance.now() + 1_000);
  const { traceparent: sent, ...expected } = caller;
  assert.deepEqual({ ...rest }, { ...expected, sessionId: undefined });
  assert.equal(traceparent.slice(0, 36), sent.slice(0, 36));
});

test("a business no comes back as the refusal it was", async (t) => {
  const refusal = reject("store.closed", { store: "A", minutes: 5, field: "skuId" });
  const { call } = remote(t, await house(t, () => refusal));
  const answer = await call(look, asked, caller);
  assert.ok(isRefusal(answer));
  assert.deepEqual(answer, refusal);
  const busy = remote(t, await house(t, () => reject("request.key_reused")));
  assert.deepEqual(await busy.call(reserve, asked, caller), { refused: "request.key_reused" });
});

test("what was surely not carried out is told apart from what may have been", async (t) => {
  const nowhere = remote(t, "http://127.0.0.1:1");
  await assert.rejects(nowhere.call(note, asked, caller), unreachable(false));
  const full = await house(t, () => {
    throw new Busy("orders");
  });
  await assert.rejects(remote(t, full).call(note, asked, caller), unreachable(false));
  const broken = await house(t, () => {
    throw new Error("no");
  });
  await assert.rejects(remote(t, broken).call(note, asked, caller), unreachable(true));
  const cut = await bare(t, (request) => request.socket.destroy());
  await assert.rejects(remote(t, cut).call(note, asked, caller), unreachable(true));
  await assert.rejects(remote(t, cut).call(look, asked, caller), unreachable(false));
  const page = await bare(t, (_, response) => response.writeHead(200, { "content-type": "text/html" }).end("<p>"));
  assert.equal(
    await remote(t, page)
      .call(look, asked, caller)
      .catch(() => "thrown"),
    "thrown",
  );
});

test("an answer that does not come in time is given up, and the deadline was told to the other side", async (t) => {
  const deadlines: unknown[] = [];
  const silent = await bare(t, (request) => void deadlines.push(request.headers["x-madang-deadline-ms"]));
  const { call } = remote(t, silent, { timeoutMs: 200 });
  const startedMs = performance.now();
  await assert.rejects(call(note, asked, caller), unreachable(true));
  assert.ok(performance.now() - startedMs < 500);
  assert.ok(Number(deadlines[0]) > 0 && Number(deadlines[0]) <= 200);
});

test("only what is safe to repeat is tried again", async (t) => {
  let calls = 0;
  const shaky = await house(t, () => {
    calls++;
    if (calls % 3 !== 0) throw new Busy("orders");
    return { left: 1 };
  });
  const { call } = remote(t, shaky);
  assert.deepEqual(await call(look, asked, caller), { left: 1 });
  assert.deepEqual(await call(reserve, asked, caller), { left: 1 });
  assert.equal(calls, 6);
  await assert.rejects(call(note, asked, caller), Unreachable);
  assert.equal(calls, 7);
});

test("tries are a tenth of the calls at most once the first ten are used up", async (t) => {
  let calls = 0;
  const down = await house(t, () => {
    calls++;
    throw new Busy("orders");
  });
  const { call } = remote(t, down, { limits: { firstPauseMs: 1, failuresToOpen: 10_000 } });
  for (let at = 0; at < 100; at++) await assert.rejects(call(look, asked, caller), Unreachable);
  assert.ok(calls >= 110 && calls <= 120, String(calls));
});

test("after failures in a row nothing is sent for a while, then one call finds out", async (t) => {
  let calls = 0;
  let healthy = false;
  const address = await house(t, () => {
    calls++;
    if (!healthy) throw new Error("no");
    return { left: 1 };
  });
  const { call, lines } = remote(t, address, { limits: { failuresToOpen: 3, openMs: 100, triesMax: 1 } });
  for (let at = 0; at < 6; at++) await assert.rejects(call(note, asked, caller), Unreachable);
  assert.equal(calls, 3);
  assert.ok(lines.some((line) => line.code === "call.circuit_opened"));
  await assert.rejects(call(note, asked, caller), unreachable(false));
  healthy = true;
  await new Promise((resolve) => setTimeout(resolve, 120));
  assert.deepEqual(await call(note, asked, caller), { left: 1 });
  assert.ok(lines.some((line) => line.code === "call.circuit_closed"));
});

test("a slow service takes only its own places", async (t) => {
  let most = 0;
  let running = 0;
  const address = await house(t, async () => {
    most = Math.max(most, ++running);
    await new Promise((resolve) => setTimeout(resolve, 50));
    running--;
    return { left: 1 };
  });
  const { call } = remote(t, address, { limits: { concurrentCalls: 2, waitingCalls: 3 } });
  const answers = await Promise.allSettled(Array.from({ length: 10 }, () => call(note, asked, caller)));
  assert.equal(most, 2);
  assert.equal(answers.filter(({ status }) => status === "fulfilled").length, 5);
});

test("a misunderstanding between services is an error of ours, not a no of theirs", async (t) => {
  const address = await house(t, () => ({ left: 1 }));
  const { call } = remote(t, address);
  await assert.rejects(call(look, { skuId: "a" } as never, caller), { name: "BrokenAssumption" });
  const { command: _, ...withoutCommand } = caller;
  await assert.rejects(call(reserve, asked, withoutCommand), { name: "BrokenAssumption" });
});
