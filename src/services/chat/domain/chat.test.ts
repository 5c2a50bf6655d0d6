import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import type { Instant } from "#platform/core/time.ts";
import { evolve } from "./evolve.ts";
import { decideRead } from "./mark-read.ts";
import { type Pair, PEACE, pairKey, refusalBetween, setBlock } from "./pair.ts";
import { decideClose, decideReport, type Report } from "./report.ts";
import { type Message, type Room, type RoomFact, sideOf, unreadOf } from "./room.ts";
import { decideSend, isAcceptedHost, isEmptyMessage } from "./send-message.ts";
import { decideTyping } from "./typing.ts";

const now = "2026-11-21T03:00:00.000Z" as Instant;
const [buyerId, sellerId] = ["acc_b", "acc_s"];
const opened = evolve(undefined, {
  stream: "rom_1",
  type: "RoomOpened",
  data: { kind: "STORE", storeId: "str_1", buyerId, sellerId },
  at: now,
}) as Room;
const after = (room: Room, facts: readonly RoomFact[]) =>
  facts.reduce((state, fact) => evolve(state, { ...fact, at: now }) as Room, room);

describe("a room", () => {
  test("gives each message the place after the last, whatever is said, repeated, read or blocked in between", () => {
    const step = fc.record({
      who: fc.constantFrom(buyerId, sellerId),
      what: fc.constantFrom("say", "repeat", "read", "block", "unblock"),
      n: fc.nat({ max: 30 }),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        let room = opened;
        let pair: Pair = PEACE;
        const said = new Map<string, Message>();
        for (const { who, what, n } of steps) {
          if (what === "block" || what === "unblock") pair = setBlock(pair, who, what === "block") ?? pair;
          else if (what === "read") {
            const facts = decideRead(room, who === buyerId ? "BUYER" : "SELLER", n + 1);
            if (Array.isArray(facts)) room = after(room, facts);
          } else {
            const messageId = what === "say" ? `msg_${said.size}` : `msg_${n}`;
            const text = what === "say" ? `말 ${said.size}` : said.get(messageId)?.text;
            const sent = decideSend(
              { room, pair, earlier: said.get(messageId) },
              { messageId, senderId: who, text },
              now,
            );
            if (typeof sent === "string" || "refused" in sent) continue;
            assert.ok(!pair.blockedBy.some((id) => id !== who), "a blocked person has written");
            said.set(messageId, sent.message);
            room = after(room, [sent.fact]);
          }
          const places = [...said.values()].map(({ seq }) => seq);
          assert.deepEqual(
            places,
            places.map((_, at) => at + 1),
          );
          assert.equal(room.lastSeq, places.length);
          for (const side of ["BUYER", "SELLER"] as const) assert.ok(unreadOf(room, side) >= 0);
        }
      }),
    );
  });

  test("has two people, and nobody else is on a side", () => {
    assert.deepEqual(
      [buyerId, sellerId, "acc_x", undefined].map((id) => sideOf(opened, id)),
      ["BUYER", "SELLER", undefined, undefined],
    );
  });

  test("repeats nothing: the same message again is told as such, another one under its id is refused", () => {
    const earlier: Message = {
      messageId: "msg_1",
      roomId: "rom_1",
      seq: 1,
      senderId: buyerId,
      text: "가",
      sentAt: now,
    };
    const again = (more: object) =>
      decideSend({ room: opened, pair: PEACE, earlier: { ...earlier, ...more } }, earlier, now);
    assert.equal(again({}), "again");
    assert.deepEqual(again({ text: "나" }), { refused: "chat.message_id_used", field: "messageId", details: {} });
    for (const foreign of [{ roomId: "rom_2" }, { senderId: sellerId }]) {
      assert.deepEqual(again(foreign), { refused: "chat.message_not_found" });
    }
  });
});

