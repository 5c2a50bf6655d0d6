import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { after, before, test } from "node:test";
import { createPool } from "#platform/db/pool.ts";
import { type DebianPostgres, startDebianPostgres } from "#platform/testing/debian-postgres.ts";

const ROOT = join(import.meta.dirname, "../..");
/** The mechanisms, the guards of money and stock, and the flows of the house. */
const TESTS = [
  ...["platform/facts/batcher.db", "platform/facts/recall.db", "platform/facts/dead-letters.db"],
  ...["services/stock/stock.db", "services/wallet", "app/checkout.db", "app/deadlines.db"],
];

let server: DebianPostgres;
before(async () => {
  server = await startDebianPostgres();
});
after(() => server?.stop());

test("it is PostgreSQL 15 with its own defaults, and our connections compile nothing", async () => {
  const timeouts = { statementTimeoutMs: 5_000, lockTimeoutMs: 1_000, idleInTransactionTimeoutMs: 1_000 };
  const pool = createPool({ url: server.url, max: 1, applicationName: "test", ...timeouts });
  const asked = "select setting, boot_val, current_setting('server_version') as version from pg_settings";
  const { rows } = await pool.query<Record<string, string>>(undefined, `${asked} where name = 'jit'`);
  await pool.close();
  const [{ version = "", boot_val, setting } = {}] = rows;
  assert.match(version, /^15\./);
  assert.deepEqual([boot_val, setting], ["on", "off"]);
});

test("what stands on the embedded PostgreSQL stands on Debian's, as somebody else has set it up", async (t) => {
  // A run of its own, not a part of this one.
  const { NODE_TEST_CONTEXT: _ours, ...env } = process.env;
  const run = spawn(process.execPath, [join(ROOT, "tools/test.ts"), ...TESTS], {
    ...{ cwd: ROOT, env: { ...env, MADANG_TEST_DATABASE_URL: server.url }, stdio: ["ignore", "pipe", "inherit"] },
  });
  const [said, [code]] = await Promise.all([text(run.stdout), once(run, "exit")]);
  const passed = Number(/^# pass (\d+)$/m.exec(said)?.[1]);
  t.diagnostic(`${passed} tests`);
  assert.equal(code, 0, said);
  assert.ok(passed > 40, said);
});
