import assert from "node:assert/strict";
import { connect } from "node:net";
import { type TestContext, test } from "node:test";
import { Type } from "typebox";
import type { BoundHandler } from "./door.ts";
import { limitedAddress, memoryLimiter } from "./limiter.ts";
import type { ServerParts } from "./server.ts";
import { anOperation, as, bound, testServer } from "./test-server.ts";

const wait = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));

async function listening(t: TestContext, operations: readonly BoundHandler[], changes: Partial<ServerParts> = {}) {
  const server = testServer(operations, changes);
  const address = await server.listen({ host: "127.0.0.1", port: 0 });
  t.after(() => server.close({ graceMs: 100 }));
  return { ...server, address, port: Number(new URL(address).port) };
}

/** Sends text as it is, drop by drop if there are several, and gives what came back until the connection ended. */
async function raw(port: number, texts: readonly string[], pauseMs = 0): Promise<string> {
  const socket = connect(port, "127.0.0.1");
  let answer = "";
  const ended = new Promise<void>((resolve) => {
    socket.on("data", (chunk) => {
      answer += chunk;
    });
    socket.on("close", () => resolve());
    socket.on("error", () => resolve());
  });
  for (const text of texts) {
    if (socket.destroyed) break;
    socket.write(text);
    await wait(pauseMs);
  }
  await ended;
  return answer;
}

test("who sends headers drop by drop is cut off with a 408", async (t) => {
  const { port } = await listening(t, [bound(anOperation())], {
    limits: { headersTimeoutMs: 200, receiveTimeoutMs: 400 },
  });
  const startedMs = performance.now();
  const answer = await raw(port, ["GET /look HTTP/1.1\r\n", "host: a\r\n", ...Array(100).fill("x-a: b\r\n")], 50);
  assert.match(answer, /^HTTP\/1\.1 408 /);
  assert.match(answer, /request\.too_slow/);
  assert.ok(performance.now() - startedMs < 3000);
});

test("who never finishes the body is cut off, and the others are answered meanwhile", async (t) => {
  const post = anOperation({ method: "POST", input: Type.Object({}), idempotency: "own-rules" });
  const { port, inject } = await listening(t, [bound(post)], {
    limits: { headersTimeoutMs: 200, receiveTimeoutMs: 300 },
  });
  const head = "POST /look HTTP/1.1\r\nhost: a\r\ncontent-type: application/json\r\ncontent-length: 100\r\n\r\n{";
  const slow = raw(port, [head]);
  assert.equal((await inject({ method: "POST", url: "/look" })).statusCode, 200);
  assert.match(await slow, /^HTTP\/1\.1 408 /);
});

test("headers beyond the limit are a 431, what is no HTTP is a 400, each as a problem", async (t) => {
  const { port } = await listening(t, [bound(anOperation())], { limits: { headerBytes: 4096 } });
  const large = await raw(port, [`GET /look HTTP/1.1\r\nhost: a\r\nx-a: ${"b".repeat(6000)}\r\n\r\n`]);
  assert.match(large, /^HTTP\/1\.1 431 [\s\S]*request\.headers_too_large/);
  assert.match(await raw(port, ["HELLO\r\n\r\n"]), /^HTTP\/1\.1 400 [\s\S]*request\.malformed/);
  const twice = "POST /look HTTP/1.1\r\nhost: a\r\ncontent-length: 1\r\ntransfer-encoding: chunked\r\n\r\n";
  assert.match(await raw(port, [twice]), /^HTTP\/1\.1 400 /);
});

test("a body without a length is cut off at the limit too", async (t) => {
  const post = anOperation({ method: "POST", input: Type.Object({}), idempotency: "own-rules" });
  const { port } = await listening(t, [bound(post)], { limits: { bodyBytes: 1000 } });
  const head = "POST /look HTTP/1.1\r\nhost: a\r\ncontent-type: application/json\r\ntransfer-encoding: chunked\r\n\r\n";
  const chunk = `3e8\r\n${"x".repeat(1000)}\r\n`;
  assert.match(await raw(port, [head, chunk, chunk, "0\r\n\r\n"]), /^HTTP\/1\.1 413 [\s\S]*request\.too_large/);
});

