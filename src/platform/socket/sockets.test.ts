import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { client, type House, opened, refusal, ticketOf } from "./testing-wall.ts";

describe("the door of sockets", () => {
  const revoked = new Set(["ses_left"]);
  let house: House;
  before(async () => {
    house = await opened({ corsOrigins: ["https://madang.example"], isRevoked: (sessionId) => revoked.has(sessionId) });
  });
  after(() => house.server.close({ graceMs: 500 }));

  test("a ticket opens one connection, and nothing without one does", async () => {
    const ticket = ticketOf("one");
    const guest = client(house.url, `/wall?ticket=${ticket}`);
    const [welcome] = await guest.heard(1);
    assert.deepEqual([welcome?.type, welcome?.livesMs, welcome?.frameBytes], ["welcome", 600_000, 65_536]);
    assert.deepEqual(await refusal(house, `/wall?ticket=${ticket}`), [401, "socket.ticket_invalid"]);
    assert.deepEqual(await refusal(house, `/wall?ticket=${ticketOf("no")}`), [401, "socket.ticket_invalid"]);
    assert.deepEqual(await refusal(house, "/wall"), [400, "request.invalid"]);
    assert.deepEqual(await refusal(house, "/wall?ticket=short"), [400, "request.invalid"]);
    assert.deepEqual(await refusal(house, `/wall?ticket=${ticketOf("one")}&role=ADMIN`), [
      400,
      "request.unknown_field",
    ]);
    guest.ws.close();
  });

  test("a ticket of a session that has ended opens nothing", async () => {
    assert.deepEqual(await refusal(house, `/wall?ticket=${ticketOf("left")}`), [401, "auth.token_revoked"]);
  });

  test("pages of other origins may not connect; ours, named ones and programs may", async () => {
    for (const origin of ["https://evil.example", "null", "https://madang.example.evil.example"]) {
      const answer = await refusal(house, `/wall?ticket=${ticketOf("one")}`, { origin });
      assert.deepEqual(answer, [403, "socket.origin_refused"], origin);
    }
    for (const origin of ["https://madang.example", house.url]) (await house.enter("one", { origin })).ws.close();
  });

  test("a plain GET is told what this address is for, and other addresses do not mind an Upgrade header", async () => {
    const plain = await fetch(`${house.url}/wall?ticket=${ticketOf("one")}`);
    assert.deepEqual([plain.status, ((await plain.json()) as { code: string }).code], [426, "socket.upgrade_needed"]);
    const live = await house.server.inject({ url: "/health/live", headers: { upgrade: "websocket" } });
    assert.equal(live.statusCode, 200);
    assert.deepEqual(await refusal(house, "/health/ready/x"), [404, "route.not_found"]);
  });

  test("frames are answered in their order, with the rules that the operation has over HTTP", async () => {
    const guest = await house.enter("one", { "accept-language": "en" });
    guest.say({ type: "speak", ref: "1", wall: "a", words: "하나" });
    guest.say({ type: "speak", ref: "2", wall: "a", words: "no" });
    guest.say({ type: "speak", ref: "3", wall: "a", words: "셋", price: 1 });
    guest.say({ type: "speak", ref: "4", wall: 5, words: "넷" });
    guest.say({ type: "shout", ref: "5" });
    guest.ws.send("{");
    guest.ws.send('{"type":"speak","wall":"a","words":"\\ud800"}');
    guest.ws.send('{"type":"speak","wall":"a","words":"a\\u0000"}');
    guest.say({ type: "speak", ref: 6, wall: "a", words: "" });
    guest.say({ wall: "a" });
    const answers = await guest.heard(10);
    assert.deepEqual(answers[0], { type: "answer", ref: "1", to: "speak", answer: { heard: "하나" } });
    const codes = answers.slice(1).map(({ type, ref, problem }) => [type, ref, (problem as { code: string }).code]);
    assert.deepEqual(codes, [
      ["refused", "2", "store.closed"],
      ["refused", "3", "request.unknown_field"],
      ["refused", "4", "request.invalid"],
      ["refused", "5", "socket.unknown_frame"],
      ["refused", undefined, "request.bad_json"],
      ["refused", undefined, "request.bad_text"],
      ["refused", undefined, "request.bad_text"],
      ["refused", undefined, "request.invalid"],
      ["refused", undefined, "request.invalid"],
    ]);
    assert.equal((answers[1]?.problem as { detail: string } | undefined)?.detail, "담벼락 opens in 5 min.");
    guest.ws.close();
  });

  test("a role that the operation does not name is refused over a socket, too", async () => {
    const guest = await house.enter("seller");
    guest.say({ type: "speak", wall: "a", words: "나도" });
    const [answer] = await guest.heard(1);
    assert.equal((answer?.problem as { code: string } | undefined)?.code, "auth.forbidden");
    guest.ws.close();
  });

  test("binary frames and frames above the limit end the connection with their code", async () => {
    const [binary, large] = [await house.enter("one"), await house.enter("one")];
    binary.ws.send(Buffer.from("{}"), { binary: true });
    large.ws.send(JSON.stringify({ type: "speak", wall: "a", words: "x".repeat(70_000) }));
    assert.deepEqual([await binary.closed, await large.closed], [1003, 1009]);
  });

  test("each kind of frame has its rate, shared by all connections of an account", async () => {
    const [one, two] = [await house.enter("hasty"), await house.enter("hasty")];
    for (let n = 0; n < 20; n++) for (const guest of [one, two]) guest.say({ type: "speak", wall: "a", words: "x" });
    const answers = [...(await one.heard(20)), ...(await two.heard(20))];
    assert.equal(answers.filter(({ type }) => type === "answer").length, 30);
    const late = answers.find(({ type }) => type === "refused")?.problem as Record<string, unknown>;
    assert.deepEqual([late.code, late.status], ["request.too_many", 429]);
    for (const guest of [one, two]) guest.ws.close();
  });

  test("log-out ends the connections of that session, and of no other", async () => {
    const [leaving, staying] = [await house.enter("leaving"), await house.enter("two")];
    revoked.add("ses_leaving");
    assert.equal(await leaving.closed, 4403);
    staying.say({ type: "speak", wall: "a", words: "남아요" });
    assert.equal((await staying.heard(1))[0]?.type, "answer");
    staying.ws.close();
  });

  test("a connection lives on with a new ticket of the same account, and with no other", async () => {
    const guest = await house.enter("one");
    const fresh = ticketOf("one");
    for (const ticket of [ticketOf("two"), ticketOf("no"), 5, fresh, fresh]) guest.say({ type: "renew", ticket });
    const answers = await guest.heard(5);
    assert.deepEqual(
      answers.map(({ type }) => type),
      ["refused", "refused", "refused", "answer", "refused"],
    );
    guest.ws.close();
  });
});
