import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import * as chats from "#contracts/chat/operations.ts";
import type { TestApp } from "#platform/testing/app.ts";
import { withKey } from "#platform/testing/people.ts";
import {
  done,
  draftStoreId,
  id,
  newMessageId,
  orderRoom,
  otherStoreId,
  people,
  say,
  sound,
  startTown,
  storeId,
  storeOrderId,
  storeRoom,
} from "./testing.ts";

const { buyer, seller, otherBuyer, otherSeller, operator } = people;
let app: TestApp;
before(async () => {
  app = await startTown();
});
after(() => app.close());

describe("rooms", () => {
  test("a paid store order has one room, whoever of its two people opens it", async () => {
    const mine = done<typeof chats.openOrderRoom>(await app.call(chats.openOrderRoom, { storeOrderId }, buyer));
    const theirs = done<typeof chats.openOrderRoom>(await app.call(chats.openOrderRoom, { storeOrderId }, seller));
    assert.equal(mine.roomId, theirs.roomId);
    assert.deepEqual([mine.kind, mine.me, mine.otherName], ["ORDER", "BUYER", "마당분식"]);
    assert.deepEqual([theirs.me, theirs.otherName, theirs.storeName], ["SELLER", "먹보", "마당분식"]);
  });

  test("an order of others, an unpaid one and a store that is not open to all are not there", async () => {
    const refused = { refused: "chat.order_not_found" };
    for (const who of [otherBuyer, otherSeller]) {
      assert.deepEqual(await app.call(chats.openOrderRoom, { storeOrderId }, who), refused);
    }
    assert.deepEqual(await app.call(chats.openOrderRoom, { storeOrderId: id("sto", 77) }, buyer), refused);
    const hidden = await app.call(chats.openStoreRoom, { storeId: draftStoreId }, buyer);
    assert.deepEqual(hidden, { refused: "chat.store_not_found" });
  });

  test("each buyer has one room with a store, and nobody talks to their own", async () => {
    assert.equal(await storeRoom(app), await storeRoom(app));
    assert.notEqual(await storeRoom(app), await storeRoom(app, otherBuyer));
    assert.notEqual(await storeRoom(app), await orderRoom(app));
    const own = await app.call(chats.openStoreRoom, { storeId }, { ...seller, roles: ["BUYER", "SELLER"] });
    assert.deepEqual(own, { refused: "chat.own_store" });
  });

  test("to everybody else a room is not there, whatever they ask of it", async () => {
    const roomId = await storeRoom(app);
    const { messageId } = done<typeof chats.sendMessage>(await say(app, roomId, buyer, "안녕하세요"));
    for (const who of [otherBuyer, otherSeller, operator]) {
      const asked = [
        app.call(chats.getRoom, { roomId }, who),
        app.call(chats.listMessages, { roomId }, who),
        app.call(chats.sendMessage, { roomId, messageId: newMessageId(app), text: "저도요" }, who),
        app.call(chats.markRead, { roomId, seq: 1 }, who),
        app.call(chats.showTyping, { roomId }, who),
        app.call(chats.blockPerson, { roomId }, who),
        app.call(chats.reportMessage, { roomId, messageId, reason: "SPAM" }, who),
      ];
      for (const answer of await Promise.all(asked)) assert.deepEqual(answer, { refused: "chat.room_not_found" });
    }
    await sound(app);
  });
});

describe("messages", () => {
  test("stand at 1, 2, 3 … also when both people write a hundred at once", async () => {
    const roomId = await storeRoom(app, otherBuyer, otherStoreId);
    const writers = [otherBuyer, otherSeller];
    const sent = await Promise.all(
      Array.from({ length: 100 }, (_, n) => say(app, roomId, writers[n % 2] ?? otherBuyer, `${n}`)),
    );
    const places = sent.map((answer) => done<typeof chats.sendMessage>(answer).seq).sort((a, b) => a - b);
    assert.deepEqual(
      places,
      Array.from({ length: 100 }, (_, n) => n + 1),
    );
    await sound(app);
  });

  test("the same message again is the same message, over any key, and no other under its id", async () => {
    const roomId = await orderRoom(app);
    const messageId = newMessageId(app);
    const first = await say(app, roomId, buyer, "덜 맵게요", messageId);
    assert.deepEqual(await say(app, roomId, buyer, "덜 맵게요", messageId), first);
    const other = await say(app, roomId, buyer, "더 맵게요", messageId);
    assert.deepEqual(other, { refused: "chat.message_id_used", field: "messageId", details: {} });
    const theirs = await say(app, roomId, seller, "덜 맵게요", messageId);
    assert.deepEqual(theirs, { refused: "chat.message_not_found" });
    const elsewhere = await say(app, await storeRoom(app), buyer, "덜 맵게요", messageId);
    assert.deepEqual(elsewhere, { refused: "chat.message_not_found" });
    await sound(app);
  });

  test("a repeated command is one message even when its answers are lost", async () => {
    const roomId = await orderRoom(app);
    const once = withKey(buyer, chats.sendMessage, "one-key");
    const messageId = newMessageId(app);
    const [one, two] = await Promise.all([1, 2].map(() => say(app, roomId, once, "한 번만", messageId)));
    assert.deepEqual(one, two);
  });

  test("have words or an image of an accepted host, and blanks are neither", async () => {
    const roomId = await orderRoom(app);
    const send = (more: { text?: string; imageUrl?: string }) =>
      app.call(chats.sendMessage, { roomId, messageId: newMessageId(app), ...more }, buyer);
    const imageUrl = "https://images.madang.example/1.jpg";
    assert.equal(done<typeof chats.sendMessage>(await send({ imageUrl })).imageUrl, imageUrl);
    for (const empty of [{}, { text: " \n\t" }]) {
      assert.deepEqual(await send(empty), { refused: "chat.empty_message", field: "text", details: {} });
    }
    for (const strange of ["https://evil.example/1.jpg", "https://images.madang.example:99999/1.jpg"]) {
      const answer = await send({ imageUrl: strange });
      assert.deepEqual(answer, { refused: "chat.image_not_accepted", field: "imageUrl", details: {} });
    }
  });

  test("history is read backwards, page by page, without a gap or a double", async () => {
    const roomId = await storeRoom(app, otherBuyer, otherStoreId);
    const seen: number[] = [];
    let cursor: string | undefined;
    do {
      const asked = { roomId, limit: 17, ...(cursor === undefined ? {} : { cursor }) };
      const page = done<typeof chats.listMessages>(await app.call(chats.listMessages, asked, otherSeller));
      seen.push(...page.messages.map(({ seq }) => seq));
      cursor = page.nextCursor;
    } while (cursor !== undefined);
    assert.deepEqual(
      seen,
      Array.from({ length: 100 }, (_, n) => 100 - n),
    );
  });

  test("words are in no fact and in no event: they are a row that can be erased", async () => {
    const roomId = await orderRoom(app);
    done<typeof chats.sendMessage>(await say(app, roomId, buyer, "아무도모를말"));
    const told = await app.adminSql("select 1 from chat.facts where data::text like '%아무도모를말%'");
    assert.deepEqual(told, []);
  });
});

