import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { type MigrationFault, MigrationRefused, migrate, readMigrations } from "./migrate.ts";
import { prepareSchema, readerLogin, schemaLogin } from "./roles.ts";
import { emptyDatabase, onEachServer, poolFor, testKey } from "./testing-server.ts";

const first = { name: "001-orders.sql", sql: "create table %SCHEMA%.orders (id text primary key);" };
const second = { name: "002-lines.sql", sql: "create table lines (id text); grant select on lines to %ROLE%;" };
const to = (...files: { name: string; sql: string }[]) => ({ schema: "order", role: "postgres_reader", files });

async function refusal(work: Promise<unknown>): Promise<MigrationFault> {
  return work.then(
    () => assert.fail("it should have been refused"),
    (error: unknown) => {
      assert.ok(error instanceof MigrationRefused, String(error));
      return error.fault;
    },
  );
}

onEachServer((adminUrl, label) => {
  test(`${label}: each file is applied once, in a schema with a reserved name`, async (context) => {
    const pool = poolFor(context, await emptyDatabase(context, adminUrl()));
    const granted = { ...to(first, second), role: "pg_monitor" };
    assert.deepEqual(await migrate(pool, { ...granted, files: [first] }), [first.name]);
    assert.deepEqual(await migrate(pool, granted), [second.name]);
    assert.deepEqual(await migrate(pool, granted), []);
    assert.equal((await pool.query(undefined, 'select from "order".lines, "order".orders')).count, 0);
    assert.deepEqual(await migrate(pool, to(first)), [], "a newer schema does not stop an older version");
    assert.deepEqual(await migrate(pool, { ...to({ ...first, sql: "select 1" }), series: "platform" }), [first.name]);
  });

  test(`${label}: an edited file, a missing number and a wrong name stop the start`, async (context) => {
    const pool = poolFor(context, await emptyDatabase(context, adminUrl()));
    await migrate(pool, to(first));
    assert.equal(await refusal(migrate(pool, to({ ...first, sql: `${first.sql} -- edited` }))), "edited");
    assert.deepEqual(await migrate(pool, to({ ...first, sql: `${first.sql}` })), []);
    assert.equal(await refusal(migrate(pool, to(first, { ...second, name: "003-lines.sql" }))), "gap");
    assert.equal(await refusal(migrate(pool, to(second))), "gap");
    assert.equal(await refusal(migrate(pool, to(first, { ...first, name: "001-again.sql" }))), "gap");
    assert.equal(await refusal(migrate(pool, to({ ...first, name: "orders.sql" }))), "name");
  });

  test(`${label}: a file that fails leaves nothing, and the files before it stay`, async (context) => {
    const pool = poolFor(context, await emptyDatabase(context, adminUrl()));
    const failing = { name: "002-fails.sql", sql: "create table half (id text); select 1 / 0;" };
    assert.equal(await refusal(migrate(pool, to(first, failing))), "failed");
    const { rows } = await pool.query(
      undefined,
      "select tablename from pg_tables where schemaname = 'order' order by 1",
    );
    assert.deepEqual(rows, [{ tablename: "migrations" }, { tablename: "orders" }]);
    assert.deepEqual(await migrate(pool, to(first, { ...failing, sql: "create table whole (id text)" })), [
      failing.name,
    ]);
    const commits = { name: "003-commits.sql", sql: "create table t (id text); commit; begin;" };
    const before = { ...failing, sql: "create table whole (id text)" };
    assert.equal(await refusal(migrate(pool, to(first, before, commits))), "failed");
  });

  test(`${label}: of starts at the same moment each file is applied by one, and the others wait`, async (context) => {
    const url = await emptyDatabase(context, adminUrl());
    const slow = { ...first, sql: `${first.sql} select pg_sleep(0.3);` };
    const last = { name: "002-last.sql", sql: "create table last (id text);" };
    const starts = [1, 2, 3].map(() => migrate(poolFor(context, url, { lockTimeoutMs: 50 }), to(slow, last)));
    assert.deepEqual((await Promise.all(starts)).flat().sort(), [slow.name, last.name]);
  });

  test(`${label}: a migration runs as the owner of its schema and cannot touch another`, async (context) => {
    const url = await emptyDatabase(context, adminUrl());
    const pool = poolFor(context, url);
    const [order, stock] = ["order", "stock"].map((schema) => schemaLogin(url, schema, testKey));
    assert.ok(order && stock);
    for (const login of [order, stock]) await prepareSchema(pool, login, readerLogin(url, testKey));
    await migrate(pool, { ...stock, role: stock.user, files: [{ name: "001-sku.sql", sql: "create table sku ()" }] });
    const trespass = { name: "001-trespass.sql", sql: "drop table stock.sku" };
    assert.equal(await refusal(migrate(pool, { ...order, role: order.user, files: [trespass] })), "failed");
  });
});

test("migrations are read from a folder in the order of their numbers; a missing folder has none", async (context) => {
  const folder = mkdtempSync(join(tmpdir(), "migrations-"));
  context.after(() => rmSync(folder, { recursive: true }));
  for (const name of ["002-b.sql", "001-a.sql", "README.md"]) writeFileSync(join(folder, name), `-- ${name}`);
  assert.deepEqual(await readMigrations(folder), [
    { name: "001-a.sql", sql: "-- 001-a.sql" },
    { name: "002-b.sql", sql: "-- 002-b.sql" },
  ]);
  assert.deepEqual(await readMigrations(join(folder, "missing")), []);
});
