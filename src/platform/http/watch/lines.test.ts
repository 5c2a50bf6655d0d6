import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer as createBareServer } from "node:http";
import { type AddressInfo, connect } from "node:net";
import { type TestContext, test } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import { as, onlyAddress, testServer } from "../test-server.ts";
import { openYard, watcher, watchThing, type Yard } from "./test-watch.ts";

/** Waits for something that is about to be so. */
async function until(isSo: () => boolean | Promise<boolean>, withinMs = 3_000): Promise<void> {
  for (let waitedMs = 0; !(await isSo()); waitedMs += 10) {
    assert.ok(waitedMs < withinMs, "it never came");
    await pause(10);
  }
}

async function problemOf(response: Response) {
  const { code } = (await response.json()) as { code: string };
  return [response.status, code, response.headers.get("content-type")];
}
const PROBLEM = "application/problem+json; charset=utf-8";

test("who may not see it is refused as anywhere, with a problem and no line", async (t) => {
  const yard = await openYard(t);
  assert.deepEqual(await problemOf(await yard.ask("nothing")), [404, "thing.not_found", PROBLEM]);
  const long = await yard.ask("x".repeat(30));
  assert.deepEqual(await problemOf(long), [400, "request.invalid", PROBLEM]);
  const nobody = await fetch(`${yard.url}/things/cat/events`);
  assert.deepEqual(await problemOf(nobody), [401, "auth.required", PROBLEM]);
  const { headers } = await yard.ask("cat");
  assert.equal(headers.get("content-type"), "text/event-stream; charset=utf-8");
  assert.match(headers.get("cache-control") ?? "", /no-store/);
  assert.ok(headers.get("x-request-id") && headers.get("traceparent"));
});

test("HEAD is answered like GET, without a line", async (t) => {
  const yard = await openYard(t, { limits: { watches: 1 } });
  for (let times = 0; times < 3; times++) {
    const { status, headers } = await yard.ask("cat", { method: "HEAD" });
    assert.deepEqual([status, headers.get("content-type")], [200, "text/event-stream; charset=utf-8"]);
  }
  assert.equal((await yard.ask("nothing", { method: "HEAD" })).status, 404);
});

test("an account that watches too much is told so, and may again when it has left one", async (t) => {
  const yard = await openYard(t, { limits: { watchesByAccount: 2 } });
  const [one] = [await yard.watch("cat"), await yard.watch("dog")];
  await one.next();
  assert.deepEqual(await problemOf(await yard.ask("cow")), [429, "watch.too_many", PROBLEM]);
  await yard.watch("cow", { token: "another" });
  await one.leave();
  await until(async () => (await yard.ask("cow")).status === 200);
});

test("a process that is full says so at once, and a refusal takes no seat", async (t) => {
  const yard = await openYard(t, { limits: { watches: 3 } });
  for (let times = 0; times < 5; times++) assert.equal((await yard.ask("nothing")).status, 404);
  for (const token of ["a", "b", "c"]) await yard.watch("cat", { token });
  const full = await yard.ask("cat", { token: "d" });
  assert.ok(Number(full.headers.get("retry-after")) > 0);
  assert.deepEqual(await problemOf(full), [503, "watch.no_room", PROBLEM]);
});

test("open lines keep no place from other requests, and their answers count as quick", async (t) => {
  const yard = await openYard(t, { limits: { concurrentRequests: 2 } });
  for (const token of ["a", "b", "c", "d"]) await yard.watch("cat", { token });
  assert.equal((await yard.ask("nothing")).status, 404);
  const opened = yard.server.lines.filter(({ code, status }) => code === "http.request" && status === 200);
  assert.equal(opened.length, 4);
  for (const { ms } of opened) assert.ok(Number(ms) < 5_000);
});

test("a session that ends ends its lines within a second, and nobody else's", async (t) => {
  const yard = await openYard(t);
  const gone = await yard.watch("cat", { token: "gone" });
  const stays = await yard.watch("cat", { token: "stays" });
  await gone.next();
  await stays.next();
  yard.revoked.add("ses_gone");
  const startedMs = performance.now();
  assert.deepEqual(await gone.next(), [{ name: "end", data: { code: "auth.token_revoked" } }]);
  assert.ok(performance.now() - startedMs < 1_000);
  assert.deepEqual(await gone.next(), []);
  yard.step("cat");
  assert.equal((await stays.next())[0]?.name, "step");
});

test("a line ends with the token that opened it", async (t) => {
  const yard = await openYard(t);
  const cat = await yard.watch("cat");
  await cat.next();
  yard.clock.turn({ seconds: 599 });
  yard.step("cat");
  assert.equal((await cat.next())[0]?.name, "step");
  yard.clock.turn({ seconds: 1 });
  assert.deepEqual(await cat.next(), [{ name: "end", data: { code: "auth.token_expired" } }]);
});

/** A client that asks and then reads nothing. */
function deafClient(yard: Yard, token: string) {
  const socket = connect(Number(new URL(yard.url).port), "127.0.0.1");
  socket.on("error", () => undefined);
  socket.write(`GET /things/cat/events HTTP/1.1\r\nhost: a\r\nauthorization: Bearer ${token}\r\n\r\n`);
  return new Promise<typeof socket>((resolve) => {
    socket.once("data", () => {
      socket.pause();
      resolve(socket);
    });
  });
}

