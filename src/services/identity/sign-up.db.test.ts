import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { createFirstAdmin } from "#contracts/identity/keys.ts";
import { acceptInvitation, getMe, grantRole, inviteOperator, signUp } from "#contracts/identity/operations.ts";
import type { TestApp } from "#platform/testing/app.ts";
import { admin, nobody, service, withKey } from "#platform/testing/people.ts";
import { as, enter, good, member, password, refused, somebody, startHouse } from "./testing/house.ts";

let app: TestApp;
before(async () => {
  app = await startHouse();
});
after(() => app.close());
const boss = admin("acc_01jd7x0000000000000000b0ss");
const invited = (email: string) => app.letters.filter((letter) => letter.to === email);
const codeIn = (text = "") => /inv_[\w.-]+/.exec(text)?.[0] ?? "";

test("a person signs up, logs in and sees their own account", async () => {
  const person = somebody({ roles: ["BUYER", "SELLER"], phone: "010-9876-5432" });
  const account = good(await app.call(signUp, person, nobody));
  assert.deepEqual(account.roles, ["BUYER", "SELLER"]);
  const session = await enter(app, { ...person, email: person.email.toUpperCase() });
  const { email, nickname, name } = person;
  assert.deepEqual(await app.call(getMe, {}, as(session.accountId, session.roles)), {
    ...{ accountId: account.accountId, roles: ["BUYER", "SELLER"], nickname, status: "ACTIVE", email, name },
    phone: "01098765432",
  });
});

test("32 sign-ups with one e-mail at the same moment make one account", async () => {
  const person = somebody();
  const tries = Array.from({ length: 32 }, (_, n) => ({
    ...person,
    email: n % 2 ? person.email : person.email.toUpperCase(),
    nickname: `racer_${n}`,
  }));
  const answers = await Promise.all(tries.map((input) => app.call(signUp, input, nobody)));
  assert.equal(answers.filter((answer) => refused(answer) === undefined).length, 1);
  assert.equal(answers.filter((answer) => refused(answer) === "account.email_taken").length, 31);
  const rows = await app.sql("identity", "select 1 from states where data->>'email' ilike $1", [person.email]);
  assert.equal(rows.length, 1);
});

test("a nickname belongs to one account, whatever its case", async () => {
  const { person } = await member(app);
  const answer = await app.call(signUp, somebody({ nickname: person.nickname.toUpperCase() }), nobody);
  assert.equal(refused(answer), "account.nickname_taken");
});

test("a password that everybody has is refused", async () => {
  const answer = await app.call(signUp, somebody({ password: "1q2w3e4r" }), nobody);
  assert.deepEqual(answer, { refused: "account.password_too_common", field: "password", details: {} });
});

test("the same sign-up again gives the same account, another body under its key is refused", async () => {
  const person = somebody();
  const first = await app.call(signUp, person, withKey(nobody, signUp, "k1", "a body"));
  assert.deepEqual(await app.call(signUp, person, withKey(nobody, signUp, "k1", "a body")), first);
  const other = await app.call(signUp, somebody(), withKey(nobody, signUp, "k1", "another body"));
  assert.equal(refused(other), "request.key_reused");
});

test("what the database keeps of a command tells nothing about the password in its body", async () => {
  await app.call(signUp, somebody(), withKey(nobody, signUp, "k2", "0123abcd"));
  const [row] = await app.sql<{ body_hash: string }>(
    "identity",
    "select body_hash from commands where id like '%signUp:k2'",
  );
  assert.match(row?.body_hash ?? "", /^[0-9a-f]{64}$/);
  assert.notEqual(row?.body_hash, "0123abcd");
});

test("the first administrator is made once", async () => {
  const make = () => {
    const { email, nickname, name } = somebody();
    return app.call(createFirstAdmin, { email, nickname, name, password }, service("composition"));
  };
  const answers = await Promise.all([make(), make()]);
  assert.deepEqual(answers.map(refused).sort(), ["account.admin_exists", undefined]);
  assert.deepEqual(good(answers.find((answer) => !refused(answer)) ?? answers[0]).roles, ["ADMIN"]);
});

test("an operator is invited by letter and the code in it works once", async () => {
  const { email, nickname, name } = somebody();
  const invitation = good(await app.call(inviteOperator, { email, role: "OPERATOR" }, boss));
  await app.settle();
  const [letter, ...more] = invited(email);
  assert.equal(more.length, 0);
  const token = codeIn(letter?.text);
  assert.ok(token.startsWith(invitation.invitationId));
  const accept = { token, password, nickname, name };
  const key = withKey(nobody, acceptInvitation, "accept");
  const account = await app.call(acceptInvitation, accept, key);
  assert.deepEqual(good(account).roles, ["OPERATOR"]);
  assert.deepEqual(await app.call(acceptInvitation, accept, key), account);
  assert.equal(refused(await app.call(acceptInvitation, accept, nobody)), "invitation.invalid");
  assert.deepEqual((await enter(app, { email, password })).roles, ["OPERATOR"]);
});

test("an invitation is refused when it is forged or too old", async () => {
  const { email, nickname, name } = somebody();
  good(await app.call(inviteOperator, { email, role: "ADMIN" }, boss));
  await app.settle();
  const token = codeIn(invited(email)[0]?.text);
  const forged = { token: `${token.slice(0, -2)}xx`, password, nickname, name };
  assert.equal(refused(await app.call(acceptInvitation, forged, nobody)), "invitation.invalid");
  app.clock.turn({ hours: 73 });
  assert.equal(refused(await app.call(acceptInvitation, { ...forged, token }, nobody)), "invitation.invalid");
});

test("inviting the same person with the same key sends one letter; a member is not invited", async () => {
  const { email } = somebody();
  const key = withKey(boss, inviteOperator, "twice");
  const first = await app.call(inviteOperator, { email, role: "OPERATOR" }, key);
  assert.deepEqual(await app.call(inviteOperator, { email, role: "OPERATOR" }, key), first);
  await app.settle();
  assert.equal(invited(email).length, 1);
  const { person } = await member(app);
  const answer = await app.call(inviteOperator, { email: person.email, role: "OPERATOR" }, boss);
  assert.equal(refused(answer), "account.email_taken");
});

test("neither facts nor events hold an e-mail, a name, a phone number, a password or a token", async () => {
  const { accountId, session } = await member(app, { name: "박비밀", phone: "010-5555-4444" });
  await app.call(grantRole, { accountId, role: "SELLER", reason: "REQUESTED" }, boss);
  const facts = await app.sql<{ text: string }>(
    "identity",
    "select type || data::text || meta::text as text from facts",
  );
  for (const { text } of facts) {
    assert.doesNotMatch(text, /@madang|박비밀|김하늘|5555|argon2|the yard|sealed/i);
    assert.ok(!text.includes(session.refreshToken));
  }
  const [plain] = await app.sql("identity", "select 1 from states where position($1 in data::text) > 0", [
    session.refreshToken.split(".")[3],
  ]);
  assert.equal(plain, undefined, "a refresh token is kept as a hash alone");
});
