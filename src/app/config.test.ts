import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import type { AnyService } from "#platform/service.ts";
import { choice, textSetting, wholeNumber } from "#platform/settings.ts";
import { ConfigError, printConfig, readConfig } from "./config.ts";

const orderSettings = {
  unpaidMinutes: wholeNumber({ ko: "결제 기한", en: "Time to pay", unit: "minutes", fallback: 10, minimum: 1 }),
};
const paymentSettings = {
  tossSecretKey: textSetting({ ko: "토스 비밀 키", en: "Secret key at Toss", secret: true }),
  mode: choice({ ko: "방식", en: "Mode", values: ["test", "live"], fallback: "test" }),
};
const order = { name: "order", settings: orderSettings };
const payment = { name: "payment", settings: paymentSettings };
const services = [order, payment] as unknown as AnyService[];
const key = { PAYMENT_TOSS_SECRET_KEY: "test_sk_1" };

const read = (env: Record<string, string | undefined>, args: string[] = []) => readConfig({ env, args, services });

function problemsOf(env: Record<string, string | undefined>, args: string[] = []): readonly string[] {
  try {
    read(env, args);
  } catch (error) {
    assert.ok(error instanceof ConfigError);
    return error.problems;
  }
  return [];
}

/** One problem, and it says all of these. */
function isOneProblem(problems: readonly string[], ...words: string[]): void {
  assert.equal(problems.length, 1, problems.join("\n"));
  for (const word of words) assert.ok(problems[0]?.includes(word), `${problems[0]} does not say ${word}`);
}

test("without any key everything has its default", () => {
  const config = read(key);
  assert.equal(config.platform.port, 3000);
  assert.equal(config.platform.databaseUrl, "");
  assert.deepEqual(config.services, services);
});

test("a service's own keys carry its name and are typed by its own table", () => {
  const config = read({ ...key, ORDER_UNPAID_MINUTES: "25" });
  const minutes: number = config.of(order).unpaidMinutes;
  assert.equal(minutes, 25);
  assert.equal(config.of(payment).tossSecretKey, "test_sk_1");
});

test("a flag goes before the environment, the environment before the file", (context) => {
  const folder = mkdtempSync(join(tmpdir(), "madang-config-"));
  context.after(() => rmSync(folder, { recursive: true }));
  const file = join(folder, "madang.json");
  writeFileSync(file, JSON.stringify({ PORT: 1, HOST: "0.0.0.0", ORDER_UNPAID_MINUTES: 5, DEMO: false }));
  const env = { ...key, MADANG_CONFIG: file, ORDER_UNPAID_MINUTES: "6", PORT: "2" };
  const config = read(env, ["--port=3"]);
  assert.deepEqual([config.platform.port, config.platform.host, config.platform.demo], [3, "0.0.0.0", false]);
  assert.equal(config.of(order).unpaidMinutes, 6);
  const sources = new Map(config.entries.map((entry) => [entry.key, entry.source]));
  const seen = ["PORT", "HOST", "ORDER_UNPAID_MINUTES", "POOL_MAX"].map((name) => sources.get(name));
  assert.deepEqual(seen, ["flag", "file", "env", "default"]);
  assert.equal(read(key, [`--config=${file}`]).platform.port, 1);
});

test("a file that is missing, no object, or holds an unknown key or a list stops the start", (context) => {
  const folder = mkdtempSync(join(tmpdir(), "madang-config-"));
  context.after(() => rmSync(folder, { recursive: true }));
  const file = join(folder, "madang.json");
  const env = { ...key, MADANG_CONFIG: file };
  isOneProblem(problemsOf(env), file, "ENOENT");
  writeFileSync(file, "[]");
  isOneProblem(problemsOf(env), file, '{ "PORT": 3000');
  writeFileSync(file, JSON.stringify({ PROT: 1 }));
  isOneProblem(problemsOf(env), file, "PROT", "the nearest is PORT");
  writeFileSync(file, JSON.stringify({ SERVICES: ["order"] }));
  isOneProblem(problemsOf(env), file, "SERVICES");
});

test("an unknown key with one of our prefixes stops the start with its name and the nearest known one", () => {
  isOneProblem(problemsOf({ ...key, ORDER_UNPAYED_MINUTES: "1" }), "ORDER_UNPAYED_MINUTES", "is ORDER_UNPAID_MINUTES");
  isOneProblem(problemsOf({ ...key, MADANG_CONFG: "x" }), "MADANG_CONFG", "is MADANG_CONFIG");
  isOneProblem(problemsOf({ ...key, DATABASE_URL_ODER: "x" }), "DATABASE_URL_ODER", "is DATABASE_URL_ORDER");
});

test("a key of the house with one letter wrong stops the start, a stranger's key does not", () => {
  isOneProblem(problemsOf({ ...key, LOG_LEVL: "info" }), "LOG_LEVL", "is LOG_LEVEL");
  assert.deepEqual(problemsOf({ ...key, PATH: "/bin", HOSTNAME: "x", POST: "1", LOG_FORMAT: "json" }), []);
});

