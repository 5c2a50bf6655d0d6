import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { ServerParts } from "#platform/http/server.ts";
import { bound, testServer } from "#platform/http/test-server.ts";
import type { SocketLimits } from "./limits.ts";
import { client, opened, refusal, speak, ticketOf, wall } from "./testing-wall.ts";

describe("the bounds of sockets", () => {
  async function within(
    t: { after(done: () => Promise<void>): void },
    limits: Partial<SocketLimits>,
    changes: Partial<ServerParts> = {},
  ) {
    const house = await opened(changes, limits);
    t.after(() => house.server.close({ graceMs: 300 }));
    return house;
  }

  test("the oldest connection of an account makes room for a new one, and a full house says so", async (t) => {
    const house = await within(t, { perAccount: 2, connections: 3 });
    const [first] = [await house.enter("one"), await house.enter("one"), await house.enter("one")];
    assert.equal(await first?.closed, 4409);
    await house.enter("two");
    assert.equal(house.server.sockets.count, 3);
    assert.deepEqual(await refusal(house, `/wall?ticket=${ticketOf("three")}`), [503, "server.busy"]);
  });

  test("a connection ends with its time, and one that does not answer to a beat is dropped", async (t) => {
    const brief = await within(t, { lifeMs: 300 });
    assert.equal(await (await brief.enter()).closed, 4401);
    const beating = await within(t, { beatMs: 250 });
    const [alive, dead] = [await beating.enter("one"), await beating.enter("two")];
    dead.ws.pong = () => {};
    (dead.ws as unknown as { _socket: { pause(): void } })._socket.pause();
    while (beating.server.sockets.count > 1) await new Promise((resolve) => setTimeout(resolve, 20));
    alive.say({ type: "speak", wall: "a", words: "여기" });
    assert.equal((await alive.heard(1))[0]?.type, "answer");
  });

  test("a client that takes nothing is cut and costs little, while others get everything in order", async (t) => {
    const house = await within(t, { slowMs: 300, closeMs: 5_000 });
    const [slow, quick] = [await house.enter("one"), await house.enter("two")];
    const wire = (slow.ws as unknown as { _socket: { pause(): void; resume(): void } })._socket;
    slow.say({ type: "pour", pieces: 2_000 });
    wire.pause();
    quick.say({ type: "pour", pieces: 500 });
    const pieces = await quick.heard(501);
    assert.deepEqual(
      pieces.slice(0, 500).map(({ n }) => n),
      Array.from({ length: 500 }, (_, n) => n),
    );
    while ([...house.open].some(({ holder }) => holder.accountId === "acc_one" && house.server.sockets.count === 2)) {
      const connection = [...house.open].find(({ holder }) => holder.accountId === "acc_one");
      if (connection?.isOpen === false) break;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    wire.resume();
    assert.equal(await slow.closed, 4408);
    assert.ok(slow.frames.length < 2_000, "it was not kept for it in memory");
    const numbers = slow.frames.map(({ n }) => n);
    assert.deepEqual(numbers, [...numbers.keys()], "what it got was whole and in order");
  });

  test("a flood of frames ends the connection", async (t) => {
    const house = await within(t, { framesPerMinute: 20 });
    const guest = await house.enter();
    for (let n = 0; n < 25; n++) guest.say({ type: "nothing" });
    assert.equal(await guest.closed, 4429);
  });

  test("a stop answers the frame under way, asks everybody to go elsewhere, and lets nobody in", async () => {
    let answer = () => {};
    const slowly = new Promise<void>((resolve) => {
      answer = resolve;
    });
    const { one } = wall();
    const server = testServer(
      [
        bound(speak, async ({ words }: { words: string }) => {
          await slowly;
          return { heard: words };
        }),
      ],
      { sockets: [one] },
    );
    const url = await server.listen({ host: "127.0.0.1", port: 0 });
    const guest = client(url, `/wall?ticket=${ticketOf("one")}`);
    await guest.heard(1);
    guest.say({ type: "speak", wall: "a", words: "끝까지" });
    await new Promise((resolve) => setTimeout(resolve, 50));
    const stopped = server.close({ graceMs: 2_000 });
    await new Promise((resolve) => setTimeout(resolve, 50));
    answer();
    assert.equal(await guest.closed, 1012);
    assert.deepEqual(guest.frames.at(-1)?.answer, { heard: "끝까지" });
    await stopped;
    assert.equal(server.sockets.count, 0);
  });
});