describe("reading", () => {
  const unreadOf = async (who: typeof buyer) =>
    done<typeof chats.countUnread>(await app.call(chats.countUnread, {}, who)).unread;
  const roomOf = async (roomId: string, who: typeof buyer) =>
    done<typeof chats.getRoom>(await app.call(chats.getRoom, { roomId }, who));

  test("unread is what the other one has said since; marks only go forward and never beyond the last message", async () => {
    const roomId = await storeRoom(app, buyer, otherStoreId);
    const before = await unreadOf(otherSeller);
    for (const text of ["하나", "둘", "셋"]) done<typeof chats.sendMessage>(await say(app, roomId, buyer, text));
    assert.equal(await unreadOf(otherSeller), before + 3);
    assert.equal((await roomOf(roomId, buyer)).unread, 0, "one's own words are read");
    const mark = (seq: number) => app.call(chats.markRead, { roomId, seq }, otherSeller);
    assert.deepEqual(await mark(2), { roomId, readSeq: 2, unread: 1 });
    assert.deepEqual(await mark(1), { roomId, readSeq: 2, unread: 1 });
    assert.deepEqual(await mark(4), { refused: "chat.seq_ahead", field: "seq", details: { last: 3 } });
    assert.equal((await roomOf(roomId, buyer)).otherReadSeq, 2);
    done<typeof chats.sendMessage>(await say(app, roomId, otherSeller, "네!"));
    assert.equal(await unreadOf(otherSeller), before, "who answers has read");
    await sound(app);
  });

  test("rooms are listed by their last message, with it and what is unread; silent rooms are not", async () => {
    const silent = await storeRoom(app, otherBuyer);
    const latest = await storeRoom(app, buyer, otherStoreId);
    app.clock.turn({ seconds: 1 });
    done<typeof chats.sendMessage>(await say(app, latest, otherSeller, "마지막 말"));
    const seen: string[] = [];
    let cursor: string | undefined;
    do {
      const asked = { limit: 1, ...(cursor === undefined ? {} : { cursor }) };
      const page = done<typeof chats.listRooms>(await app.call(chats.listRooms, asked, buyer));
      seen.push(...page.rooms.map(({ roomId }) => roomId));
      if (cursor === undefined) {
        const [first] = page.rooms;
        assert.deepEqual(
          [first?.lastMessage?.text, first?.lastMessage?.from, first?.unread],
          ["마지막 말", "SELLER", 1 + 1],
        );
      }
      cursor = page.nextCursor;
    } while (cursor !== undefined);
    assert.equal(seen[0], latest);
    assert.deepEqual(new Set(seen), new Set([latest, await storeRoom(app), await orderRoom(app)]));
    const others = done<typeof chats.listRooms>(await app.call(chats.listRooms, {}, otherBuyer));
    assert.ok(others.rooms.every(({ roomId }) => roomId !== silent));
  });
});

describe("typing", () => {
  test("is one row per room, and not written again while it is fresh", async () => {
    const roomId = await orderRoom(app);
    const versionOf = async () => {
      const text = "select version, data from states where key = $1";
      const [row] = await app.sql<{ version: number }>("chat", text, [`typing:${roomId}`]);
      return Number(row?.version);
    };
    done<typeof chats.showTyping>(await app.call(chats.showTyping, { roomId }, buyer));
    const first = await versionOf();
    done<typeof chats.showTyping>(await app.call(chats.showTyping, { roomId }, buyer));
    assert.equal(await versionOf(), first);
    app.clock.turn({ seconds: 4 });
    done<typeof chats.showTyping>(await app.call(chats.showTyping, { roomId }, buyer));
    assert.equal(await versionOf(), first + 1);
    assert.equal((await app.adminSql("select 1 from chat.facts where type ilike '%typ%'")).length, 0);
  });
});