test("a misspelt service stops the start too, a stranger that begins like one does not", () => {
  isOneProblem(problemsOf({ ...key, ORDR_UNPAID_MINUTES: "1" }), "ORDR_UNPAID_MINUTES", "is ORDER_UNPAID_MINUTES");
  isOneProblem(problemsOf({ ...key, ODER_UNPAID_MINUTE: "1" }), "ODER_UNPAID_MINUTE", "is ORDER_UNPAID_MINUTES");
  isOneProblem(problemsOf({ ...key, PAYMNT_TOSS_SECRETKEY: "x" }), "PAYMNT_TOSS", "is PAYMENT_TOSS_SECRET_KEY");
  const strangers = ["ORDERS_API", "ORDR_X", "PAYMENTS_URL", "PAYROLL_TOSS_KEY", "PORTAL_URL", "DATABASE_HOST"];
  const usual = [
    "DBUS_SESSION_BUS_ADDRESS",
    "KUBERNETES_SERVICE_HOST",
    "XDG_RUNTIME_DIR",
    "NODE_OPTIONS",
    "TERM_PROGRAM",
  ];
  assert.deepEqual(
    problemsOf({ ...key, ...Object.fromEntries([...strangers, ...usual].map((name) => [name, "x"])) }),
    [],
  );
});

test("what Kubernetes writes beside a service of the same name is nobody's mistake", () => {
  const env = { ORDER_SERVICE_HOST: "10.0.0.1", ORDER_PORT: "tcp://10.0.0.1:80", ORDER_PORT_80_TCP_ADDR: "10.0.0.1" };
  assert.deepEqual(problemsOf({ ...key, ...env }), []);
});

test("an unknown flag, one without a value and one given twice stop the start", () => {
  isOneProblem(problemsOf(key, ["--prot=1"]), "--prot", "is --port");
  isOneProblem(problemsOf(key, ["serve"]), "serve");
  isOneProblem(problemsOf(key, ["--port"]), "--port=…");
  isOneProblem(problemsOf(key, ["--port=1", "--port=2"]), "twice");
});

test("a missing key is named with its meaning, and only when its service runs here", () => {
  isOneProblem(problemsOf({}), "PAYMENT_TOSS_SECRET_KEY", "토스 비밀 키", "Secret key at Toss");
  assert.deepEqual(problemsOf({ SERVICES: "order" }), []);
});

test("all problems are listed at once", () => {
  const problems = problemsOf({ PORT: "many", ORDER_X: "1", PAYMENT_MODE: "real", SERVICES: "odrer" }, ["--x=1"]);
  assert.equal(problems.length, 5, problems.join("\n"));
  assert.ok(problems.some((line) => line.includes("the nearest is order")));
  assert.ok(problems.some((line) => line.includes('"many"') && line.includes("HTTP")));
});

test("demo data is the default of the embedded database only, and can be asked for or refused", () => {
  assert.equal(read(key).platform.demo, true);
  assert.equal(read({ ...key, DEMO: "false" }).platform.demo, false);
  assert.equal(read({ ...key, DATABASE_URL: "postgres://db/madang" }).platform.demo, false);
  assert.equal(read({ ...key, DATABASE_URL: "postgres://db/madang", DEMO: "true" }).platform.demo, true);
});

test("SERVICES picks services, and one service may live on a database or at an address of its own", () => {
  const env = {
    ...key,
    DATABASE_URL: "postgres://a",
    DATABASE_URL_ORDER: "postgres://b",
    SERVICE_URL_PAYMENT: "http://p, http://q:81/",
  };
  const config = read({ ...env, SERVICES: " order " });
  assert.deepEqual(config.services, [order]);
  assert.deepEqual(["order", "payment"].map(config.databaseUrlOf), ["postgres://b", "postgres://a"]);
  assert.deepEqual(["order", "payment"].map(config.serviceUrlsOf), [[], ["http://p", "http://q:81"]]);
  assert.throws(() => read({ ...env, SERVICE_URL_PAYMENT: "payment:3000" }), /SERVICE_URL_PAYMENT/);
});

test("an edge has no service and no demo of its own, and runs alone", () => {
  const edge = readConfig({ env: { SERVICES: "edge" }, services });
  assert.deepEqual([edge.isEdge, edge.services, edge.platform.demo], [true, [], false]);
  assert.throws(() => readConfig({ env: { SERVICES: "edge,order" }, services }), /edge runs alone/);
});

test("who is called by other processes gives notice before it stops; alone it does not keep a person waiting", () => {
  const notice = (env: Record<string, string>) => read({ ...key, DATABASE_URL: "postgres://a", ...env }).platform;
  assert.equal(notice({}).drainNoticeMs, 0);
  assert.equal(notice({ SERVICE_SECRET: "s" }).drainNoticeMs > 0, true);
  assert.equal(notice({ SERVICE_SECRET: "s", DRAIN_NOTICE_MS: "7" }).drainNoticeMs, 7);
});

test("the printed table has every key with unit and source, and no secret", () => {
  const text = printConfig(read({ ...key, DATABASE_URL: "postgres://me:pw@db/madang" }, ["--drain-ms=100"]));
  assert.match(text, /^DRAIN_MS +100 +ms +flag$/m);
  assert.match(text, /^DATABASE_URL +••• +env$/m);
  assert.match(text, /^SMTP_URL +- +default$/m);
  assert.doesNotMatch(text, /test_sk_1|:pw@/);
});

test("a secret that does not fit is not repeated in the problem", () => {
  const secret = { ...choice({ ko: "비밀", en: "Secret", values: ["a"] }), secret: true };
  const vault = [{ name: "vault", settings: { code: secret } }] as unknown as AnyService[];
  assert.throws(
    () => readConfig({ env: { VAULT_CODE: "hunter2" }, services: vault }),
    (error) => error instanceof ConfigError && !error.message.includes("hunter2"),
  );
});
