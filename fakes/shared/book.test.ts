import assert from "node:assert/strict";
import { appendFileSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { openBook } from "./book.ts";

test("a torn last line is cut off, and what is written after it can be read again", async (t) => {
  const folder = mkdtempSync(join(tmpdir(), "fake-book-"));
  t.after(() => rmSync(folder, { recursive: true }));
  const open = () => {
    const lines: unknown[] = [];
    return { lines, book: openBook(folder, "test", (line) => lines.push(line)) };
  };
  const first = open();
  first.book.append({ n: 1 });
  first.book.append({ n: 2 });
  await first.book.durable();
  await first.book.close();
  appendFileSync(join(folder, "test.jsonl"), '{"n":3');
  const second = open();
  assert.deepEqual(second.lines, [{ n: 1 }, { n: 2 }]);
  second.book.append({ n: 4 });
  await second.book.close();
  const third = open();
  assert.deepEqual(third.lines, [{ n: 1 }, { n: 2 }, { n: 4 }]);
  third.book.clear();
  await third.book.close();
  assert.deepEqual(open().lines, []);
});
