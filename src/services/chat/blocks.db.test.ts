import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import * as chats from "#contracts/chat/operations.ts";
import { closeReport, listReports } from "#contracts/chat/operator-operations.ts";
import { startApp, type TestApp } from "#platform/testing/app.ts";
import { chat } from "./service.ts";
import {
  done,
  id,
  newMessageId,
  orderRoom,
  otherStoreId,
  people,
  say,
  sound,
  startTown,
  storeRoom,
} from "./testing.ts";

const { buyer, seller, operator } = people;
let app: TestApp;
before(async () => {
  app = await startTown();
});
after(() => app.close());

describe("blocks", () => {
  test("of a blocked person nothing arrives in any room of the two, until it is taken back", async () => {
    const [byStore, byOrder] = [await storeRoom(app), await orderRoom(app)];
    done<typeof chats.sendMessage>(await say(app, byStore, buyer, "안녕하세요"));
    const blocked = done<typeof chats.blockPerson>(await app.call(chats.blockPerson, { roomId: byStore }, seller));
    assert.equal(blocked.isBlockedByMe, true);
    for (const roomId of [byStore, byOrder]) {
      assert.deepEqual(await say(app, roomId, buyer, "왜요?"), { refused: "chat.blocked" });
      assert.deepEqual(await app.call(chats.showTyping, { roomId }, buyer), { refused: "chat.blocked" });
      assert.deepEqual(await say(app, roomId, seller, "그만"), { refused: "chat.unblock_first" });
    }
    const elsewhere = await storeRoom(app, buyer, otherStoreId);
    done<typeof chats.sendMessage>(await say(app, elsewhere, buyer, "여기는 괜찮아요"));
    const seen = done<typeof chats.getRoom>(await app.call(chats.getRoom, { roomId: byStore }, buyer));
    assert.equal(seen.isBlockedByMe, false, "who is blocked is not told so by the room");
    const history = done<typeof chats.listMessages>(await app.call(chats.listMessages, { roomId: byStore }, buyer));
    assert.ok(history.messages.length > 0, "what was said stays");
    done<typeof chats.unblockPerson>(await app.call(chats.unblockPerson, { roomId: byOrder }, seller));
    done<typeof chats.sendMessage>(await say(app, byStore, buyer, "다시 됩니다"));
    await sound(app);
  });

  test("each of two who block each other takes back their own", async () => {
    const roomId = await orderRoom(app);
    for (const who of [buyer, seller]) {
      done<typeof chats.blockPerson>(await app.call(chats.blockPerson, { roomId }, who));
      done<typeof chats.blockPerson>(await app.call(chats.blockPerson, { roomId }, who));
    }
    done<typeof chats.unblockPerson>(await app.call(chats.unblockPerson, { roomId }, seller));
    assert.deepEqual(await say(app, roomId, seller, "풀어 주세요"), { refused: "chat.blocked" });
    assert.deepEqual(await say(app, roomId, buyer, "저기요"), { refused: "chat.unblock_first" });
    done<typeof chats.unblockPerson>(await app.call(chats.unblockPerson, { roomId }, buyer));
    done<typeof chats.sendMessage>(await say(app, roomId, seller, "고마워요"));
  });

  test("what was sent before a block is not refused when its sender asks again", async () => {
    const roomId = await orderRoom(app);
    const messageId = newMessageId(app);
    const first = await say(app, roomId, buyer, "보냈던 말", messageId);
    done<typeof chats.blockPerson>(await app.call(chats.blockPerson, { roomId }, seller));
    assert.deepEqual(await say(app, roomId, buyer, "보냈던 말", messageId), first);
    done<typeof chats.unblockPerson>(await app.call(chats.unblockPerson, { roomId }, seller));
  });

  test("a message decided on before a block of another process, and written after it, is refused", async () => {
    let hold: Promise<void> | undefined;
    let isHeld = () => {};
    const second = await startApp({
      services: [chat],
      database: app.database,
      boundary: async (point, run) => {
        if (point.kind === "commit" && hold) {
          isHeld();
          await hold;
        }
        return run();
      },
    });
    try {
      const [roomId, elsewhere] = [await orderRoom(app), await storeRoom(app)];
      let release = () => {};
      hold = new Promise((resolve) => {
        release = resolve;
      });
      const held = new Promise<void>((resolve) => {
        isHeld = resolve;
      });
      const writing = say(second, roomId, buyer, "아직 괜찮죠?");
      await held;
      done<typeof chats.blockPerson>(await app.call(chats.blockPerson, { roomId: elsewhere }, seller));
      hold = undefined;
      release();
      assert.deepEqual(await writing, { refused: "chat.blocked" });
      done<typeof chats.unblockPerson>(await app.call(chats.unblockPerson, { roomId }, seller));
      await sound(app);
    } finally {
      await second.close();
    }
  });
});

describe("reports", () => {
  test("reach the operators with what was said, once per message, and are closed once", async () => {
    const roomId = await orderRoom(app);
    const { messageId } = done<typeof chats.sendMessage>(await say(app, roomId, seller, "계좌로 보내 주세요"));
    const report = { roomId, messageId, reason: "FRAUD" as const, comment: "밖에서 돈을 달래요" };
    const first = done<typeof chats.reportMessage>(await app.call(chats.reportMessage, report, buyer));
    const again = await app.call(chats.reportMessage, { roomId, messageId, reason: "SPAM" }, buyer);
    assert.deepEqual(again, first);
    const listed = done<typeof listReports>(await app.call(listReports, { status: "OPEN" }, operator));
    const [seen] = listed.reports;
    assert.deepEqual(
      [seen?.reportId, seen?.reason, seen?.comment, seen?.message.text, seen?.accusedId],
      [first.reportId, "FRAUD", report.comment, "계좌로 보내 주세요", seller.id],
    );
    const close = (decision: "UPHELD" | "DISMISSED") =>
      app.call(closeReport, { reportId: first.reportId, decision }, operator);
    assert.equal(done<typeof closeReport>(await close("UPHELD")).closedBy, operator.id);
    assert.equal(done<typeof closeReport>(await close("UPHELD")).status, "UPHELD");
    assert.deepEqual(await close("DISMISSED"), { refused: "chat.report_closed", details: { status: "UPHELD" } });
    const open = done<typeof listReports>(await app.call(listReports, { status: "OPEN" }, operator));
    assert.deepEqual(open.reports, []);
    const missing = { reportId: id("rpt", 9), decision: "UPHELD" as const };
    assert.deepEqual(await app.call(closeReport, missing, operator), { refused: "chat.report_not_found" });
    await sound(app);
  });

  test("one's own message and one of another room cannot be reported", async () => {
    const roomId = await orderRoom(app);
    const mine = done<typeof chats.sendMessage>(await say(app, roomId, buyer, "내 말")).messageId;
    const elsewhere = await storeRoom(app);
    const theirs = done<typeof chats.sendMessage>(await say(app, elsewhere, seller, "저쪽 말")).messageId;
    for (const messageId of [mine, theirs, newMessageId(app)]) {
      const answer = await app.call(chats.reportMessage, { roomId, messageId, reason: "ABUSE" }, buyer);
      assert.deepEqual(answer, { refused: "chat.message_not_found" });
    }
  });
});
