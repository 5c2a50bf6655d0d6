import assert from "node:assert/strict";
import { test } from "node:test";
import { fill } from "./fill.ts";
import { localeOf } from "./locale.ts";

test("an answer is in Korean unless English is wanted more", () => {
  const cases: [string | undefined, string][] = [
    [undefined, "ko"],
    ["", "ko"],
    ["ko-KR,ko;q=0.9,en-US;q=0.8", "ko"],
    ["en", "en"],
    ["en-US,en;q=0.9,ko;q=0.8", "en"],
    ["en;q=0.3,ko;q=0.7", "ko"],
    ["ja,zh;q=0.9", "ko"],
    ["ja,en;q=0.5", "en"],
    ["*", "ko"],
    ["en;q=0", "ko"],
    ["EN-gb", "en"],
    [";;q=,,en;q=x", "ko"],
  ];
  for (const [header, locale] of cases) assert.equal(localeOf(header), locale, String(header));
});

test("details stand in their places, with thousands separated, and a missing one is not hidden", () => {
  assert.equal(fill("{amount}원 이상 ({name})", { amount: 1_234_567, name: "마당" }), "1,234,567원 이상 (마당)");
  assert.equal(fill("{a} {b}", { a: -1000 }), "-1,000 …");
  assert.equal(fill("{constructor} {toString}"), "… …");
  assert.equal(fill("{list}", { list: ["A", 2] }), "A, 2");
  assert.equal(fill("{a}", { a: "{b}", b: "no" }), "{b}");
});