test("who does not read is cut off when too much waits for it; the others hear everything", async (t) => {
  const yard = await openYard(t, { limits: { watchBufferBytes: 100_000 } });
  const deaf = await deafClient(yard, "deaf");
  const cat = await yard.watch("cat");
  await cat.next();
  // Far more than the kernel keeps for a connection.
  for (let n = 1; n <= 100; n++) {
    yard.step("cat", "가".repeat(50_000));
    assert.deepEqual([(await cat.next())[0]?.id], [`${n}.0`]);
  }
  await until(() =>
    yard.server.lines.some(({ code, accountId }) => code === "watch.too_slow" && accountId === "acc_deaf"),
  );
  const closed = new Promise((resolve) => deaf.once("close", resolve));
  deaf.resume();
  await closed;
});

test("who has let something wait from one beat to the next is cut off, however little it is", async (t) => {
  const yard = await openYard(t, { limits: { watchBeatMs: 300, watchBufferBytes: 1_000_000_000 } });
  const deaf = await deafClient(yard, "deaf");
  for (let n = 0; n < 60; n++) yard.step("cat", "가".repeat(100_000));
  await until(() => yard.server.lines.some(({ code }) => code === "watch.too_slow"), 5_000);
  deaf.destroy();
});

test("a stop sends everybody away with a time to come again, and waits for nobody", async (t) => {
  const yard = await openYard(t, { limits: { watchesByAccount: 50 } });
  const watching = await Promise.all(Array.from({ length: 40 }, () => yard.watch("cat")));
  for (const one of watching) await one.next();
  const startedMs = performance.now();
  const closing = yard.server.close({ graceMs: 10_000 });
  for (const one of watching) {
    assert.deepEqual(await one.next(), [{ name: "end", data: { code: "server.draining" } }]);
    assert.deepEqual(await one.next(), []);
  }
  await closing;
  assert.ok(performance.now() - startedMs < 2_000);
  const pauses = new Set(watching.map((one) => one.retryMs()));
  assert.ok(pauses.size > 20 && Math.min(...pauses) >= 1_000, "they would all come back at once");
  assert.equal(yard.server.lines.filter(({ code }) => code === "http.cut_off").length, 0);
});

test("a client that leaves while its line is being opened leaves nothing behind", async (t) => {
  const yard = await openYard(t, { limits: { watches: 1 }, lookMs: 100 });
  const leaving = new AbortController();
  const headers = { authorization: "Bearer me" };
  const asked = fetch(`${yard.url}/things/cat/events`, { headers, signal: leaving.signal }).catch(() => undefined);
  await pause(30);
  leaving.abort();
  await asked;
  await until(async () => (await yard.ask("cat")).status === 200);
});

async function anEdge(t: TestContext, serviceUrl: string) {
  const edge = testServer([], {
    verifyToken: (token) => ({ accountId: `acc_${token}`, roles: ["BUYER"], sessionId: `ses_${token}` }),
    relay: {
      operations: [{ operation: watchThing }],
      addressesOf: () => onlyAddress(serviceUrl),
      tokenFor: () => "edge",
      requestsPerService: 1,
    },
  });
  const url = await edge.listen({ host: "127.0.0.1", port: 0 });
  t.after(() => edge.close({ graceMs: 100 }));
  const watch = async (headers: Record<string, string> = {}) => {
    const { body } = await fetch(`${url}/things/cat/events`, { headers: { ...as("me"), ...headers } });
    assert.ok(body);
    return watcher(body);
  };
  return { edge, watch };
}

test("through an edge it is the same: what happens, going on after a break, and the end with its reason", async (t) => {
  const yard = await openYard(t);
  const { watch } = await anEdge(t, yard.url);
  const [before, other] = [await watch(), await watch()];
  await before.next();
  await other.next();
  for (let n = 0; n < 3; n++) yard.step("cat");
  assert.equal((await before.next(2)).at(-1)?.id, "2.0");
  await before.leave();
  const again = await watch({ "last-event-id": before.lastId() ?? "" });
  assert.deepEqual(await again.next(), [{ name: "step", id: "3.0", data: { thing: "cat", n: 3 } }]);
  yard.revoked.add("ses_me");
  assert.deepEqual(await again.next(), [{ name: "end", data: { code: "auth.token_revoked" } }]);
});

test("an edge that stops sends away those who watch through it as a service does, and never inside of an event", async (t) => {
  let write = (_: string) => {};
  const service = createBareServer((_request, response) => {
    response.writeHead(200, { "content-type": "text/event-stream" });
    write = (text) => void response.write(text);
    write('event: step\nid: 1.0\ndata: {"n":1}\n\nevent: step\nid: 2.0\nda');
  });
  service.listen(0, "127.0.0.1");
  await once(service, "listening");
  t.after(() => service.close());
  const { edge, watch } = await anEdge(t, `http://127.0.0.1:${(service.address() as AddressInfo).port}`);
  const watching = await watch();
  assert.equal((await watching.next())[0]?.id, "1.0");
  const closing = edge.close({ graceMs: 5_000 });
  setTimeout(() => write('ta: {"n":2}\n\n'), 50);
  const [second, end] = await watching.next(2);
  assert.deepEqual(second, { name: "step", id: "2.0", data: { n: 2 } });
  assert.deepEqual(end, { name: "end", data: { code: "server.draining" } });
  assert.ok(watching.retryMs() >= 1_000);
  assert.deepEqual(await watching.next(), []);
  await closing;
});
