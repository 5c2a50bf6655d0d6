import assert from "node:assert/strict";
import { test } from "node:test";
import { Type } from "typebox";
import { Agent, request } from "undici";
import { makeRegistry } from "#platform/telemetry/metrics.ts";
import { anOperation, as, bound, testServer } from "./test-server.ts";

const wait = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));

test("a request leaves one line with ids and a code, and nothing of what was sent", async () => {
  const order = anOperation({
    ...{ name: "getOrder", path: "/orders/:orderId", access: ["BUYER"] },
    input: Type.Object({ orderId: Type.String(), phone: Type.Optional(Type.String()) }),
  });
  const { inject, lines } = testServer([bound(order)]);
  const answer = await inject({
    url: "/orders/ord_01jd7x000000000000000000aa?phone=01012345678",
    headers: as("buyer"),
  });
  await wait(5);
  const line = lines.find(({ code }) => code === "http.request");
  assert.deepEqual(
    { ...line, ms: 0, traceId: "" },
    {
      ...{ code: "http.request", method: "GET", route: "/orders/:orderId", operation: "getOrder", status: 200, ms: 0 },
      ...{
        requestId: answer.headers["x-request-id"],
        traceId: "",
        accountId: "acc_buyer",
        orderId: "ord_01jd7x000000000000000000aa",
      },
      ...{ paymentId: undefined, problem: undefined },
    },
  );
  assert.ok(!JSON.stringify(lines).includes("01012345678"));
});

test("the order that a body names stands in its line, and nothing else of the body", async () => {
  const pay = anOperation({
    ...{ name: "place", method: "POST", path: "/orders", idempotency: "own-rules" },
    input: Type.Object({ orderId: Type.String(), note: Type.String() }),
  });
  const { inject, lines } = testServer([bound(pay)]);
  const orderId = "ord_01jd7x000000000000000000aa";
  await inject({ url: "/orders", method: "POST", payload: { orderId, note: "문 앞" } });
  await inject({ url: "/orders", method: "POST", payload: { orderId: "010-1234-5678", note: "문 앞" } });
  await wait(5);
  assert.deepEqual(
    lines.filter(({ code }) => code === "http.request").map((line) => line.orderId),
    [orderId, undefined],
  );
  assert.ok(!/문 앞|1234/.test(JSON.stringify(lines)));
});

test("readiness is what the checks say, each by its name; being alive needs nothing", async () => {
  let database: true | string = true;
  const { inject } = testServer([], {
    ready: {
      database: () => database,
      broken: () => (database === true ? true : Promise.reject(new Error("inner words"))),
    },
  });
  assert.deepEqual((await inject({ url: "/health/ready" })).json(), { status: "ready" });
  database = "no connection";
  const answer = await inject({ url: "/health/ready" });
  assert.equal(answer.statusCode, 503);
  assert.deepEqual(answer.json(), { status: "not ready", failing: { database: "no connection", broken: "failed" } });
  assert.deepEqual((await inject({ url: "/health/live" })).json(), { status: "live" });
});

test("what the house can do without is shown, and leaves it ready", async () => {
  let redis: true | string = true;
  const { inject } = testServer([], { ready: { database: () => true }, notes: { redis: () => redis } });
  assert.deepEqual((await inject({ url: "/health/ready" })).json(), { status: "ready" });
  redis = "away";
  const answer = await inject({ url: "/health/ready" });
  assert.equal(answer.statusCode, 200);
  assert.deepEqual(answer.json(), { status: "ready", without: { redis: "away" } });
});

test("metrics count answers per operation", async () => {
  const registry = makeRegistry({ processMetrics: true });
  const { inject } = testServer([bound(anOperation())], { registry });
  await inject({ url: "/look" });
  await inject({ url: "/nowhere" });
  await wait(5);
  const { body } = await inject({ url: "/metrics" });
  for (const line of [
    'http_request_duration_seconds_count{operation="look",status="200"} 1',
    'http_request_duration_seconds_count{operation="unmatched",status="404"} 1',
    "# TYPE process_cpu_seconds_total counter",
  ]) {
    assert.ok(body.split("\n").includes(line), line);
  }
});

test("other origins may call only when they are listed", async () => {
  const preflight = {
    method: "OPTIONS" as const,
    url: "/look",
    headers: { origin: "https://page.example", "access-control-request-method": "GET" },
  };
  const closed = await testServer([bound(anOperation())]).inject(preflight);
  assert.equal(closed.headers["access-control-allow-origin"], undefined);
  const { inject } = testServer([bound(anOperation())], { corsOrigins: ["https://page.example"] });
  const open = await inject(preflight);
  assert.deepEqual([open.statusCode, open.headers["access-control-allow-origin"]], [204, "https://page.example"]);
  assert.match(String(open.headers["access-control-allow-headers"]), /idempotency-key/);
  const other = await inject({ url: "/look", headers: { origin: "https://evil.example" } });
  assert.deepEqual([other.statusCode, other.headers["access-control-allow-origin"]], [200, undefined]);
});

test("a drain under load loses no request: what was sent is answered, what comes after is not let in", async () => {
  const slow = bound(anOperation(), async () => {
    await wait(20);
    return { ok: true };
  });
  const server = testServer([slow]);
  const address = await server.listen({ host: "127.0.0.1", port: 0 });
  const agent = new Agent({ connections: 20, pipelining: 1 });
  const seen = { answered: 0, turnedAway: 0, lost: [] as string[] };
  let stop = false;
  const client = async () => {
    while (!stop) {
      try {
        const answer = await request(`${address}/look`, { dispatcher: agent });
        await answer.body.text();
        if (answer.statusCode === 200) seen.answered++;
        else seen.lost.push(String(answer.statusCode));
      } catch (error) {
        const { code = "" } = error as { code?: string };
        if (code === "ECONNREFUSED") seen.turnedAway++;
        else seen.lost.push(code);
        await wait(5);
      }
    }
  };
  const clients = Array.from({ length: 20 }, client);
  // However slow the machine is, the drain meets a door that is in full use.
  while (seen.answered <= 100) await wait(5);
  const startedMs = performance.now();
  await server.close({ graceMs: 5_000 });
  const tookMs = performance.now() - startedMs;
  stop = true;
  await Promise.all(clients);
  await agent.destroy();
  assert.deepEqual(seen.lost, []);
  assert.ok(seen.turnedAway > 0, JSON.stringify(seen));
  assert.ok(tookMs < 2_000, `took ${tookMs} ms`);
});

test("a drain waits for what is under way, is not ready, and cuts off what is left after its time", async () => {
  const slow = bound(anOperation(), async () => {
    await wait(300);
    return { ok: true };
  });
  const endless = bound(anOperation({ path: "/endless" }), () => new Promise(() => {}));
  const server = testServer([slow, endless]);
  const address = await server.listen({ host: "127.0.0.1", port: 0 });
  const agent = new Agent();
  const first = request(`${address}/look`, { dispatcher: agent });
  const second = request(`${address}/endless`, { dispatcher: agent }).then(
    () => "answered",
    () => "cut off",
  );
  await wait(100);
  const closing = server.close({ graceMs: 800 });
  assert.equal((await server.inject({ url: "/health/ready" })).statusCode, 503);
  const answer = await first;
  assert.deepEqual([answer.statusCode, answer.headers.connection], [200, "close"]);
  assert.deepEqual(await answer.body.json(), { ok: true });
  await closing;
  assert.equal(await second, "cut off");
  await agent.destroy();
});
