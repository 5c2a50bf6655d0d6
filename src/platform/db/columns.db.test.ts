import assert from "node:assert/strict";
import { test } from "node:test";
import { bigintColumn, textColumn } from "./columns.ts";
import { onEachServer, poolFor } from "./testing-server.ts";

const TEXTS = ["", "마당 🌱", null, "NULL", 'quotes " and \\ and {braces},', "x".repeat(70_000), "끝"];
const WHOLES = [
  0,
  1,
  -1,
  2 ** 31,
  -(2 ** 31) - 1,
  2 ** 32,
  2 ** 48 + 7,
  Number.MAX_SAFE_INTEGER,
  Number.MIN_SAFE_INTEGER,
];

onEachServer((adminUrl, label) => {
  test(`${label}: columns arrive as they were sent, whatever stands in them`, async (context) => {
    const pool = poolFor(context, adminUrl());
    const text = "select $1::text[] as texts, $2::bigint[] as wholes";
    for (const [texts, wholes] of [
      [TEXTS, WHOLES],
      [[], []],
      [TEXTS.slice(0, 1), WHOLES.slice(0, 1)],
    ] as const) {
      const { rows } = await pool.query("columns", text, [textColumn(texts), bigintColumn(wholes)]);
      assert.deepEqual(rows[0], { texts, wholes });
    }
  });
});
