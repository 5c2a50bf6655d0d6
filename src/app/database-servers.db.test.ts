import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { mkdtempSync } from "node:fs";
import { rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { createPool } from "#platform/db/pool.ts";
import { schemaLogin } from "#platform/db/roles.ts";
import { startTestCluster } from "#platform/db/template.ts";
import * as program from "./testing/program.ts";

// R7: the order service and the payment service each on a PostgreSQL of their own, the others together on a third.
type Cluster = Awaited<ReturnType<typeof startTestCluster>>;
let clusters: readonly Cluster[] = [];
let env: Readonly<Record<string, string>>;
let house: program.Program;
const dataDir = mkdtempSync(join(tmpdir(), "madang-servers-"));

before(async () => {
  const secret = () => randomBytes(32).toString("base64url");
  clusters = await Promise.all([1, 2, 3].map(() => startTestCluster({ secret })));
  const [common, order, payment] = clusters.map(({ url }) => url) as [string, string, string];
  const port = await program.freePort();
  env = {
    DATABASE_URL: common,
    DATABASE_URL_ORDER: order,
    DATABASE_URL_PAYMENT: payment,
    DEMO: "true",
    DATA_DIR: dataDir,
    PORT: `${port}`,
    LOG_LEVEL: "warn",
  };
  house = await program.startProgram({ port, env }).isOpen();
});
after(async () => {
  await house?.ctrlC();
  await Promise.all(clusters.map((cluster) => cluster.stop()));
  await rm(dataDir, { recursive: true, force: true });
});

async function rows<Row>(url: string, text: string): Promise<Row[]> {
  const timeouts = { statementTimeoutMs: 10_000, lockTimeoutMs: 1_000, idleInTransactionTimeoutMs: 1_000 };
  const pool = createPool({ url, max: 1, applicationName: "test", ...timeouts });
  try {
    return (await pool.query<Row>(undefined, text)).rows;
  } finally {
    await pool.close();
  }
}

const run = (command: string) => program.runProgram({ args: [command], env });

test("each server has the schemas and the logins of its own services, and no other", async () => {
  const found = await Promise.all(
    clusters.map(async ({ url }) => {
      const schemas = await rows<{ name: string }>(
        url,
        "select nspname as name from pg_namespace where nspname ~ '^[a-z]+$' and nspname <> 'public' order by 1",
      );
      const logins = await rows<{ name: string }>(
        url,
        "select rolname as name from pg_roles where rolname like 'madang\\_%' and rolcanlogin order by 1",
      );
      return [schemas.map(({ name }) => name), logins.map(({ name }) => name)];
    }),
  );
  const rest = ["cart", "catalog", "chat", "identity", "stock", "store", "wallet"];
  const logins = (names: readonly string[]) => [...names, "verify"].map((name) => `madang_${name}`).sort();
  assert.deepEqual(
    found,
    [rest, ["order"], ["payment"]].map((names) => [names, logins(names)]),
  );
});

test("a service cannot log in where its schema is not", async () => {
  const [common = { url: "" }, order = { url: "" }] = clusters;
  const login = schemaLogin(order.url, "order");
  const elsewhere = new URL(common.url);
  elsewhere.username = login.user;
  elsewhere.password = login.password;
  await assert.rejects(rows(elsewhere.href, "select 1"));
});

test("an order goes over three servers, and verify compares what stands on them", async () => {
  const ordered = await run("order");
  assert.equal(ordered.code, 0, ordered.output);
  const verified = await run("verify");
  assert.equal(verified.code, 0, verified.output);
  assert.match(verified.output, /✓ I7\.net_captured/);
  assert.match(verified.output, /✓ I3\.clearing_is_payments/);
  assert.match(verified.output, /✓ replay\.payment/);
});

test("verify finds what differs between two servers", async () => {
  const [, , payment = { url: "" }] = clusters;
  const planted = `update payment.states set data = jsonb_set(data::jsonb, '{capture,gateway}', '"kakaopay"')::json
    where key like 'pay\\_%' and data::jsonb ? 'capture'`;
  await rows(payment.url, planted);
  const { code, output } = await run("verify");
  assert.equal(code, 1, output);
  assert.match(output, /✗ I3\.clearing_is_payments/);
  assert.match(output, /✗ replay\.payment/);
});

test("migrate brings every server up to date, and changes nothing the second time", async () => {
  const { code, output } = await run("migrate");
  assert.deepEqual([code, output.trim()], [0, ""]);
});
