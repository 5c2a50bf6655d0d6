import assert from "node:assert/strict";
import { test } from "node:test";
import type { Instant } from "#platform/core/time.ts";
import { isOpen, nextOpening } from "./opening.ts";

const DAY = 1440;
const evening = { opensAt: 18 * 60, closesAt: 26 * 60 };
const bar = {
  status: "APPROVED" as const,
  openSwitch: true,
  holidays: [] as string[],
  // Friday and Sunday 18:00 to 02:00 of the next day.
  hours: [4, 6].map((day) => ({ opensAt: day * DAY + evening.opensAt, closesAt: day * DAY + evening.closesAt })),
};

/** 2026-11-16 is a Monday in Seoul. */
function seoul(day: string, time: string): Instant {
  return new Date(`${day}T${time}:00.000+09:00`).toISOString() as Instant;
}

test("is open past midnight until its span ends, to the minute", () => {
  assert.equal(isOpen(bar, seoul("2026-11-20", "17:59")), false);
  assert.equal(isOpen(bar, seoul("2026-11-20", "18:00")), true);
  assert.equal(isOpen(bar, seoul("2026-11-21", "01:59")), true);
  assert.equal(isOpen(bar, seoul("2026-11-21", "02:00")), false);
});

test("a Sunday night goes on into Monday", () => {
  assert.equal(isOpen(bar, seoul("2026-11-23", "01:59")), true);
  assert.equal(isOpen(bar, seoul("2026-11-23", "02:00")), false);
  assert.equal(nextOpening(bar, seoul("2026-11-23", "02:00")), seoul("2026-11-27", "18:00"));
});

test("a holiday closes the night that begins on it, not the one that began before it", () => {
  const resting = { ...bar, holidays: ["2026-11-21", "2026-11-22"] };
  assert.equal(isOpen(resting, seoul("2026-11-21", "01:00")), true);
  assert.equal(isOpen(resting, seoul("2026-11-22", "19:00")), false);
  assert.equal(isOpen(resting, seoul("2026-11-23", "01:00")), false);
  assert.equal(nextOpening(resting, seoul("2026-11-22", "19:00")), seoul("2026-11-27", "18:00"));
});

test("finds the next opening beyond a row of holidays", () => {
  const away = { ...bar, holidays: ["2026-11-20", "2026-11-22", "2026-11-27", "2026-11-29"] };
  assert.equal(nextOpening(away, seoul("2026-11-19", "12:00")), seoul("2026-12-04", "18:00"));
});

test("without hours it is open all day but on holidays", () => {
  const goods = { ...bar, hours: [], holidays: ["2026-11-20"] };
  assert.equal(isOpen(goods, seoul("2026-11-19", "23:59")), true);
  assert.equal(isOpen(goods, seoul("2026-11-20", "00:00")), false);
  assert.equal(nextOpening(goods, seoul("2026-11-20", "09:00")), seoul("2026-11-21", "00:00"));
});

test("switched off or not approved it is closed, and nobody knows for how long", () => {
  for (const closed of [
    { ...bar, openSwitch: false },
    { ...bar, status: "SUSPENDED" as const },
  ]) {
    assert.equal(isOpen(closed, seoul("2026-11-20", "19:00")), false);
    assert.equal(nextOpening(closed, seoul("2026-11-20", "19:00")), undefined);
  }
});

test("an open store has no next opening to wait for", () => {
  assert.equal(nextOpening(bar, seoul("2026-11-20", "19:00")), undefined);
});
