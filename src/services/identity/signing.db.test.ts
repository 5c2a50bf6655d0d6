import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { createLocalJWKSet, decodeProtectedHeader, jwtVerify } from "jose";
import { getJwks, listVerificationKeys, rotateSigningKey } from "#contracts/identity/keys.ts";
import type { TestApp } from "#platform/testing/app.ts";
import { admin, nobody, service, withKey } from "#platform/testing/people.ts";
import { enter, good, member, refused, startHouse } from "./testing/house.ts";

let app: TestApp;
before(async () => {
  app = await startHouse();
});
after(() => app.close());
const boss = admin("acc_01jd7x0000000000000000b0ss");

async function verified(token: string, on = app) {
  const keys = createLocalJWKSet(good(await on.call(getJwks, {}, nobody)));
  const currentDate = new Date(on.clock.now());
  return jwtVerify(token, keys, {
    ...{ issuer: "madang", audience: "madang", typ: "at+jwt", algorithms: ["EdDSA"], currentDate },
  });
}
const kids = async (on = app) =>
  good(await on.call(listVerificationKeys, {}, service("door"))).keys.map((key) => key.kid);

test("an access token says who, as what, in which session, for ten minutes", async () => {
  const { session, accountId } = await member(app);
  const { payload, protectedHeader } = await verified(session.accessToken);
  const { iat = 0, exp = 0, ...claims } = payload;
  assert.deepEqual(claims, {
    ...{ iss: "madang", aud: "madang", sub: accountId, roles: ["BUYER"], sid: session.sessionId, ver: 1 },
  });
  assert.equal(exp - iat, 600);
  assert.deepEqual(protectedHeader, { alg: "EdDSA", typ: "at+jwt", kid: (await kids())[0] });
  assert.equal(session.accessTokenExpiresAt, new Date(exp * 1000).toISOString());
});

test("only the public half of a key is ever given out", async () => {
  const { keys } = good(await app.call(getJwks, {}, nobody));
  assert.deepEqual(Object.keys(keys[0] ?? {}).sort(), ["alg", "crv", "kid", "kty", "use", "x"]);
});

test("keys rotate while people are logged in, and every token stays good to its end, in every process", async () => {
  const other = await startHouse({ database: app.database, clock: app.clock });
  try {
    const { session, person } = await member(app);
    const [oldKid] = await kids();
    const key = withKey(boss, rotateSigningKey, "rotate");
    const next = good(await app.call(rotateSigningKey, {}, key));
    assert.deepEqual(await app.call(rotateSigningKey, {}, key), next);
    assert.deepEqual(await kids(other), [oldKid, next.kid], "published before it signs");
    const refusal = await app.call(rotateSigningKey, {}, boss);
    assert.equal(refused(refusal), "signing_key.rotation_under_way");
    const kidOf = async (on: TestApp) => decodeProtectedHeader((await enter(on, person)).accessToken).kid;
    assert.equal(await kidOf(other), oldKid);
    app.clock.turn({ seconds: 61 });
    assert.deepEqual([await kidOf(app), await kidOf(other)], [next.kid, next.kid]);
    app.clock.turn({ minutes: 8 });
    await verified(session.accessToken, other);
    app.clock.turn({ minutes: 5 });
    assert.deepEqual(await kids(other), [next.kid], "gone when no token of it can be alive");
  } finally {
    await other.close();
  }
});

test("two processes that start together make one key, and a third opens it again", async () => {
  const fresh = await startHouse();
  const others = await Promise.all([1, 2].map(() => startHouse({ database: fresh.database, clock: fresh.clock })));
  try {
    const all = await Promise.all([fresh, ...others].map((one) => kids(one)));
    assert.deepEqual(all[1], all[0]);
    assert.deepEqual(all[2], all[0]);
    assert.equal(all[0]?.length, 1);
  } finally {
    await Promise.all(others.map((one) => one.close()));
    await fresh.close();
  }
});

test("with another secret the service does not start, and says which setting it is", async () => {
  const values = { keySecret: "quite another secret, and long enough too" };
  await assert.rejects(startHouse({ database: app.database, values }), /IDENTITY_KEY_SECRET/);
});

test("private keys are sealed at rest", async () => {
  const rows = await app.sql<{ data: unknown }>("identity", "select data from states where key like 'signing-key:%'");
  assert.ok(rows.length > 0);
  for (const { data } of rows) assert.deepEqual(Object.keys(data as object), ["sealed"]);
});
