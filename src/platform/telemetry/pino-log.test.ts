import assert from "node:assert/strict";
import { test } from "node:test";
import type { Instant } from "#platform/core/time.ts";
import { createLog } from "./pino-log.ts";

test("a line is JSON with level, time, base and masked fields, and the level can be turned while it runs", () => {
  const lines: string[] = [];
  const now = () => "2026-01-02T03:04:05.006Z" as Instant;
  const { log, setLevel, level } = createLog({
    level: "warn",
    now,
    base: { process: "order-1" },
    stream: { write: (line) => void lines.push(line) },
  });
  log.info({ code: "too.quiet" });
  setLevel("info");
  assert.equal(level(), "info");
  log.info({ code: "mail.sent", email: "a@example.com", count: 2 });
  assert.deepEqual(
    lines.map((line) => JSON.parse(line)),
    [{ level: "info", at: now(), process: "order-1", code: "mail.sent", email: "•••", count: 2 }],
  );
});
