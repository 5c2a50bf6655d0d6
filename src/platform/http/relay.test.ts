import assert from "node:assert/strict";
import { createServer as createBareServer, request as open, type RequestListener, type Server } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import { type TestContext, test } from "node:test";
import { Type } from "typebox";
import type { Caller } from "#platform/core/operation.ts";
import type { Addresses } from "./addresses.ts";
import { anOperation, as, bound, onlyAddress, testServer } from "./test-server.ts";

const input = Type.Object({ skuId: Type.String() });
const look = anOperation({ name: "look", path: "/skus/:skuId", input });
const mine = anOperation({ name: "mine", path: "/mine", access: ["BUYER"] });
const buy = anOperation({ name: "buy", method: "POST", path: "/skus/:skuId/buy", input, idempotency: "key" });
const enter = anOperation({ name: "enter", method: "POST", path: "/enter", idempotency: "own-rules" });
const hook = anOperation({ name: "hook", method: "POST", path: "/hook", idempotency: "own-rules", raw: true });
const live = anOperation({ name: "live", path: "/live" });
const inner = anOperation({ name: "inner", path: "/internal/look", access: "service" });
const all = [look, mine, buy, enter, hook, live, inner];

/** An edge before these addresses, tried in this order. */
async function edge(t: TestContext, addressesOf: Addresses, changes: { requestsPerService?: number } = {}) {
  const relay = {
    operations: all.map((operation) => ({ operation })),
    addressesOf: () => addressesOf,
    tokenFor: () => "edge",
    requestsPerService: 10,
    ...changes,
  };
  const server = testServer([], { relay, limits: { answerTimeoutMs: 1_000 } });
  const url = await server.listen({ host: "127.0.0.1", port: 0 });
  t.after(() => server.close({ graceMs: 50 }));
  return { url, lines: server.lines };
}

/** The house's own door, which knows the edge's token. */
async function house(t: TestContext, seen: Caller[]) {
  const run = (_: never, caller: Caller) => {
    seen.push(caller);
    return { ok: true };
  };
  const server = testServer(
    all.map((operation) => bound(operation, run)),
    {
      verifyServiceToken: (token) =>
        token === "edge" ? { service: "edge", target: "store", kind: "service", roles: [] } : null,
      limits: { perMinuteByAddress: 1 },
    },
  );
  const url = await server.listen({ host: "127.0.0.1", port: 0 });
  t.after(() => server.close({ graceMs: 50 }));
  return url;
}

async function bare(t: TestContext, answer: RequestListener): Promise<{ url: string; server: Server }> {
  const server = createBareServer(answer);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, server };
}

function inOrder(...urls: readonly string[]): Addresses & { refusals: string[] } {
  const refusals: string[] = [];
  return {
    refusals,
    pick: (tried = new Set()) => {
      const url = urls.find((one) => !tried.has(one)) ?? urls.at(-1);
      return url === undefined ? undefined : { url, watch: () => () => {} };
    },
    told: (url, outcome) => void (outcome === "refused" && refusals.push(url)),
  };
}

const ok: RequestListener = (_request, response) =>
  void response.setHeader("content-type", "application/json").end('{"ok":true}');
const keyed = { "idempotency-key": "k", "content-type": "application/json" };

test("a service sees the client: token, address, language and trace; nothing that a client says of itself", async (t) => {
  const seen: Caller[] = [];
  const { url } = await edge(t, onlyAddress(await house(t, seen)));
  const forged = { "x-madang-caller-address": "9.9.9.9", "x-forwarded-for": "9.9.9.9", "x-madang-edge-token": "edge" };
  const headers = {
    ...as("buyer"),
    ...forged,
    "accept-language": "en",
    "x-request-id": "req_w7qe771vjmqggc5h1ct95vxeca",
  };
  const answer = await fetch(`${url}/mine`, { headers });
  assert.deepEqual([answer.status, await answer.json()], [200, { ok: true }]);
  assert.equal(answer.headers.get("x-request-id"), "req_w7qe771vjmqggc5h1ct95vxeca");
  assert.equal(answer.headers.get("traceparent")?.slice(3, 35), seen[0]?.traceparent.slice(3, 35));
  assert.deepEqual(
    [seen[0]?.kind, seen[0]?.id, seen[0]?.ip, seen[0]?.locale],
    ["account", "acc_buyer", "127.0.0.1", "en"],
  );
  // The house would let one request a minute come from one address: the edge has counted the client already.
  for (let at = 0; at < 3; at++) assert.equal((await fetch(`${url}/mine`, { headers })).status, 200);
});

