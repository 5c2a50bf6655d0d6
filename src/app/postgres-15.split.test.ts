import assert from "node:assert/strict";
import { after, test } from "node:test";
import { createPool } from "#platform/db/pool.ts";
import { startDebianPostgres } from "#platform/testing/debian-postgres.ts";

// The mechanisms, the guards of money and stock, and the flows of the house on the oldest PostgreSQL that we run on, as
// somebody else has set it up.
const server = await startDebianPostgres();
process.env.MADANG_TEST_DATABASE_URL = server.url;

test("it is PostgreSQL 15 with its own defaults, and our connections compile nothing", async () => {
  const timeouts = { statementTimeoutMs: 5_000, lockTimeoutMs: 1_000, idleInTransactionTimeoutMs: 1_000 };
  const pool = createPool({ url: server.url, max: 1, applicationName: "test", ...timeouts });
  const setting = "select setting, reset_val, boot_val, current_setting('server_version') as version";
  const { rows } = await pool.query<Record<string, string>>(
    undefined,
    `${setting} from pg_settings where name = 'jit'`,
  );
  await pool.close();
  const [{ version = "", boot_val, setting: now } = {}] = rows;
  assert.match(version, /^15\./);
  assert.deepEqual([boot_val, now], ["on", "off"]);
});

await import("#platform/facts/batcher.db.test.ts");
await import("#platform/facts/recall.db.test.ts");
await import("#platform/facts/dead-letters.db.test.ts");
await import("../services/stock/stock.db.test.ts");
await import("../services/wallet/guards.db.test.ts");
await import("../services/wallet/wallet.db.test.ts");
await import("./checkout.db.test.ts");
await import("./deadlines.db.test.ts");
// The last one: theirs close their databases first.
after(() => server.stop());
