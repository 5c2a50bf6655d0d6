import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { listRevokedSessions } from "#contracts/identity/keys.ts";
import {
  grantRole,
  logIn,
  logOut,
  logOutEverywhere,
  refreshSession,
  setAccountStatus,
  withdrawRole,
} from "#contracts/identity/operations.ts";
import type { TestApp } from "#platform/testing/app.ts";
import { admin, service, withKey } from "#platform/testing/people.ts";
import { enter, from, good, member, refused, startHouse } from "./testing/house.ts";

let app: TestApp;
before(async () => {
  app = await startHouse({ values: { sessionsPerAccount: 3 } });
});
after(() => app.close());
const boss = admin("acc_01jd7x0000000000000000b0ss");
const laptop = from("10.0.0.1");
const thief = from("203.0.113.7");

const refresh = (refreshToken: string, caller = laptop) => app.call(refreshSession, { refreshToken }, caller);
async function revoked(): Promise<string[]> {
  const { sessions } = good(await app.call(listRevokedSessions, {}, service("composition")));
  return sessions.map((one) => one.sessionId);
}
async function announced(sessionId: string): Promise<boolean> {
  const rows = await app.sql(
    "identity",
    "select 1 from facts where type = 'SessionRevoked' and data->>'sessionId' = $1",
    [sessionId],
  );
  return rows.length === 1;
}

test("two tabs that refresh at once, and a lost answer asked for again, stay logged in", async () => {
  const { session } = await member(app);
  const [one, two] = await Promise.all([refresh(session.refreshToken), refresh(session.refreshToken)]);
  assert.equal(good(one).refreshToken, good(two).refreshToken);
  app.clock.turn({ seconds: 8 });
  const again = good(await refresh(session.refreshToken));
  assert.equal(again.refreshToken, good(one).refreshToken);
  const next = good(await refresh(again.refreshToken));
  assert.notEqual(next.refreshToken, again.refreshToken);
  good(await refresh(next.refreshToken));
});

test("a thief who uses the token first, and the victim after, are both out", async () => {
  const { session } = await member(app);
  const stolen = good(await refresh(session.refreshToken, thief));
  assert.equal(refused(await refresh(session.refreshToken)), "session.refresh_reused");
  assert.equal(refused(await refresh(stolen.refreshToken, thief)), "session.refresh_invalid");
  assert.ok((await revoked()).includes(session.sessionId));
  assert.ok(await announced(session.sessionId));
});

test("a thief who comes after the victim throws both out, even long after and with an old token", async () => {
  const { session } = await member(app);
  let newest = session;
  for (let turn = 0; turn < 3; turn++) newest = good(await refresh(newest.refreshToken));
  app.clock.turn({ hours: 1 });
  assert.equal(refused(await refresh(session.refreshToken, thief)), "session.refresh_reused");
  assert.equal(refused(await refresh(newest.refreshToken)), "session.refresh_invalid");
});

test("a made-up token ends nobody's session", async () => {
  const { session } = await member(app);
  const [account, id, , secret, tag] = session.refreshToken.split(".");
  assert.equal(refused(await refresh(`${account}.${id}.2.${secret}.${tag}`)), "session.refresh_invalid");
  assert.equal(refused(await refresh("nonsense")), "session.refresh_invalid");
  good(await refresh(session.refreshToken));
});

test("a refresh token that rests for 14 days is over", async () => {
  const { session } = await member(app);
  app.clock.turn({ days: 14 });
  assert.equal(refused(await refresh(session.refreshToken)), "session.refresh_invalid");
});

test("logging out ends this session, announces it, and leaves the others alone", async () => {
  const { caller, session, person, accountId } = await member(app);
  const phone = await enter(app, person, from("10.0.0.2"));
  assert.deepEqual(await app.call(logOut, {}, caller), {});
  assert.equal(refused(await refresh(session.refreshToken)), "session.refresh_invalid");
  assert.ok(await announced(session.sessionId));
  assert.deepEqual((await revoked()).includes(session.sessionId), true);
  good(await refresh(phone.refreshToken, from("10.0.0.2")));
  assert.deepEqual(await app.call(logOutEverywhere, {}, caller), { ended: 1 });
  assert.deepEqual(await app.call(logOutEverywhere, {}, caller), { ended: 0 });
  assert.ok((await revoked()).includes(phone.sessionId), accountId);
});

test("an ended session is listed until its tokens have expired", async () => {
  const { caller, session } = await member(app);
  good(await app.call(logOut, {}, caller));
  app.clock.turn({ minutes: 10 });
  assert.ok((await revoked()).includes(session.sessionId));
  app.clock.turn({ minutes: 2 });
  assert.ok(!(await revoked()).includes(session.sessionId));
});

test("one log-in too many ends the session that was unused for longest", async () => {
  const { person, session } = await member(app);
  for (let more = 0; more < 3; more++) await enter(app, person);
  assert.equal(refused(await refresh(session.refreshToken)), "session.refresh_invalid");
  assert.ok(await announced(session.sessionId));
});

test("suspending ends every session at once and keeps the person out until it is lifted", async () => {
  const { accountId, person, session } = await member(app);
  const key = withKey(boss, setAccountStatus, "suspend");
  const suspend = { accountId, status: "SUSPENDED", reason: "FRAUD" } as const;
  const answer = await app.call(setAccountStatus, suspend, key);
  assert.deepEqual(answer, { accountId, status: "SUSPENDED" });
  assert.deepEqual(await app.call(setAccountStatus, suspend, key), answer);
  assert.equal(refused(await refresh(session.refreshToken)), "session.refresh_invalid");
  assert.ok((await revoked()).includes(session.sessionId));
  assert.equal(refused(await app.call(logIn, person, laptop)), "account.suspended");
  const wrong = { email: person.email, password: "not the password" };
  assert.equal(refused(await app.call(logIn, wrong, laptop)), "session.wrong_credentials");
  good(await app.call(setAccountStatus, { accountId, status: "ACTIVE", reason: "CLEARED" }, boss));
  await enter(app, person);
});

test("a log-in and a suspension at the same moment never leave a live session", async () => {
  for (let round = 0; round < 5; round++) {
    const { accountId, person } = await member(app);
    const suspend = app.call(setAccountStatus, { accountId, status: "SUSPENDED", reason: "ABUSE" }, boss);
    const [login] = await Promise.all([app.call(logIn, person, laptop), suspend]);
    if (!refused(login)) {
      const { refreshToken } = good(login);
      assert.equal(refused(await refresh(refreshToken)), "session.refresh_invalid");
    }
  }
});

test("a granted role comes with the next refresh, a withdrawn one ends the sessions", async () => {
  const { accountId, session } = await member(app);
  const change = { accountId, role: "SELLER", reason: "REQUESTED" } as const;
  assert.deepEqual(good(await app.call(grantRole, change, boss)).roles, ["BUYER", "SELLER"]);
  const refreshed = good(await refresh(session.refreshToken));
  assert.deepEqual(refreshed.roles, ["BUYER", "SELLER"]);
  assert.deepEqual(good(await app.call(withdrawRole, change, boss)).roles, ["BUYER"]);
  assert.equal(refused(await refresh(refreshed.refreshToken)), "session.refresh_invalid");
  assert.equal(refused(await app.call(withdrawRole, { ...change, role: "BUYER" }, boss)), "account.last_role");
  const unknown = { ...change, accountId: "acc_01jd7x0000000000000000n0ne" };
  assert.equal(refused(await app.call(grantRole, unknown, boss)), "account.not_found");
});