test("the door of the edge refuses what the door of the house would, and the house is not troubled", async (t) => {
  const seen: Caller[] = [];
  const { url } = await edge(t, onlyAddress(await house(t, seen)));
  const statuses = [
    await fetch(`${url}/mine`),
    await fetch(`${url}/mine`, { headers: as("seller") }),
    await fetch(`${url}/mine`, { headers: as("left") }),
    await fetch(`${url}/internal/look`, { headers: { "x-madang-service-token": "order" } }),
    await fetch(`${url}/mine`, { method: "POST" }),
    await fetch(`${url}/enter`, { method: "POST", headers: { "content-type": "text/plain" }, body: "a" }),
    await fetch(`${url}/enter`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify("x".repeat(70_000)),
    }),
  ].map(({ status }) => status);
  assert.deepEqual(statuses, [401, 403, 401, 404, 405, 415, 413]);
  assert.equal(seen.length, 0);
});

test("an edge's token opens nothing of the house", async (t) => {
  const url = await house(t, []);
  const tokens = { "x-madang-edge-token": "edge", "x-madang-service-token": "edge" };
  assert.equal((await fetch(`${url}/internal/look`, { headers: tokens })).status, 404);
});

test("the bytes of a webhook arrive as they were sent, whatever they mean as JSON", async (t) => {
  const seen: Caller[] = [];
  const { url } = await edge(t, onlyAddress(await house(t, seen)));
  const body = '{ "a":1,\n "a":2.0, "한": "\\u0041" }';
  await fetch(`${url}/hook`, { method: "POST", headers: { "content-type": "application/json", "x-sign": "s" }, body });
  assert.equal(seen[0]?.raw?.body, body);
  assert.equal(seen[0]?.raw?.headers["x-sign"], "s");
});

test("a path goes on as it was checked, dots and all", async (t) => {
  const paths: (string | undefined)[] = [];
  const { url } = await bare(t, (request, response) => {
    paths.push(request.url);
    ok(request, response);
  });
  const { hostname, port } = new URL((await edge(t, onlyAddress(url))).url);
  for (const path of ["/skus/%2e%2e", "/skus/a%2F..%2Fb?x=%20&y=/../internal"]) {
    await new Promise<void>((resolve) => {
      open({ hostname, port, path }, (answer) => answer.resume().on("end", resolve)).end();
    });
  }
  assert.deepEqual(paths, ["/skus/%2e%2e", "/skus/a%2F..%2Fb?x=%20&y=/../internal"]);
});

test("what nobody listened to goes to the next process, be it safe to repeat or not", async (t) => {
  const { url: alive } = await bare(t, ok);
  const addresses = inOrder("http://127.0.0.1:1", alive);
  const { url } = await edge(t, addresses);
  assert.equal((await fetch(`${url}/enter`, { method: "POST" })).status, 200);
  assert.deepEqual(addresses.refusals, ["http://127.0.0.1:1"]);
});

test("a connection that breaks before the answer is no answer: only what may be repeated is sent again", async (t) => {
  let cuts = 0;
  const { url: shaky } = await bare(t, (request) => {
    cuts++;
    request.socket.destroy();
  });
  const { url: halfway } = await bare(t, (_request, response) => {
    response.writeHead(200, { "content-length": "11" });
    response.write('{"ok"');
    setTimeout(() => response.destroy(), 5);
  });
  const { url: alive } = await bare(t, ok);
  const { url } = await edge(t, inOrder(shaky, halfway, alive));
  assert.deepEqual(await (await fetch(`${url}/skus/a`)).json(), { ok: true });
  assert.equal((await fetch(`${url}/skus/a/buy`, { method: "POST", headers: keyed, body: "{}" })).status, 200);
  const once = await fetch(`${url}/enter`, { method: "POST" });
  assert.deepEqual([once.status, once.headers.get("retry-after")], [504, "1"]);
  assert.equal(cuts, 3);
});

test("a service without a living process is a 503 at once; one that is silent is a 504 in time", async (t) => {
  const nowhere = await edge(t, { pick: () => undefined, told: () => {} });
  const gone = await fetch(`${nowhere.url}/skus/a`);
  assert.deepEqual([gone.status, gone.headers.get("retry-after")], [503, "1"]);
  assert.equal(((await gone.json()) as { code: string }).code, "server.unreachable");
  const { url: silent } = await bare(t, () => {});
  const { url } = await edge(t, onlyAddress(silent));
  const startedMs = performance.now();
  const late = await fetch(`${url}/skus/a`);
  assert.deepEqual([late.status, late.headers.get("retry-after")], [504, "1"]);
  assert.ok(performance.now() - startedMs < 1_500);
});

