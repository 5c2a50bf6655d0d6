import assert from "node:assert/strict";
import { once } from "node:events";
import { test } from "node:test";
import { onlyAddress, testServer } from "#platform/http/test-server.ts";
import { knockOf } from "./knock.ts";
import { client, contract, opened, refusal, ticketOf } from "./testing-wall.ts";

test("through an edge a socket is the same: its frames, its close codes, and whose pages may connect", async (t) => {
  const revoked = new Set<string>();
  const house = await opened({
    isRevoked: (sessionId) => revoked.has(sessionId),
    verifyServiceToken: (token) =>
      token === "edge" ? { service: "edge", target: "store", kind: "service", roles: [] } : null,
  });
  t.after(() => house.server.close({ graceMs: 300 }));
  const relay = {
    ...{ operations: [], sockets: [{ operation: knockOf(contract) }] },
    addressesOf: () => onlyAddress(house.url),
    ...{ tokenFor: () => "edge", requestsPerService: 1 },
  };
  const edge = testServer([], { relay, corsOrigins: ["https://madang.example"] });
  const url = await edge.listen({ host: "127.0.0.1", port: 0 });
  t.after(() => edge.close({ graceMs: 300 }));
  const enter = async (account: string, origin: string) => {
    const guest = client(url, `/wall?ticket=${ticketOf(account)}`, { origin });
    await guest.heard(1);
    return guest;
  };

  const [named, own] = [await enter("one", "https://madang.example"), await enter("two", url)];
  named.say({ type: "speak", ref: "1", wall: "a", words: "밖에서" });
  assert.deepEqual((await named.heard(2))[1]?.answer, { heard: "밖에서" });
  own.ws.send(Buffer.from("{}"), { binary: true });
  assert.equal(await own.closed, 1003);
  revoked.add("ses_one");
  assert.equal(await named.closed, 4403);

  const evil = { origin: "https://evil.example" };
  assert.deepEqual(await refusal({ url }, `/wall?ticket=${ticketOf("one")}`, evil), [403, "socket.origin_refused"]);
  assert.deepEqual(await refusal({ url }, `/wall?ticket=${ticketOf("no")}`), [401, "socket.ticket_invalid"]);
  const plain = await fetch(`${url}/wall?ticket=${ticketOf("two")}`);
  assert.equal(plain.status, 426);
  // Nobody gets round the edge by calling themselves one.
  const forged = { ...evil, "x-madang-edge-token": "guessed" };
  assert.deepEqual(await refusal(house, `/wall?ticket=${ticketOf("two")}`, forged), [403, "socket.origin_refused"]);
  const { ws } = client(house.url, `/wall?ticket=${ticketOf("three")}`, { "x-madang-edge-token": "edge" });
  await once(ws, "open");
  ws.close();
});
