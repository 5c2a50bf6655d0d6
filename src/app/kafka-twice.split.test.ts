import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import { chatSocket } from "#contracts/chat/socket.ts";
import { fakeKakaoPaySecretKey } from "#fakes/kakaopay/server.ts";
import { fakeTossSecretKey } from "#fakes/toss/server.ts";
import { type Watcher, watcher } from "#platform/http/watch/test-watch.ts";
import { socketClient } from "#platform/socket/testing-client.ts";
import { stopTestBrokers } from "#platform/testing/bus.ts";
import { DEMO_PEOPLE } from "./demo/people.ts";
import { talkOverADeath } from "./testing/conversation.ts";
import { type Gateways, startGateways } from "./testing/market.ts";
import { runProgram } from "./testing/program.ts";
import { replaceUnderLoad } from "./testing/replace.ts";
import { findWanted, pay, place } from "./testing/shop.ts";
import { type Part, type SplitHouse, startSplit } from "./testing/split.ts";
import { commandTopics } from "./testing/topics.ts";
import { ask, logIn, signUpBuyer } from "./testing/visitor.ts";

// Two edges and two processes of everything, which hear each other over Kafka only, those of one process too.
let gateways: Gateways;
let house: SplitHouse;
let edge: string;

before(async () => {
  gateways = await startGateways();
  const kafka = await commandTopics(`twice-${process.pid}.`);
  const twice = (...services: string[]) => ({ services, processes: 2 });
  house = await startSplit({
    groups: [
      twice("identity", "store", "catalog", "cart", "chat"),
      twice("stock"),
      twice("order", "payment", "wallet"),
    ],
    edges: 2,
    env: {
      ...kafka,
      KAFKA_WITHIN: "kafka",
      KAFKA_SESSION_MS: "6000",
      PAYMENT_TOSS_BASE_URL: gateways.toss.url,
      PAYMENT_TOSS_PAGE_URL: `${gateways.toss.url}/pay`,
      PAYMENT_TOSS_SECRET_KEY: fakeTossSecretKey,
      PAYMENT_KAKAOPAY_BASE_URL: gateways.kakaopay.url,
      PAYMENT_KAKAOPAY_SECRET_KEY: fakeKakaoPaySecretKey,
    },
  });
  edge = house.edges[0]?.url ?? "";
});
after(async () => {
  await house?.stop();
  await gateways?.close();
  await stopTestBrokers();
});

async function verified(): Promise<void> {
  const { code, output } = await runProgram({ args: ["verify"], env: house.env });
  assert.equal(code, 0, output);
}

test("two processes of order and two of stock sell one hot item exactly", async () => {
  const [pieces, buyers, atOnce] = [40, 96, 64];
  const cups = await findWanted(edge, "흙과불", "찻잔 두 개", "PARCEL");
  const tokens = await Promise.all(Array.from({ length: 4 }, (_, n) => signUpBuyer(edge, `rush${n}`)));
  const outcomes: string[] = [];
  let next = 0;
  const buy = async () => {
    while (next < buyers) {
      const nth = next++;
      const [door, token] = [house.edges[nth % 2]?.url ?? "", tokens[nth % tokens.length] ?? ""];
      const placed = await place(door, token, cups);
      outcomes.push(typeof placed === "string" ? placed : await pay(door, gateways, token, placed));
    }
  };
  await Promise.all(Array.from({ length: atOnce }, buy));
  const tally = Object.groupBy(outcomes, (outcome) => outcome);
  assert.deepEqual(Object.fromEntries(Object.entries(tally).map(([outcome, all = []]) => [outcome, all.length])), {
    paid: pieces,
    "order.sold_out": buyers - pieces,
  });
  await verified();
});

/** What was silent for so long is not coming: a killed process's share of the partitions has gone over by then. */
const HEARD_WITHIN_MS = 20_000;

async function within<Result>(ms: number, promise: Promise<Result>, otherwise: string): Promise<Result> {
  const isLate = Symbol("late");
  const first = await Promise.race([promise, pause(ms, isLate, { ref: false })]);
  assert.ok(first !== isLate, otherwise);
  return first as Result;
}

/** What a watch says, as words, up to one of them. */
async function heardUpTo(line: Watcher, last: string): Promise<string[]> {
  const words: string[] = [];
  while (words.at(-1) !== last) {
    const [event] = await within(HEARD_WITHIN_MS, line.next(), `${last} was not heard, only ${words}`);
    assert.ok(event, `the line has ended after ${words}`);
    const { status, ticket } = event.data as { status?: string; ticket?: { status: string } };
    words.push(`${event.name} ${status ?? ticket?.status ?? ""}`.trim());
  }
  return words;
}

/** Node cancels the body of an answer that nobody holds and nobody has begun to read. */
const held: Response[] = [];

