import assert from "node:assert/strict";
import { createPublicKey, randomBytes, sign, verify } from "node:crypto";
import { test } from "node:test";
import { hashPassword, isOutdated, isPassword, nobodysHash } from "./argon2.ts";
import { readInvitationToken, writeInvitationToken } from "./invitation-token.ts";
import { firstRefreshToken, readRefreshToken, successorOf, writeRefreshToken } from "./refresh-token.ts";
import { deriveSecrets } from "./secrets.ts";
import { makeSigningKey, openSigningKey } from "./signing-key.ts";
import { makeTurns } from "./turns.ts";

const random = { bytes: randomBytes };
const secrets = deriveSecrets("a secret of the tests, long enough");
const others = deriveSecrets("another secret of the tests, as long");
const cheap = { memoryKiB: 1024, passes: 1, lanes: 1 };
const accountId = "acc_01jd7x0000000000000000b9yr";
const sessionId = "ses_01jd7x0000000000000000sess";

test("only the right password fits a hash, in either Unicode form", async () => {
  const hash = await hashPassword("비밀번호-여덟자", random);
  assert.match(hash, /^\$argon2id\$v=19\$m=19456,t=2,p=1\$[A-Za-z0-9+/]{22}\$[A-Za-z0-9+/]{43}$/);
  assert.equal(await isPassword("비밀번호-여덟자".normalize("NFD"), hash), true);
  assert.equal(await isPassword("비밀번호-여덟자 ", hash), false);
  assert.equal(await isPassword("anything", nobodysHash(random, cheap)), false);
  assert.equal(await isPassword("anything", "no hash"), false);
});

test("a hash at another cost still fits and is known to be outdated", async () => {
  const old = await hashPassword("a good password", random, cheap);
  assert.equal(await isPassword("a good password", old), true);
  assert.deepEqual([isOutdated(old), isOutdated(nobodysHash(random))], [true, false]);
});

test("a refresh token reads back as written, and no other text does", () => {
  const token = firstRefreshToken(accountId, sessionId, random);
  const text = writeRefreshToken(token, secrets);
  assert.deepEqual(readRefreshToken(text, secrets), token);
  assert.equal(readRefreshToken(text, others), undefined);
  const parts = text.split(".");
  for (let part = 0; part < parts.length; part++) {
    const forged = parts.map((value, at) =>
      at === part ? `${value.slice(0, -2)}${value.endsWith("77") ? "66" : "77"}` : value,
    );
    assert.equal(readRefreshToken(forged.join("."), secrets), undefined, forged.join("."));
  }
  assert.equal(readRefreshToken("", secrets), undefined);
});

test("a spent token always has the same successor, which only the server can make", () => {
  const token = firstRefreshToken(accountId, sessionId, random);
  assert.deepEqual(successorOf(token, secrets), successorOf(token, secrets));
  assert.notEqual(successorOf(token, secrets).secret, successorOf(token, others).secret);
  assert.equal(successorOf(token, secrets).generation, 2);
});

test("an invitation's token is made of its id and our key", () => {
  const token = writeInvitationToken("inv_01jd7x0000000000000000nvte", secrets);
  assert.equal(readInvitationToken(token, secrets), "inv_01jd7x0000000000000000nvte");
  assert.equal(readInvitationToken(token, others), undefined);
  assert.equal(readInvitationToken("inv_01jd7x0000000000000000nvte.", secrets), undefined);
});

test("a sealed signing key opens with its secret and its kid alone, and signs for its public half", () => {
  const { kid, x, sealed } = makeSigningKey(random, secrets.seal);
  const key = openSigningKey(sealed, kid, secrets.seal);
  const publicKey = createPublicKey({ key: { kty: "OKP", crv: "Ed25519", x }, format: "jwk" });
  assert.ok(verify(null, Buffer.from("hello"), publicKey, sign(null, Buffer.from("hello"), key)));
  assert.throws(() => openSigningKey(sealed, kid, others.seal), /IDENTITY_KEY_SECRET/);
  assert.throws(() => openSigningKey(sealed, "another", secrets.seal), /IDENTITY_KEY_SECRET/);
});

test("two work, three wait, the sixth is told to come back, and a failure frees its place", async () => {
  const turns = makeTurns({ atWork: 2, waiting: 3 });
  let [atWork, most] = [0, 0];
  const work = async () => {
    most = Math.max(most, ++atWork);
    await new Promise((done) => setTimeout(done, 5));
    atWork--;
  };
  const failing = turns(async () => {
    throw new Error("no luck");
  });
  const running = [turns(work), turns(work), turns(work), turns(work)];
  await assert.rejects(turns(work), { code: "server.busy", retryAfterMs: 2000 });
  await assert.rejects(failing, /no luck/);
  await Promise.all(running);
  assert.equal(most, 2);
  await turns(work);
});