test("an answer that takes too long is a 504, and the late result disturbs nobody", async () => {
  const slow = bound(anOperation(), async () => {
    await wait(300);
    return { ok: true };
  });
  const { inject, lines } = testServer([slow], { limits: { answerTimeoutMs: 100 } });
  const answer = await inject({ url: "/look" });
  assert.deepEqual([answer.statusCode, answer.json().code], [504, "server.timeout"]);
  await wait(300);
  assert.ok(!lines.some((line) => line.code === "http.error"));
});

test("a calling service's deadline shortens the wait, and never lengthens it", async () => {
  const slow = bound(anOperation(), async () => {
    await wait(400);
    return { ok: true };
  });
  const { inject } = testServer([slow], { limits: { answerTimeoutMs: 200 } });
  for (const [deadline, longestMs] of [
    ["50", 180],
    ["60000", 380],
  ] as const) {
    const startedMs = performance.now();
    const headers = { "x-madang-service-token": "order", "x-madang-deadline-ms": deadline };
    assert.equal((await inject({ url: "/look", headers })).statusCode, 504);
    assert.ok(performance.now() - startedMs < longestMs);
  }
});

test("more at once than the bound are told to come back, and the place is free again afterwards", async () => {
  let running = 0;
  let most = 0;
  const slow = bound(anOperation(), async () => {
    most = Math.max(most, ++running);
    await wait(50);
    running--;
    return { ok: true };
  });
  const { inject } = testServer([slow], { limits: { concurrentRequests: 5 } });
  const answers = await Promise.all(Array.from({ length: 20 }, () => inject({ url: "/look" })));
  const busy = answers.filter((answer) => answer.statusCode === 503);
  assert.equal(most, 5);
  assert.equal(busy.length, 15);
  assert.ok(busy.every((answer) => answer.json().code === "server.busy" && answer.headers["retry-after"] === "1"));
  assert.equal((await inject({ url: "/look" })).statusCode, 200);
});

test("a caller who hangs up gives the place back only when the work is over", async (t) => {
  const slow = bound(anOperation(), async () => {
    await wait(200);
    return { ok: true };
  });
  const { port, inject } = await listening(t, [slow], { limits: { concurrentRequests: 1 } });
  const socket = connect(port, "127.0.0.1");
  socket.on("error", () => {});
  socket.write("GET /look HTTP/1.1\r\nhost: a\r\n\r\n");
  await wait(50);
  socket.destroy();
  await wait(50);
  assert.equal((await inject({ url: "/look" })).statusCode, 503);
  await wait(200);
  assert.equal((await inject({ url: "/look" })).statusCode, 200);
});

test("too many from one address, one account or for one route are a 429 that says when to come back", async () => {
  const look = anOperation();
  const letter = anOperation({ name: "letter", path: "/letter", requestsPerMinute: 2 });
  const limits = { perMinuteByAddress: 5, perMinuteByAccount: 3 };
  const { inject } = testServer([bound(look), bound(letter)], { limits });
  const many = async (count: number, request: object) => {
    const statuses: number[] = [];
    for (let at = 0; at < count; at++) statuses.push((await inject({ url: "/look", ...request })).statusCode);
    return statuses;
  };
  assert.deepEqual(await many(6, { remoteAddress: "203.0.113.1" }), [200, 200, 200, 200, 200, 429]);
  assert.deepEqual(await many(1, { remoteAddress: "203.0.113.2" }), [200]);
  assert.deepEqual(await many(4, { remoteAddress: "203.0.113.3", headers: as("buyer") }), [200, 200, 200, 429]);
  assert.deepEqual(await many(1, { remoteAddress: "203.0.113.4", headers: as("buyer") }), [429]);
  assert.deepEqual(await many(1, { remoteAddress: "203.0.113.4", headers: as("seller") }), [200]);
  assert.deepEqual(await many(3, { remoteAddress: "203.0.113.5", url: "/letter" }), [200, 200, 429]);
  const refused = await inject({ url: "/letter", remoteAddress: "203.0.113.5" });
  assert.equal(refused.json().code, "request.too_many");
  assert.equal(refused.headers["retry-after"], "30");
  assert.deepEqual(refused.json().details, { retryAfterSeconds: 30 });
});