async function watch({ url }: Part, path: string, token: string, lastId?: string): Promise<Watcher> {
  const headers = { authorization: `Bearer ${token}`, ...(lastId === undefined ? {} : { "last-event-id": lastId }) };
  const answer = await fetch(url + path, { headers });
  assert.ok(answer.status === 200 && answer.body, `${path}: ${answer.status}`);
  held.push(answer);
  return watcher(answer.body);
}

test("who watches an order, a queue and a kitchen goes on at the other process when theirs is killed", async () => {
  const [dying, staying] = house.of("order") as [Part, Part];
  const [buyer, seller] = [await logIn(edge, DEMO_PEOPLE.buyer.email), await logIn(edge, DEMO_PEOPLE.food.email)];
  const wanted = await findWanted(edge, "마당분식", "모둠튀김", "PICKUP", 3);
  const { storeId } = wanted;
  const order = await place(edge, buyer, wanted);
  assert.ok(typeof order !== "string", `${order}`);
  const paths = {
    order: `/orders/${order.orderId}/events`,
    queue: `/stores/${storeId}/orders/events`,
    kitchen: `/stores/${storeId}/kitchen/events`,
  };
  const who = { order: buyer, queue: seller, kitchen: seller };
  const kinds = Object.keys(paths) as (keyof typeof paths)[];
  const lines = new Map<string, Watcher>();
  for (const kind of kinds) lines.set(kind, await watch(dying, paths[kind], who[kind]));
  const partPath = `/orders/${order.orderId}/store-orders/${order.storeOrders[0]?.storeOrderId}`;
  const step = async (name: string, body: object = {}) => {
    const { status, body: told } = await ask(edge, "POST", `${partPath}/${name}`, { token: seller, body });
    assert.equal(status, 200, JSON.stringify(told));
  };
  assert.equal(await pay(edge, gateways, buyer, order), "paid");
  const lineOf = (kind: string) => lines.get(kind) as Watcher;
  assert.deepEqual((await heardUpTo(lineOf("order"), "part PAID")).slice(1), ["order PAID", "part PAID"]);
  await step("accept", { estimatedMinutes: 20 });
  const before = {
    order: await heardUpTo(lineOf("order"), "part ACCEPTED"),
    queue: (await heardUpTo(lineOf("queue"), "moved ACCEPTED")).slice(1),
    kitchen: (await heardUpTo(lineOf("kitchen"), "ticket ACCEPTED")).slice(1),
  };
  assert.deepEqual(before, {
    order: ["part ACCEPTED"],
    queue: ["arrived PAID", "moved ACCEPTED"],
    kitchen: ["ticket ACCEPTED"],
  });
  await dying.kill();
  for (const name of ["prepare", "ready"]) await step(name);
  for (const kind of kinds) lines.set(kind, await watch(staying, paths[kind], who[kind], lineOf(kind).lastId()));
  await step("hand-over");
  assert.deepEqual(await heardUpTo(lineOf("order"), "part COMPLETED"), [
    "part PREPARING",
    "part READY",
    "part COMPLETED",
  ]);
  const moved = ["moved PREPARING", "moved READY", "moved COMPLETED"];
  assert.deepEqual(await heardUpTo(lineOf("queue"), "moved COMPLETED"), moved);
  assert.deepEqual(await heardUpTo(lineOf("kitchen"), "gone COMPLETED"), [
    "ticket PREPARING",
    "ticket READY",
    "gone COMPLETED",
  ]);
  for (const line of lines.values()) await line.leave();
  await dying.start();
});

test("kill -9 of one of two chat processes in the middle of a conversation loses, doubles and reorders nothing", async () => {
  const [dying, staying] = house.of("chat") as [Part, Part];
  const [buyer, seller] = [await logIn(edge, DEMO_PEOPLE.buyer.email), await logIn(edge, DEMO_PEOPLE.goods.email)];
  const { storeId } = await findWanted(edge, "흙과불", "밥그릇", "PARCEL");
  const opened = await ask<{ roomId: string }>(edge, "POST", "/chat/store-rooms", { token: buyer, body: { storeId } });
  assert.ok(opened.status < 300, JSON.stringify(opened.body));
  const { roomId } = opened.body;
  const connect = async ({ url }: Part, token: string, seq: number) => {
    const { body } = await ask<{ path: string }>(url, "POST", "/chat/tickets", { token, body: {} });
    const client = await socketClient(url + body.path, chatSocket);
    assert.equal((await client.ask("resume", { rooms: [{ roomId, seq }] })).type, "answer");
    return client;
  };
  let death: Promise<void> | undefined;
  await talkOverADeath({
    roomId,
    words: 100,
    watching: await connect(staying, seller, 0),
    talking: await connect(dying, buyer, 0),
    kill: () => {
      death = dying.kill();
    },
    connectAgain: (seq) => connect(staying, buyer, seq),
  });
  await death;
  await dying.start();
});

test("every process is replaced under load, and no request fails", async () => {
  const all = [house.of("identity"), house.of("stock"), house.of("order"), house.edges].flat();
  await replaceUnderLoad(
    house,
    all.map((part) => [part]),
  );
  await verified();
});