describe("two people", () => {
  test("are one pair, whoever is named first", () => assert.equal(pairKey("a", "b"), pairKey("b", "a")));

  test("a block stops both: the one because it is blocked, the other until it unblocks", () => {
    const pair = setBlock(PEACE, sellerId, true);
    assert.deepEqual(pair, { blockedBy: [sellerId] });
    assert.equal(refusalBetween(pair ?? PEACE, buyerId)?.refused, "chat.blocked");
    assert.equal(refusalBetween(pair ?? PEACE, sellerId)?.refused, "chat.unblock_first");
    assert.equal(setBlock(pair ?? PEACE, sellerId, true), undefined);
    assert.deepEqual(setBlock(pair ?? PEACE, sellerId, false), PEACE);
    assert.equal(refusalBetween(PEACE, buyerId), undefined);
  });
});

describe("what is said", () => {
  test("is words or an image, and blanks are nothing", () => {
    assert.deepEqual([{}, { text: "　\n" }, { text: "가" }, { imageUrl: "https://x/" }].map(isEmptyMessage), [
      true,
      true,
      false,
      false,
    ]);
  });

  test("images lie at accepted hosts, at any when none is named, and nowhere when the address cannot be read", () => {
    assert.deepEqual(
      [isAcceptedHost("a.example", []), isAcceptedHost("a.example", ["b.example"]), isAcceptedHost(undefined, [])],
      [true, false, false],
    );
  });

  test("typing is shown for five seconds and written again when it is about to end", () => {
    const first = decideTyping(undefined, opened, "BUYER", now);
    assert.equal(first?.BUYER, "2026-11-21T03:00:05.000Z");
    assert.equal(decideTyping(first, opened, "BUYER", "2026-11-21T03:00:02.999Z" as Instant), undefined);
    const next = decideTyping(first, opened, "SELLER", "2026-11-21T03:00:02.999Z" as Instant);
    assert.deepEqual([next?.BUYER, next?.SELLER, next?.until], [first?.BUYER, next?.until, "2026-11-21T03:00:07.999Z"]);
    assert.notEqual(decideTyping(first, opened, "BUYER", "2026-11-21T03:00:03.000Z" as Instant), undefined);
  });
});

describe("a report", () => {
  const message: Message = { messageId: "msg_1", roomId: "rom_1", seq: 1, senderId: sellerId, text: "가", sentAt: now };
  const asked = { reportId: "rpt_1", roomId: "rom_1", reporterId: buyerId, reason: "SPAM" as const };

  test("is of the other one's message in this room, and filed once", () => {
    const facts = decideReport(undefined, message, asked);
    assert.ok(Array.isArray(facts) && facts.length === 1);
    const report = evolve(undefined, { ...facts[0], at: now }) as Report;
    assert.deepEqual([report.accusedId, report.status], [sellerId, "OPEN"]);
    assert.deepEqual(decideReport(report, message, asked), []);
    for (const wrong of [undefined, { ...message, senderId: buyerId }, { ...message, roomId: "rom_2" }]) {
      assert.deepEqual(decideReport(undefined, wrong, asked), { refused: "chat.message_not_found" });
    }
  });

  test("is closed once, and the same decision again changes nothing", () => {
    const report = { reportId: "rpt_1", status: "OPEN" } as Report;
    const facts = decideClose(report, "UPHELD", "acc_o");
    assert.ok(Array.isArray(facts));
    const closed = evolve(report, { ...facts[0], at: now }) as Report;
    assert.deepEqual([closed.status, closed.closedBy, closed.closedAt], ["UPHELD", "acc_o", now]);
    assert.deepEqual(decideClose(closed, "UPHELD", "acc_o"), []);
    assert.deepEqual(decideClose(closed, "DISMISSED", "acc_o"), {
      refused: "chat.report_closed",
      details: { status: "UPHELD" },
    });
    assert.deepEqual(decideClose(undefined, "UPHELD", "acc_o"), { refused: "chat.report_not_found" });
  });
});
