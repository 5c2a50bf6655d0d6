import assert from "node:assert/strict";
import { test } from "node:test";
import { epochMs, type Instant, instant, plus } from "#platform/core/time.ts";
import { countAttempt, forgive, type GuessRows, type GuessRules } from "./guesses.ts";

const start = instant(Date.UTC(2026, 10, 21));
const rules: GuessRules = {
  pair: { free: 10, leakMs: 900_000, longestDelayMs: 900_000 },
  account: { free: 30, leakMs: 60_000, longestDelayMs: 10_000 },
  network: { free: 100, leakMs: 10_000, longestDelayMs: 60_000 },
  trustMs: 90 * 86_400_000,
};
const nothing: GuessRows = { pair: undefined, account: undefined, network: undefined };

/** Guesses as fast as the rules let it, waiting whenever told to. Returns how many guesses the time allowed. */
function guessFor(spanMs: number, rows: GuessRows): { guesses: number; rows: GuessRows; now: Instant } {
  let [now, guesses] = [start, 0];
  while (epochMs(now) - epochMs(start) < spanMs) {
    const attempt = countAttempt(rows, now, rules);
    if ("waitMs" in attempt) now = plus(now, { ms: attempt.waitMs });
    else {
      rows = attempt.counted;
      guesses++;
    }
  }
  return { guesses, rows, now };
}

test("ten attempts are free, then each waits twice as long as the one before it", () => {
  let rows = nothing;
  let now = start;
  const waits: number[] = [];
  for (let attempt = 0; attempt < 14; attempt++) {
    const counted = countAttempt(rows, now, rules);
    assert.ok("counted" in counted);
    rows = counted.counted;
    const next = countAttempt(rows, now, rules);
    const waitMs = "waitMs" in next ? next.waitMs : 0;
    waits.push(waitMs / 1000);
    now = plus(now, { ms: waitMs });
  }
  assert.deepEqual(waits, [0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 2, 4, 8, 16]);
});

test("an attempt that has to wait makes nothing longer", () => {
  const { rows } = guessFor(1_000, nothing);
  const [one, two] = [countAttempt(rows, start, rules), countAttempt(rows, start, rules)];
  assert.deepEqual(one, two);
});

test("one network gets no more than about a hundred guesses at an account in a day", () => {
  const { guesses } = guessFor(86_400_000, nothing);
  assert.ok(guesses < 120, `${guesses}`);
});

test("guesses at one account from everywhere are spaced, but never by more than ten seconds", () => {
  let account: GuessRows["account"];
  for (let network = 0; network < 200; network++) {
    const now = plus(start, { seconds: network * 10 });
    const counted = countAttempt({ ...nothing, account }, now, rules);
    assert.ok("counted" in counted, "ten seconds are always enough");
    account = counted.counted.account;
  }
  const soon = countAttempt({ ...nothing, account }, plus(start, { seconds: 1991 }), rules);
  assert.deepEqual(soon, { waitMs: 9000 });
});

test("whoever has logged in from there before does not meet the delay that others cause", () => {
  const trusted = forgive(nothing, start, rules);
  let account: GuessRows["account"];
  for (let guess = 0; guess < 50; guess++) {
    const counted = countAttempt({ ...nothing, account }, plus(start, { seconds: guess * 10 }), rules);
    account = "counted" in counted ? counted.counted.account : account;
  }
  const now = plus(start, { seconds: 491 });
  assert.ok("waitMs" in countAttempt({ ...nothing, account }, now, rules));
  assert.ok("counted" in countAttempt({ ...trusted, account }, now, rules));
});

test("the right password starts the pair afresh and gives one attempt back to the others", () => {
  const { rows } = guessFor(1, nothing);
  const after = forgive(rows, start, rules);
  assert.equal(after.pair.level, 0);
  assert.equal(after.account?.level, (rows.account?.level ?? 0) - 1);
});

test("a row may be swept only when it says nothing any more", () => {
  const { rows, now } = guessFor(3_600_000, nothing);
  assert.ok(rows.pair && rows.pair.expiresAt > now);
  const swept = countAttempt(nothing, rows.pair.expiresAt, rules);
  const kept = countAttempt(rows, rows.pair.expiresAt, rules);
  assert.deepEqual("counted" in kept && kept.counted.pair, "counted" in swept && swept.counted.pair);
});
