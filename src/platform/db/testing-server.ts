import { type TestContext, test } from "node:test";
import { withDatabase } from "./connect-url.ts";
import { createPool, type Pool, type PoolOptions } from "./pool.ts";
import { dropDatabase, startTestCluster, templateDatabase } from "./template.ts";

/** The key from which the tests' logins derive their passwords, on any server. */
export const testKey = "a key that only tests use";

const usual = { max: 5, applicationName: "test", statementTimeoutMs: 0, lockTimeoutMs: 2_000 } as const;

/** A pool that closes with the test. */
export function poolFor(context: TestContext, url: string, options: Partial<PoolOptions> = {}): Pool {
  const pool = createPool({ idleInTransactionTimeoutMs: 10_000, ...usual, url, ...options });
  context.after(() => pool.close());
  return pool;
}

/** An empty database of its own for one test. */
export async function emptyDatabase(context: TestContext, adminUrl: string): Promise<string> {
  const template = await templateDatabase({ adminUrl, key: "empty", build: async () => {} });
  const { name, url } = await template.clone();
  context.after(() => dropDatabase(adminUrl, name));
  return url;
}

/** Runs the same tests on the embedded server and, when PG15_URL names one, on an older server too. */
export function onEachServer(define: (adminUrl: () => string, label: string) => void): void {
  let embedded: Awaited<ReturnType<typeof startTestCluster>>;
  test.before(async () => {
    embedded = await startTestCluster({ secret: () => "a-password-that-only-tests-use" });
  });
  test.after(() => embedded.stop());
  define(() => embedded.url, "embedded");
  const older = process.env.PG15_URL;
  if (older !== undefined) define(() => withDatabase(older, "postgres"), "PG15_URL");
}
