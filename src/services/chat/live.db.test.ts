import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import { issueChatTicket } from "#contracts/chat/operations.ts";
import { numbersOf, type SocketClient } from "#platform/socket/testing-client.ts";
import { done, newMessageId, orderRoom, people, say, settleTown, sound, storeRoom } from "./testing.ts";
import { type ChatHouse, openChatHouse } from "./testing-house.ts";

const { buyer, seller, otherBuyer, otherSeller } = people;
let one: ChatHouse;
let two: ChatHouse;
const clients: SocketClient[] = [];
before(async () => {
  one = await openChatHouse();
  two = await openChatHouse({ database: one.app.database, clock: one.app.clock });
  await settleTown(one.app);
});
after(async () => {
  for (const client of clients) client.close();
  await two.close();
  await one.close();
});

async function join(house: ChatHouse, who: typeof buyer, rooms: readonly { roomId: string; seq: number }[] = []) {
  const client = await house.connect(who);
  clients.push(client);
  const answer = await client.ask("resume", { rooms });
  assert.equal(answer.type, "answer");
  return { client, rooms: (answer.answer as { rooms: unknown }).rooms };
}

const send = (client: SocketClient, roomId: string, text: string, messageId = newMessageId(one.app)) =>
  client.ask("sendMessage", { roomId, messageId, text });
const upTo = (last: number, first = 1) => Array.from({ length: last - first + 1 }, (_, n) => first + n);
const seqsOf = (client: SocketClient, roomId: string) => numbersOf(client.frames, "message", "seq", { roomId });
const hasAll = (client: SocketClient, roomId: string, count: number) =>
  client.until(() => seqsOf(client, roomId).length >= count);

describe("two processes on one database", () => {
  test("what is said at one is heard at the other within a second, by the sender's other devices, too", async () => {
    const roomId = await storeRoom(one.app);
    const [{ client: mine }, { client: also }, { client: theirs }] = [
      await join(one, buyer),
      await join(two, buyer),
      await join(two, seller),
    ];
    const answer = await send(mine, roomId, "지금 되나요?");
    const { seq } = answer.answer as { seq: number };
    const started = performance.now();
    for (const client of [mine, also, theirs]) {
      const [heard] = (await hasAll(client, roomId, 1)).filter(({ type }) => type === "message");
      assert.deepEqual([heard?.text, heard?.from, heard?.seq], ["지금 되나요?", "BUYER", seq]);
    }
    assert.ok(performance.now() - started < 1_000);
  });

  test("both write at once, at both processes: everybody hears 1, 2, 3 … once and in order", async () => {
    const roomId = await orderRoom(one.app);
    const rooms = [{ roomId, seq: 0 }];
    const at = await Promise.all([
      join(one, buyer, rooms),
      join(two, buyer, rooms),
      join(one, seller, rooms),
      join(two, seller, rooms),
    ]);
    const answers = await Promise.all(
      at.flatMap(({ client }, who) => Array.from({ length: 40 }, (_, n) => send(client, roomId, `${who}-${n}`))),
    );
    assert.deepEqual(new Set(answers.map(({ type }) => type)), new Set(["answer"]));
    for (const { client } of at) {
      await hasAll(client, roomId, 160);
      assert.deepEqual(seqsOf(client, roomId), upTo(160));
    }
    const order = at[0]?.client.frames.filter(({ type }) => type === "message").map(({ text }) => String(text));
    for (const who of upTo(3, 0)) {
      const own = order?.filter((text) => text.startsWith(`${who}-`)) ?? [];
      assert.deepEqual(
        own,
        own.map((_, n) => `${who}-${n}`),
        "what one client sends stays in its order",
      );
    }
    await sound(one.app);
  });

  test("after a break a client gets exactly what it lacks, at another process, while more is being said", async () => {
    const roomId = await storeRoom(one.app, otherBuyer);
    for (const n of upTo(350)) await say(one.app, roomId, n % 3 === 0 ? otherBuyer : seller, `${n}`);
    const writing = (async () => {
      for (const n of upTo(400, 351)) await say(n % 2 === 0 ? one.app : two.app, roomId, seller, `${n}`);
    })();
    const { client, rooms } = await join(two, otherBuyer, [{ roomId, seq: 7 }]);
    const [state] = rooms as { lastSeq: number; readSeq: number }[];
    assert.ok(Number(state?.lastSeq) >= 350 && state?.readSeq === 348);
    assert.ok(seqsOf(client, roomId).length >= 343, "what it lacked came before the answer");
    await writing;
    await hasAll(client, roomId, 393);
    await pause(200);
    assert.deepEqual(seqsOf(client, roomId), upTo(400, 8));
  });

  test("a room that was not named begins with its next message, and may be named later", async () => {
    const roomId = await storeRoom(one.app, otherBuyer);
    const { client } = await join(one, otherBuyer);
    await send((await join(two, seller)).client, roomId, "다음 말");
    await hasAll(client, roomId, 1);
    assert.deepEqual(seqsOf(client, roomId), [401]);
    await client.ask("resume", { rooms: [{ roomId, seq: 398 }] });
    assert.deepEqual(seqsOf(client, roomId), [401, 399, 400, 401]);
    const { rooms } = await join(one, otherBuyer, [{ roomId, seq: 9_999 }]);
    assert.equal((rooms as { lastSeq: number }[])[0]?.lastSeq, 401);
    await send(client, roomId, "또 다음 말");
    await hasAll(clients.at(-1) as SocketClient, roomId, 1);
    assert.deepEqual(seqsOf(clients.at(-1) as SocketClient, roomId), [402], "a number from nowhere hides nothing");
  });

  test("nothing comes before the client has said what it has", async () => {
    const roomId = await storeRoom(one.app);
    const silent = await one.connect(seller);
    clients.push(silent);
    const { client } = await join(two, buyer);
    const { seq } = (await send(client, roomId, "들려요?")).answer as { seq: number };
    await pause(200);
    assert.deepEqual(seqsOf(silent, roomId), []);
    await silent.ask("resume", { rooms: [{ roomId, seq: seq - 1 }] });
    assert.deepEqual(seqsOf(silent, roomId), [seq]);
  });

  test("rooms of others are not there: they are not listed, and nothing of them is heard", async () => {
    const roomId = await storeRoom(one.app);
    const { client, rooms } = await join(one, otherSeller, [{ roomId, seq: 0 }]);
    assert.deepEqual(rooms, []);
    const refused = await client.ask("sendMessage", { roomId, messageId: newMessageId(one.app), text: "저도요" });
    assert.equal((refused.problem as { code: string }).code, "chat.room_not_found");
    await say(one.app, roomId, buyer, "둘만의 말");
    await pause(200);
    assert.deepEqual(seqsOf(client, roomId), []);
  });

  test("read marks and typing cross processes; typing is shown to the other one, once while it lasts", async () => {
    const roomId = await storeRoom(one.app);
    const [{ client: mine, rooms }, { client: theirs }, { client: also }] = [
      await join(one, buyer, [{ roomId, seq: 10_000 }]),
      await join(two, seller),
      await join(one, seller),
    ];
    const { lastSeq } = (rooms as { lastSeq: number }[])[0] ?? { lastSeq: 0 };
    await theirs.ask("markRead", { roomId, seq: lastSeq });
    await Promise.all(
      [mine, theirs, also].map((client) => client.until((all) => all.some(({ type }) => type === "read"))),
    );
    assert.deepEqual(
      mine.frames.find(({ type }) => type === "read"),
      { type: "read", roomId, by: "SELLER", seq: lastSeq },
    );
    await mine.ask("showTyping", { roomId });
    await mine.ask("showTyping", { roomId });
    for (const client of [theirs, also]) await client.until((all) => all.some(({ type }) => type === "typing"));
    await pause(700);
    const typings = [mine, theirs, also].map((client) => client.frames.filter(({ type }) => type === "typing"));
    assert.deepEqual(
      typings.map(({ length }) => length),
      [0, 1, 1],
    );
    assert.equal(typings[1]?.[0]?.from, "BUYER");
  });

  test("a ticket of one process opens one connection at the other, and one that was not used is forgotten", async () => {
    const client = await one.connect(buyer, two);
    clients.push(client);
    const held = () => one.app.sql("chat", "select 1 from states where starts_with(key, 'ticket:')");
    assert.deepEqual(await held(), [], "a spent ticket leaves nothing behind");
    done<typeof issueChatTicket>(await one.app.call(issueChatTicket, {}, buyer));
    assert.equal((await held()).length, 1);
    one.app.clock.turn({ seconds: 31 });
    while ((await held()).length > 0) await pause(20);
  });
});

