import assert from "node:assert/strict";
import { test } from "node:test";
import { withLogin } from "./connect-url.ts";
import { migrate } from "./migrate.ts";
import type { Pool } from "./pool.ts";
import { prepareSchema, RoleKeyMissing, readerLogin, schemaLogin } from "./roles.ts";
import { emptyDatabase, onEachServer, poolFor, testKey } from "./testing-server.ts";

const tables = `create table things (id bigint generated always as identity primary key, name text);
  create function count_things() returns bigint language sql as 'select count(*) from things';`;

const forbidden = { code: "42501" };

async function prepare(pool: Pool, url: string, schema: string) {
  const login = schemaLogin(url, schema, testKey);
  await prepareSchema(pool, login, readerLogin(url, testKey));
  await migrate(pool, { ...login, role: login.user, files: [{ name: "001-things.sql", sql: tables }] });
  return login;
}

onEachServer((adminUrl, label) => {
  test(`${label}: a service reads and writes its own tables and nothing else`, async (context) => {
    const url = await emptyDatabase(context, adminUrl());
    const admin = poolFor(context, url);
    const order = await prepare(admin, url, "order");
    await prepare(admin, url, "stock");
    const pool = poolFor(context, order.url);
    await pool.query(undefined, `insert into "order".things (name) values ('a')`);
    await pool.query(undefined, "update things set name = 'b'");
    assert.equal((await pool.query(undefined, "select count_things() as n")).rows[0]?.n, 1);
    for (const text of [
      "select from stock.things",
      "insert into stock.things (name) values ('x')",
      "select stock.count_things()",
      "create table mine (id text)",
      "drop table things",
      "alter table things add column x text",
      "create schema mine",
      "create role friend",
      "delete from migrations",
      "set role madang_order_owner",
      "set role madang_stock",
    ])
      await assert.rejects(pool.query(undefined, text), /permission denied|must be owner/, text);
    await pool.query(undefined, "reset role");
    await assert.rejects(pool.query(undefined, "select from stock.things"), forbidden);
  });

  test(`${label}: the reader sees every schema and changes none`, async (context) => {
    const url = await emptyDatabase(context, adminUrl());
    const admin = poolFor(context, url);
    for (const schema of ["order", "stock"]) await prepare(admin, url, schema);
    const pool = poolFor(context, readerLogin(url, testKey).url);
    assert.equal((await pool.query(undefined, `select from "order".things, stock.things`)).count, 0);
    await assert.rejects(pool.query(undefined, "delete from stock.things"));
    await pool.query(undefined, "set default_transaction_read_only = off");
  });

  test(`${label}: a repeated start changes nothing; starts on several databases do not disturb`, async (context) => {
    const urls = await Promise.all([1, 2, 3, 4].map(() => emptyDatabase(context, adminUrl())));
    const names = ["order", "stock", "wallet"];
    await Promise.all(
      urls.map(async (url) => {
        const admin = poolFor(context, url);
        for (const schema of names) await prepare(admin, url, schema);
        for (const schema of names) await prepare(admin, url, schema);
      }),
    );
    for (const url of urls) {
      const pool = poolFor(context, schemaLogin(url, "order", testKey).url, { max: 1 });
      assert.equal((await pool.query(undefined, "select from things")).count, 0);
    }
  });

  test(`${label}: an administrator who is no superuser, as in the cloud, can prepare and migrate`, async (context) => {
    const url = await emptyDatabase(context, adminUrl());
    const root = poolFor(context, url);
    const user = `admin_${process.pid}`;
    await root.query(undefined, `create role ${user} login createrole password 'pw'`);
    await root.query(undefined, `grant create on database "${new URL(url).pathname.slice(1)}" to ${user}`);
    const admin = poolFor(context, withLogin(url, { user, password: "pw" }));
    const login = schemaLogin(url, `shop_${process.pid}`, testKey);
    await prepareSchema(admin, login, { ...readerLogin(url, testKey), user: `reader_${process.pid}` });
    await migrate(admin, { ...login, role: login.user, files: [{ name: "001-things.sql", sql: tables }] });
    assert.equal((await poolFor(context, login.url).query(undefined, "select from things")).count, 0);
  });

  test(`${label}: a new key gives new passwords, and the old ones end`, async (context) => {
    const url = await emptyDatabase(context, adminUrl());
    const admin = poolFor(context, url);
    const was = await prepare(admin, url, "changing");
    const now = schemaLogin(url, "changing", "another key");
    await prepareSchema(admin, now, readerLogin(url, testKey));
    await poolFor(context, now.url).query(undefined, "select 1");
    if (label === "embedded") await assert.rejects(poolFor(context, was.url).query(undefined, "select 1"));
    await prepare(admin, url, "changing");
  });
});

test("without a password in the URL the key must be given", () => {
  assert.throws(() => schemaLogin("postgres://admin@127.0.0.1/shop", "order"), RoleKeyMissing);
  const login = schemaLogin("postgres://admin:pw@127.0.0.1:6000/shop?host=%2Ftmp", "order");
  assert.equal(login.url, `postgres://madang_order:${login.password}@127.0.0.1:6000/shop?host=%2Ftmp`);
  assert.deepEqual(login, schemaLogin("postgres://admin:pw@127.0.0.1:6000/shop?host=%2Ftmp", "order"));
});
