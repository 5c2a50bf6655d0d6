import assert from "node:assert/strict";
import { test } from "node:test";
import { type Instant, instant, plus, type Span } from "#platform/core/time.ts";
import { endAll, noSessions, open, type Presented, refresh, type SessionRules, type Sessions } from "./sessions.ts";

const start = instant(Date.UTC(2026, 10, 21));
const later = (span: Span): Instant => plus(start, span);
const rules: SessionRules = {
  accessTokenMs: 600_000,
  idleMs: 14 * 86_400_000,
  longestMs: 90 * 86_400_000,
  retryMs: 10_000,
  most: 3,
};
const begun = { sessionId: "ses_a", refreshHash: "h1", client: "laptop" };
const first: Presented = { sessionId: "ses_a", generation: 1, hash: "h1", successorHash: "h2", client: "laptop" };
const second: Presented = { ...first, generation: 2, hash: "h2", successorHash: "h3" };
const opened = open(noSessions, begun, start, rules).sessions;

function rotated(sessions: Sessions, presented: Presented, now: Instant): Sessions {
  const result = refresh(sessions, presented, now, rules);
  assert.equal(result.kind, "rotated");
  return (result as { sessions: Sessions }).sessions;
}

test("the newest refresh token rotates", () => {
  const after = rotated(opened, first, later({ minutes: 9 }));
  assert.equal(after.live[0]?.generation, 2);
  assert.equal(after.live[0]?.refreshHash, "h2");
});

test("the spent token gives its successor again within ten seconds, to the same client", () => {
  const after = rotated(opened, first, start);
  assert.equal(refresh(after, first, later({ seconds: 10 }), rules).kind, "again");
});

test("the spent token ends the family when it comes too late, from elsewhere, or when its successor was used", () => {
  const after = rotated(opened, first, start);
  assert.equal(refresh(after, first, later({ seconds: 10, ms: 1 }), rules).kind, "reused");
  assert.equal(refresh(after, { ...first, client: "thief" }, start, rules).kind, "reused");
  const further = rotated(after, second, later({ seconds: 1 }));
  const ended = refresh(further, first, later({ seconds: 1 }), rules);
  assert.equal(ended.kind, "reused");
  assert.deepEqual("ended" in ended && [ended.ended, ended.sessions.live], [["ses_a"], []]);
});

test("a token with the right number but another secret ends the family too", () => {
  assert.equal(refresh(opened, { ...first, hash: "other" }, start, rules).kind, "reused");
});

test("nothing comes of a token whose session has ended, expired or never was", () => {
  assert.equal(refresh(endAll(opened, start, rules).sessions, first, start, rules).kind, "unknown");
  assert.equal(refresh(opened, first, later({ days: 14 }), rules).kind, "unknown");
  assert.equal(refresh(noSessions, first, start, rules).kind, "unknown");
});

test("a session that is used every day still ends after its longest life", () => {
  let sessions = opened;
  for (let day = 1; day < 90; day++) {
    const presented = { ...first, generation: day, hash: `h${day}`, successorHash: `h${day + 1}` };
    sessions = rotated(sessions, presented, later({ days: day }));
  }
  const last = { ...first, generation: 90, hash: "h90", successorHash: "h91" };
  assert.equal(refresh(sessions, last, later({ days: 90 }), rules).kind, "unknown");
});

test("the session unused for longest makes place for one too many", () => {
  let sessions = opened;
  for (const name of ["b", "c"]) {
    sessions = open(sessions, { ...begun, sessionId: `ses_${name}` }, later({ minutes: 1 }), rules).sessions;
  }
  sessions = rotated(sessions, first, later({ minutes: 2 }));
  const { ended, sessions: after } = open(sessions, { ...begun, sessionId: "ses_d" }, later({ minutes: 3 }), rules);
  assert.deepEqual(ended, ["ses_b"]);
  assert.deepEqual(
    after.live.map((one) => one.sessionId),
    ["ses_a", "ses_c", "ses_d"],
  );
});

test("an ended session is remembered until its last access token has expired, and then forgotten", () => {
  const { sessions } = endAll(opened, start, rules);
  assert.deepEqual(sessions.revoked, [{ sessionId: "ses_a", until: later({ minutes: 11 }) }]);
  assert.equal(sessions.revokedUntil, later({ minutes: 11 }));
  const { sessions: clean } = endAll(sessions, later({ minutes: 12 }), rules);
  assert.deepEqual([clean.revoked, clean.revokedUntil], [[], undefined]);
});
