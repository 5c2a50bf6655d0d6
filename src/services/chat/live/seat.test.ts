import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { setImmediate as turn } from "node:timers/promises";
import fc from "fast-check";
import type { Instant } from "#platform/core/time.ts";
import type { Message } from "../domain/room.ts";
import { makeSeat } from "./seat.ts";

const room = { roomId: "rom_1", buyerId: "acc_b", sellerId: "acc_s" };
const quiet = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };
const message = (seq: number): Message => ({
  ...{ messageId: `msg_${seq}`, roomId: room.roomId, seq, senderId: "acc_b", text: `${seq}` },
  sentAt: "2026-11-21T03:00:00.000Z" as Instant,
});
const upTo = (last: number, first = 1) => Array.from({ length: Math.max(0, last - first + 1) }, (_, n) => first + n);

/** A seat before a table that grows, and a client that is told. */
function seatAt(table: Message[], fails: () => boolean = () => false) {
  const told: number[] = [];
  let closedWith: number | undefined;
  const seat = makeSeat(
    {
      holder: { accountId: "acc_s", roles: ["SELLER"] },
      get isOpen() {
        return closedWith === undefined;
      },
      say: (_type, fields) => void told.push((fields as { seq: number }).seq),
      ready: async () => void (await turn()),
      close: (code) => {
        closedWith = code;
      },
    },
    {
      log: quiet,
      async after(_roomId, seq, most) {
        await turn();
        if (fails()) throw new Error("the database is away");
        return table.slice(seq, seq + most);
      },
    },
  );
  return { seat, told, closedWith: () => closedWith };
}

describe("a seat", () => {
  test("is told each message once and in order, however often, late or mixed up the news come", async () => {
    const news = fc.array(fc.record({ grow: fc.nat({ max: 120 }), repeats: fc.nat({ max: 3 }) }), { maxLength: 12 });
    await fc.assert(
      fc.asyncProperty(news, fc.nat({ max: 50 }), fc.nat({ max: 50 }), async (steps, before, has) => {
        const table = upTo(before).map(message);
        const { seat, told } = seatAt(table);
        const from = Math.min(has, before);
        const resumed = seat.resume([{ ...room, seq: from }]);
        for (const { grow, repeats } of steps) {
          for (const _ of upTo(grow)) table.push(message(table.length + 1));
          // The newest first, some of them again, some never: what is missed is in the table.
          for (const back of upTo(repeats)) if (table.length > back) seat.wake(room, table.length - back);
          if (grow > 0) seat.wake(room, table.length);
          if (grow % 2 === 0) await turn();
        }
        await resumed;
        while (told.length < table.length - from) await turn();
        for (let n = 0; n < 5; n++) await turn();
        assert.deepEqual(told, upTo(table.length, from + 1));
      }),
      { numRuns: 60 },
    );
  });

  test("is told nothing before its client has said what it has", async () => {
    const { seat, told } = seatAt(upTo(3).map(message));
    seat.wake(room, 3);
    await turn();
    await seat.resume([]);
    assert.deepEqual(told, []);
    seat.wake(room, 3);
    while (told.length === 0) await turn();
    assert.deepEqual(told, [3], "a room that was not named begins with its next message");
  });

  test("begins anew where its client says, also while it is being told", async () => {
    const { seat, told } = seatAt(upTo(250).map(message));
    const first = seat.resume([{ ...room, seq: 100 }]);
    const second = seat.resume([{ ...room, seq: 249 }]);
    await Promise.all([first, second]);
    assert.deepEqual(told, [250]);
    await seat.resume([{ ...room, seq: 247 }]);
    assert.deepEqual(told, [250, 248, 249, 250]);
  });

  test("is closed when the table cannot be read: its client comes back and says what it has", async () => {
    let isAway = false;
    const { seat, told, closedWith } = seatAt(upTo(5).map(message), () => isAway);
    await seat.resume([{ ...room, seq: 3 }]);
    isAway = true;
    seat.wake(room, 6);
    while (closedWith() === undefined) await turn();
    assert.deepEqual([told, closedWith()], [[4, 5], 1011]);
  });

  test("is closed at a gap rather than told around it", async () => {
    const { seat, told, closedWith } = seatAt([message(1), message(3)]);
    await seat.resume([{ ...room, seq: 0 }]);
    assert.deepEqual([told, closedWith()], [[1], 1011]);
  });
});