test("rates can be raised and switched off, and a limiter elsewhere may take its time", async () => {
  const limits = { perMinuteByAddress: 1, rateFactor: 3 };
  const raised = testServer([bound(anOperation())], { limits });
  const statuses = async ({ inject }: typeof raised) => {
    const all: number[] = [];
    for (let at = 0; at < 4; at++) all.push((await inject({ url: "/look" })).statusCode);
    return all;
  };
  assert.deepEqual(await statuses(raised), [200, 200, 200, 429]);
  assert.deepEqual(
    await statuses(testServer([bound(anOperation())], { limits: { ...limits, rateFactor: 0 } })),
    [200, 200, 200, 200],
  );
  const memory = memoryLimiter(() => performance.now());
  const limiter = { take: (key: string, perMinute: number) => wait(1).then(() => memory.take(key, perMinute)) };
  assert.deepEqual(await statuses(testServer([bound(anOperation())], { limits, limiter })), [200, 200, 200, 429]);
});

test("a minute's worth may come at once; then one more each minute / rate", () => {
  let now = 1_000_000;
  const { take } = memoryLimiter(() => now);
  for (let at = 0; at < 60; at++) assert.equal(take("a", 60), 0);
  assert.ok(Math.abs(Number(take("a", 60)) - 1000) < 1);
  now += 999;
  assert.ok(Number(take("a", 60)) > 0);
  now += 1;
  assert.equal(take("a", 60), 0);
  assert.equal(take("b", 60), 0);
  now += 3_600_000;
  for (let at = 0; at < 60; at++) assert.equal(take("a", 60), 0);
});

test("looking at a limit takes nothing of it", () => {
  const { take, waitMs } = memoryLimiter(() => 0);
  for (let at = 0; at < 100; at++) assert.equal(waitMs("a", 1), 0);
  assert.equal(take("a", 1), 0);
  assert.equal(waitMs("a", 1), take("a", 1));
  assert.ok(waitMs("a", 1) > 0);
});

test("addresses are remembered up to a number, and an IPv6 subscriber counts as one", () => {
  const { take } = memoryLimiter(() => 0, 10);
  for (let at = 0; at < 1000; at++) assert.equal(take(`ip:${at}`, 1), 0);
  assert.equal(limitedAddress("2001:db8:1:2:3:4:5:6"), limitedAddress("2001:db8:1:2::9"));
  assert.notEqual(limitedAddress("2001:db8:1:2::1"), limitedAddress("2001:db8:1:3::1"));
  assert.equal(limitedAddress("2001:db8::1"), "2001:db8:0:0::/64");
  assert.equal(limitedAddress("::1"), "0:0:0:0::/64");
  assert.equal(limitedAddress("::ffff:203.0.113.1"), "203.0.113.1");
  assert.equal(limitedAddress("203.0.113.1"), "203.0.113.1");
});

test("X-Forwarded-For counts only from a proxy that is trusted", async () => {
  const ips: (string | undefined)[] = [];
  const who = bound(anOperation(), (_, caller) => {
    ips.push(caller.ip);
    return { ok: true };
  });
  const headers = { "x-forwarded-for": "203.0.113.7" };
  await testServer([who]).inject({ url: "/look", headers });
  await testServer([who], { trustedProxies: ["127.0.0.1"] }).inject({ url: "/look", headers });
  assert.deepEqual(ips, ["127.0.0.1", "203.0.113.7"]);
});