test("who waits for a process that is found dead is sent to another one", async (t) => {
  const { url: frozen } = await bare(t, () => {});
  const { url: alive } = await bare(t, ok);
  const watchers: (() => void)[] = [];
  const watch = (isGone: () => void) => {
    watchers.push(isGone);
    return () => {};
  };
  const { url } = await edge(t, {
    pick: (tried = new Set()) => ({ url: tried.has(frozen) ? alive : frozen, watch }),
    told: () => {},
  });
  const asked = fetch(`${url}/skus/a`);
  while (watchers.length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
  watchers[0]?.();
  assert.equal((await asked).status, 200);
});

test("a slow service takes its own places and no more", async (t) => {
  const { url: slow } = await bare(t, (request, response) => void setTimeout(() => ok(request, response), 100));
  const { url } = await edge(t, onlyAddress(slow), { requestsPerService: 2 });
  const statuses = (await Promise.all([1, 2, 3].map(() => fetch(`${url}/skus/a`)))).map(({ status }) => status).sort();
  assert.deepEqual(statuses, [200, 200, 503]);
});

test("a live stream is handed on as it comes, and ends when the client leaves", async (t) => {
  let isOver = false;
  const { url: service } = await bare(t, (request, response) => {
    response.writeHead(200, { "content-type": "text/event-stream" }).write("data: 1\n\n");
    setTimeout(() => response.write("data: 2\n\n"), 50);
    request.socket.once("close", () => {
      isOver = true;
    });
  });
  const { url } = await edge(t, onlyAddress(service), { requestsPerService: 1 });
  const leaving = new AbortController();
  const answer = await fetch(`${url}/live`, { signal: leaving.signal });
  const reader = answer.body?.getReader();
  const told = async () => new TextDecoder().decode((await reader?.read())?.value);
  assert.deepEqual([await told(), await told()], ["data: 1\n\n", "data: 2\n\n"]);
  // It holds no place of its service.
  const second = await fetch(`${url}/live`);
  assert.equal(second.status, 200);
  await second.body?.cancel();
  leaving.abort();
  for (let tries = 0; !isOver && tries < 100; tries++) await new Promise((resolve) => setTimeout(resolve, 10));
  assert.equal(isOver, true);
});

test("a WebSocket is joined with its service in both directions; a refusal of the service is told", async (t) => {
  const { url: service, server } = await bare(t, ok);
  server.on("upgrade", (request, socket: Socket, head: Buffer) => {
    if (request.url === "/skus/no") {
      socket.end("HTTP/1.1 403 Forbidden\r\ncontent-length: 2\r\n\r\nno");
      return;
    }
    assert.equal(request.headers["x-madang-edge-token"], "edge");
    assert.equal(request.headers.host, "market.example");
    socket.write("HTTP/1.1 101 Switching Protocols\r\nconnection: Upgrade\r\nupgrade: websocket\r\n\r\nhello ");
    socket.write(head);
    socket.pipe(socket);
  });
  const { hostname, port } = new URL((await edge(t, onlyAddress(service))).url);
  const headers = { connection: "Upgrade", upgrade: "websocket", host: "market.example" };
  const socket = await new Promise<Socket>((resolve) => {
    open({ hostname, port, path: "/live", headers })
      .on("upgrade", (_answer, joined: Socket, head) => {
        joined.unshift(head);
        resolve(joined);
      })
      .end();
  });
  let heard = "";
  socket.on("data", (part) => {
    heard += part;
  });
  socket.write("there");
  while (heard !== "hello there") await new Promise((resolve) => setTimeout(resolve, 5));
  socket.end();
  await new Promise((resolve) => socket.once("close", resolve));
  const refusal = await new Promise<[number | undefined, string]>((resolve) => {
    open({ hostname, port, path: "/skus/no", headers })
      .on("response", (answer) => answer.on("data", (text) => resolve([answer.statusCode, String(text)])))
      .end();
  });
  assert.deepEqual(refusal, [403, "no"]);
});

test("a call whose time is over is not begun, however it spent that time", async (t) => {
  const seen: Caller[] = [];
  const url = await house(t, seen);
  const tokens = { "x-madang-edge-token": "edge" };
  const over = await fetch(`${url}/skus/a`, { headers: { ...tokens, "x-madang-deadline-ms": "0" } });
  assert.deepEqual([over.status, over.headers.get("retry-after")], [504, "1"]);
  const sentAt = (agoMs: number) => ({ "x-madang-deadline-ms": "3000", "x-madang-sent-at": `${Date.now() - agoMs}` });
  assert.equal((await fetch(`${url}/skus/a`, { headers: { ...tokens, ...sentAt(5_000) } })).status, 504);
  assert.equal(seen.length, 0);
  assert.equal((await fetch(`${url}/skus/a`, { headers: { ...tokens, ...sentAt(500) } })).status, 200);
  assert.ok((seen[0]?.answerByMs ?? 0) > performance.now());
  // From outside it says nothing: a client cannot make itself a 5xx.
  assert.equal((await fetch(`${url}/skus/a`, { headers: { "x-madang-deadline-ms": "0" } })).status, 200);
});
