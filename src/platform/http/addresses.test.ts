import assert from "node:assert/strict";
import { createServer, type RequestListener, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { type TestContext, test } from "node:test";
import { makeAddressBook } from "./addresses.ts";
import { keptLog } from "./test-server.ts";

const OFTEN_ENOUGH_MS = 10_000;

async function listen(t: TestContext, answer: RequestListener, port = 0): Promise<{ url: string; server: Server }> {
  const server = createServer(answer);
  await new Promise<void>((resolve) => server.listen(port, "127.0.0.1", resolve));
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, server };
}

function open(t: TestContext, ...urls: string[]) {
  const book = makeAddressBook({ monotonicMs: () => performance.now(), log: keptLog().log });
  t.after(() => book.close());
  return book.of(urls);
}

async function until(isSo: () => boolean): Promise<void> {
  const began = performance.now();
  while (!isSo()) {
    assert.ok(performance.now() - began < OFTEN_ENOUGH_MS, "it never came to that");
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

const withStatus =
  (status: () => number): RequestListener =>
  (_request, response) =>
    void response.writeHead(status()).end();

test("ready processes take turns; one that drains is used only when there is no other", async (t) => {
  let status = 200;
  const first = await listen(
    t,
    withStatus(() => status),
  );
  const second = await listen(
    t,
    withStatus(() => 200),
  );
  const addresses = open(t, first.url, second.url);
  const picked = () => new Set([addresses.pick()?.url, addresses.pick()?.url]);
  assert.deepEqual(picked(), new Set([first.url, second.url]));
  assert.equal(addresses.pick(new Set([first.url]))?.url, second.url);
  status = 503;
  await until(() => picked().size === 1);
  assert.equal(addresses.pick()?.url, second.url);
  assert.equal(addresses.pick(new Set([second.url]))?.url, first.url);
});

test("where nothing listens is the last to be tried, and is used again as soon as somebody does", async (t) => {
  const gone = await listen(
    t,
    withStatus(() => 200),
  );
  const other = await listen(
    t,
    withStatus(() => 200),
  );
  const addresses = open(t, gone.url, other.url);
  gone.server.closeAllConnections();
  gone.server.close();
  addresses.told(gone.url, "refused");
  assert.deepEqual([addresses.pick()?.url, addresses.pick()?.url], [other.url, other.url]);
  assert.equal(addresses.pick(new Set([other.url]))?.url, gone.url);
  await listen(
    t,
    withStatus(() => 200),
    Number(new URL(gone.url).port),
  );
  await until(() => new Set([addresses.pick()?.url, addresses.pick()?.url]).size === 2);
});

test("a process that answers nothing is not used, and whoever waits for it is told; an answer brings it back", async (t) => {
  let isFrozen = true;
  const frozen = await listen(t, (_request, response) => void (isFrozen || response.end()));
  const addresses = open(t, frozen.url);
  let isTold = false;
  addresses.pick()?.watch(() => {
    isTold = true;
  });
  await until(() => addresses.pick() === undefined);
  assert.equal(isTold, true);
  isFrozen = false;
  await until(() => addresses.pick()?.url === frozen.url);
});

test("a process that answers calls is not silent, however late it says that it is ready", async (t) => {
  const late = await listen(t, () => {});
  const addresses = open(t, late.url);
  const began = performance.now();
  while (performance.now() - began < 3_000) {
    addresses.told(late.url, "answered");
    assert.equal(addresses.pick()?.url, late.url);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
});