describe("a process that dies", () => {
  test("loses, doubles and reorders nothing: clients go to the other one and send again what was not answered", async (t) => {
    const dying = await openChatHouse({ database: one.app.database, clock: one.app.clock });
    t.after(() => dying.crash());
    const roomId = await storeRoom(one.app, buyer);
    const first = (await join(two, seller, [{ roomId, seq: 100_000 }])).rooms as { lastSeq: number }[];
    const from = Number(first[0]?.lastSeq);
    const watching = clients.at(-1) as SocketClient;
    const texts = upTo(120).map((n) => ({ text: `kill-${n}`, messageId: newMessageId(one.app) }));
    let client = (await join(dying, buyer, [{ roomId, seq: from }])).client;
    const got: number[] = [];
    let crashed = false;
    for (const [n, { text, messageId }] of texts.entries()) {
      if (n === 50) setTimeout(() => void dying.crash(), 3);
      for (;;) {
        const answer = await send(client, roomId, text, messageId).catch(() => undefined);
        if (answer?.type === "answer") break;
        assert.ok(!crashed, "only the one that died may fail");
        crashed = true;
        await client.ended;
        got.push(...seqsOf(client, roomId));
        // From what it has, at the process that is left.
        client = (await join(two, buyer, [{ roomId, seq: got.at(-1) ?? from }])).client;
      }
    }
    assert.ok(crashed);
    await client.until(() => got.length + seqsOf(client, roomId).length >= 120);
    await hasAll(watching, roomId, 120);
    await pause(200);
    assert.deepEqual([...got, ...seqsOf(client, roomId)], upTo(from + 120, from + 1));
    assert.deepEqual(seqsOf(watching, roomId), upTo(from + 120, from + 1));
    const heard = watching.frames.filter(({ type }) => type === "message").map(({ text }) => text);
    assert.deepEqual(
      heard,
      texts.map(({ text }) => text),
    );
    await sound(one.app);
  });
});
