import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { chatSocket } from "#contracts/chat/socket.ts";
import { makeIds } from "#platform/core/ids.ts";
import { instant } from "#platform/core/time.ts";
import { createPool } from "#platform/db/pool.ts";
import { dropDatabase } from "#platform/db/template.ts";
import { type SocketClient, socketClient } from "#platform/socket/testing-client.ts";
import { stopTestCluster, testDatabase } from "#platform/testing/cluster.ts";
import { type Said, startTalk } from "./commands/chat/talk.ts";
import { type Person, personAt } from "./commands/order/person.ts";
import { chance } from "./random.ts";
import { allServices, serviceInvariants } from "./services.ts";
import { seqsOf, talkOverADeath, upTo } from "./testing/conversation.ts";
import * as program from "./testing/program.ts";

// Two real processes on one database: what chat promises when one of them is killed, stopped or hears of a log-out.
const password = "two-doors-one-house";
const storeId = "str_01jd7x0000000000000000stre";
const ids = makeIds(() => instant(Date.now()), chance);
let database: Awaited<ReturnType<typeof testDatabase>>;
let pool: ReturnType<typeof createPool>;
let houses: program.Program[] = [];
let roomId: string;

before(async () => {
  database = await testDatabase(allServices);
  const timeouts = { statementTimeoutMs: 60_000, lockTimeoutMs: 0, idleInTransactionTimeoutMs: 0 };
  pool = createPool({ url: database.url, max: 1, applicationName: "test", ...timeouts });
  houses = await Promise.all([open(), open()]);
  const [sellerId] = await Promise.all([signUp("seller"), signUp("buyer")]);
  // The store as chat hears of it; how it came to be is not this test's.
  const text = "insert into chat.stores values ($1, $2, '마당분식', 'APPROVED', 1)";
  await pool.query(undefined, text, [storeId, sellerId]);
  const buyer = await enter("buyer", 0);
  ({ roomId } = await buyer.ask<{ roomId: string }>("POST", "/chat/store-rooms", { storeId }));
});
after(async () => {
  await Promise.all(houses.map((house) => house.ctrlC().catch(() => {})));
  await pool.close();
  await dropDatabase(database.adminUrl, database.name);
  await stopTestCluster();
});

async function open(port?: number): Promise<program.Program> {
  const env = { ...program.envOn(database.url), RATE_LIMIT_PER_MINUTE: "0" };
  return program.startProgram({ port: port ?? (await program.freePort()), env }).isOpen();
}

async function signUp(who: "buyer" | "seller"): Promise<string> {
  const body = { email: `${who}@chat.example`, password, nickname: who, name: "김대화", roles: [who.toUpperCase()] };
  const headers = { "content-type": "application/json", "idempotency-key": who };
  const answer = await fetch(`${houses[0]?.url}/accounts`, { method: "POST", headers, body: JSON.stringify(body) });
  return ((await answer.json()) as { accountId: string }).accountId;
}

const enter = (who: "buyer" | "seller", at: number) => personAt(houses[at]?.url ?? "", `${who}@chat.example`, password);

/** Somebody's connection to a process, from a place in the room on. */
async function connect(person: Person, at: number, seq: number): Promise<SocketClient> {
  const { path } = await person.ask<{ path: string }>("POST", "/chat/tickets", {});
  const client = await socketClient(`${houses[at]?.url}${path}`, chatSocket);
  const answer = await client.ask("resume", { rooms: [{ roomId, seq }] });
  assert.equal(answer.type, "answer");
  return client;
}

async function sound(): Promise<void> {
  const ofChat = serviceInvariants.filter(({ id }) => id.startsWith("chat."));
  assert.ok(ofChat.length > 0);
  for (const { id, sql } of ofChat) assert.deepEqual((await pool.query(undefined, sql, [])).rows, [], id);
}

test("kill -9 of a process in the middle of a conversation loses, doubles and reorders nothing", async () => {
  const [buyer, seller] = [await enter("buyer", 1), await enter("seller", 1)];
  const dying = houses[0] as program.Program;
  await talkOverADeath({
    roomId,
    words: 150,
    watching: await connect(seller, 1, 0),
    talking: await connect(await enter("buyer", 0), 0, 0),
    kill: () => void process.kill(dying.pid, "SIGKILL"),
    connectAgain: (seq) => connect(buyer, 1, seq),
  });
  assert.equal(await dying.ended, "SIGKILL");
  await sound();
});

test("a log-out at one process ends the connection at the other within a second", async () => {
  houses[0] = await open();
  const seller = await enter("seller", 0);
  const [leaving, staying] = [await connect(seller, 1, 0), await connect(await enter("seller", 1), 1, 0)];
  await seller.ask("DELETE", "/sessions/current");
  const started = performance.now();
  assert.equal(await leaving.ended, 4403);
  const ms = performance.now() - started;
  assert.ok(ms < 1_000, `${ms} ms`);
  assert.ok(!staying.isOver, "another device of theirs stays");
  staying.close();
});

test("a process that is stopped sends its clients elsewhere, and what they were asking is answered first", async () => {
  const client = await connect(await enter("buyer", 1), 0, 150);
  const asked = upTo(20).map((n) =>
    client.ask("sendMessage", { roomId, messageId: ids.make("message"), text: `${n}` }).then(
      () => n,
      () => undefined,
    ),
  );
  const stopped = houses[0]?.ctrlC();
  assert.equal(await client.ended, 1012);
  const answered = (await Promise.all(asked)).filter((n) => n !== undefined);
  const watching = await connect(await enter("buyer", 1), 1, 150);
  assert.equal((await stopped)?.code, 0);
  assert.ok(seqsOf(watching).length >= answered.length, "what was answered is there");
  assert.deepEqual(seqsOf(watching).slice(0, answered.length), upTo(150 + answered.length).slice(150));
  await sound();
  watching.close();
});

test("two terminals talk on over a restart: what is said meanwhile arrives once, in its order", async () => {
  const port = await program.freePort();
  let house = await open(port);
  houses.push(house);
  const { url } = house;
  const { lastSeq } = await (await personAt(url, "buyer@chat.example", password)).ask<{ lastSeq: number }>(
    "GET",
    `/chat/rooms/${roomId}`,
  );
  const heard: (string | undefined)[] = [];
  const sit = (who: "buyer" | "seller", me: Said["from"]) =>
    startTalk({
      enter: () => personAt(url, `${who}@chat.example`, password),
      ...{ url, roomId, me, from: lastSeq },
      screen: {
        message: ({ text }) => me === "SELLER" && heard.push(text),
        ...{ typing: () => {}, read: () => {}, note: () => {} },
      },
    });
  const [buyer, seller] = [sit("buyer", "BUYER"), sit("seller", "SELLER")];
  const say = (texts: readonly string[]) => {
    for (const text of texts) buyer.say(ids.make("message"), text);
  };
  const [before, meanwhile] = [upTo(5).map((n) => `전 ${n}`), upTo(5).map((n) => `사이 ${n}`)];
  say(before);
  await buyer.answered();
  await house.ctrlC();
  say(meanwhile);
  house = await open(port);
  houses.push(house);
  await buyer.answered();
  while (heard.length < 10) await new Promise((resolve) => setTimeout(resolve, 20));
  assert.deepEqual(heard, [...before, ...meanwhile]);
  for (const talk of [buyer, seller]) talk.close();
  await sound();
});
