import assert from "node:assert/strict";
import { test } from "node:test";
import { setTimeout as wait } from "node:timers/promises";
import { classify, NotConnected, outcomeUnknown } from "./errors.ts";
import { emptyDatabase, onEachServer, poolFor } from "./testing-server.ts";

async function failureOf(work: Promise<unknown>): Promise<unknown> {
  return work.then(
    () => assert.fail("it should have failed"),
    (error: unknown) => error,
  );
}

onEachServer((adminUrl, label) => {
  test(`${label}: every connection starts with its timeouts, in UTC and under its name`, async (context) => {
    const timeouts = { statementTimeoutMs: 1_500, lockTimeoutMs: 700, idleInTransactionTimeoutMs: 2_500 };
    const pool = poolFor(context, adminUrl(), { ...timeouts, applicationName: "a name with \\ and blanks" });
    const names = ["statement_timeout", "lock_timeout", "idle_in_transaction_session_timeout", "TimeZone"];
    for (let turn = 0; turn < 3; turn += 1) {
      const { rows } = await pool.query<{ values: string[] }>(
        undefined,
        `select array(select current_setting(n) from unnest($1::text[]) n) || current_setting('application_name')
           as values`,
        [names],
      );
      assert.deepEqual(rows[0]?.values, ["1500ms", "700ms", "2500ms", "UTC", "a name with \\ and blanks"]);
    }
  });

  test(`${label}: whole numbers, instants, dates and json arrive in our types`, async (context) => {
    const pool = poolFor(context, adminUrl());
    const { rows } = await pool.query(
      "types",
      `select 9007199254740991::int8 as won, array[1, null]::int8[] as list, '{"a": [1]}'::jsonb as json,
              '2026-01-02 03:04:05.678912+09'::timestamptz as at, '2026-01-02'::date as day,
              array['2026-01-02 00:00:00Z']::timestamptz[] as times, 'infinity'::timestamptz as never,
              null::int8 as none`,
    );
    assert.deepEqual(rows[0], {
      won: Number.MAX_SAFE_INTEGER,
      list: [1, null],
      json: { a: [1] },
      at: "2026-01-01T18:04:05.678Z",
      day: "2026-01-02",
      times: ["2026-01-02T00:00:00.000Z"],
      never: "infinity",
      none: null,
    });
    const tooLarge = await failureOf(pool.query(undefined, "select 9007199254740992::int8"));
    assert.ok(tooLarge instanceof RangeError);
    assert.equal(classify(tooLarge), "data");
    assert.equal((await pool.query(undefined, "select 1 from generate_series(1, 3)")).count, 3);
  });

  test(`${label}: real failures fall into their classes, and the connection survives them`, async (context) => {
    const pool = poolFor(context, await emptyDatabase(context, adminUrl()), { max: 1, statementTimeoutMs: 300 });
    await pool.query(undefined, "create table t (k int primary key, v int check (v > 0))");
    await pool.query(undefined, "insert into t values (1, 1)");
    const before = await pool.query(undefined, "select pg_backend_pid()");
    const cases: [string, unknown[], string][] = [
      ["insert into t values (1, 1)", [], "constraint"],
      ["insert into t values (2, 0)", [], "constraint"],
      ["select $1::text", ["\0"], "data"],
      ["select $1::int", ["x"], "data"],
      ["select 1 from missing", [], "data"],
      ["select pg_sleep(1)", [], "technical"],
      ["do $$ begin raise exception using errcode = 'MD001'; end $$", [], "stale"],
    ];
    for (const [text, values, expected] of cases) {
      const error = await failureOf(pool.query(undefined, text, values));
      assert.equal(classify(error), expected, text);
      assert.equal(outcomeUnknown(error), false, text);
    }
    assert.deepEqual(await pool.query(undefined, "select pg_backend_pid()"), before);
  });

  test(`${label}: a connection cut under a statement is technical and its outcome unknown`, async (context) => {
    const pool = poolFor(context, adminUrl());
    const other = poolFor(context, adminUrl());
    for (const cut of ["by the server", "by us"]) {
      const text = `select pg_sleep(5), '${cut}'`;
      const failing = failureOf(pool.query(undefined, text));
      await wait(150);
      if (cut === "by us") pool.cut();
      else
        await other.query(
          undefined,
          "select pg_terminate_backend(pid) from pg_stat_activity where query = $1 and pid <> pg_backend_pid()",
          [text],
        );
      const error = await failing;
      assert.equal(classify(error), "technical", cut);
      assert.equal(outcomeUnknown(error), true, cut);
    }
    const after = await failureOf(pool.query(undefined, "select 1"));
    assert.ok(after instanceof NotConnected);
    assert.equal(outcomeUnknown(after), false);
  });

  test(`${label}: a connection lost while idle or between statements does not end the process`, async (context) => {
    const lost: Error[] = [];
    const pool = poolFor(context, adminUrl(), { max: 1, onLost: (error) => lost.push(error) });
    const other = poolFor(context, adminUrl());
    const kill = async (pid: unknown) => {
      await other.query(undefined, "select pg_terminate_backend($1)", [pid]);
      await wait(100);
    };
    const pidOf = "select pg_backend_pid() as pid";
    await kill((await pool.query(undefined, pidOf)).rows[0]?.pid);
    assert.equal(lost.length, 1);
    assert.equal((await pool.query(undefined, "select 1")).count, 1);
    const failing = pool.transaction(async (transaction) => {
      await kill((await transaction.query(undefined, pidOf)).rows[0]?.pid);
      await transaction.query(undefined, "select 1");
    });
    assert.equal(classify(await failureOf(failing)), "technical");
    assert.equal((await pool.query(undefined, "select 1")).count, 1);
  });

  test(`${label}: a transaction commits whole or not at all`, async (context) => {
    const pool = poolFor(context, await emptyDatabase(context, adminUrl()));
    await pool.query(undefined, "create table t (k int primary key)");
    assert.equal(
      await pool.transaction(async (t) => (await t.query(undefined, "insert into t values (1), (2)")).count),
      2,
    );
    const thrown = new Error("no");
    const rolledBack = pool.transaction(async (t) => {
      await t.query(undefined, "insert into t values (3)");
      throw thrown;
    });
    assert.equal(await failureOf(rolledBack), thrown);
    const hidden = pool.transaction(async (t) => {
      await t.query(undefined, "insert into t values (1)").catch(() => {});
    });
    assert.match(String(await failureOf(hidden)), /rolled back/);
    assert.equal((await pool.query(undefined, "select from t")).count, 2);
  });

  test(`${label}: who waits too long for a connection is told that nothing was sent`, async (context) => {
    const pool = poolFor(context, adminUrl(), { max: 1, connectTimeoutMs: 100 });
    const busy = pool.query(undefined, "select pg_sleep(0.5)");
    const error = await failureOf(pool.query(undefined, "select 1"));
    assert.ok(error instanceof NotConnected);
    await busy;
    const nowhere = poolFor(context, "postgres://a:b@127.0.0.1:1/c");
    assert.ok((await failureOf(nowhere.query(undefined, "select 1"))) instanceof NotConnected);
  });
});
