import assert from "node:assert/strict";
import { test } from "node:test";
import { dropDatabase, templateDatabase } from "./template.ts";
import { onEachServer, poolFor } from "./testing-server.ts";

onEachServer((adminUrl, label) => {
  test(`${label}: a template is built once for all who ask, and cloned quickly`, async (context) => {
    let built = 0;
    // A key of its own for each run: the older server keeps its databases between runs.
    const key = `rows ${process.pid}`;
    const build = async (url: string) => {
      built += 1;
      const pool = poolFor(context, url);
      await pool.query(undefined, "create table t as select n from generate_series(1, 1000) n");
      await pool.close();
    };
    const templates = await Promise.all([1, 2, 3].map(() => templateDatabase({ adminUrl: adminUrl(), key, build })));
    assert.equal(built, 1);
    const template = templates[0];
    assert.ok(template);
    const timesMs: number[] = [];
    for (let turn = 0; turn < 5; turn += 1) {
      const startedMs = performance.now();
      const clone: { url: string; name: string } = await template.clone();
      timesMs.push(performance.now() - startedMs);
      assert.equal((await poolFor(context, clone.url).query(undefined, "select from t")).count, 1000);
      await dropDatabase(adminUrl(), clone.name);
    }
    const medianMs = timesMs.sort((a, b) => a - b)[2] ?? 0;
    context.diagnostic(`a clone takes ${medianMs.toFixed(0)} ms`);
    if (label === "embedded") assert.ok(medianMs < 200, `a clone took ${medianMs} ms`);
    const admin = poolFor(context, adminUrl());
    await admin.query(undefined, `alter database "${template.name}" with is_template false`);
    await dropDatabase(adminUrl(), template.name);
  });
});
