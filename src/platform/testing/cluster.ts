import { createHash, randomBytes } from "node:crypto";
import { migrateServices } from "#app/database.ts";
import { readMigrations } from "#platform/db/migrate.ts";
import { startTestCluster, templateDatabase } from "#platform/db/template.ts";
import { mechanismMigrations } from "#platform/facts/migrations.ts";
import type { AnyService } from "#platform/service.ts";

/** One server for the whole run, started by tools/test.ts; a file run by itself starts its own. */
let cluster: Promise<{ url: string; stop(): Promise<void> }> | undefined;

export function testCluster(): Promise<{ url: string; stop(): Promise<void> }> {
  const url = process.env.MADANG_TEST_DATABASE_URL;
  cluster ??= startTestCluster({
    ...(url === undefined ? {} : { url }),
    secret: () => randomBytes(32).toString("base64url"),
  });
  return cluster;
}

/**
 * Stops the server if this file started it. To be called when no app is left: `after(stopTestCluster)` is done by
 * startApp.
 */
export async function stopTestCluster(): Promise<void> {
  const running = cluster;
  cluster = undefined;
  await (await running)?.stop();
}

/**
 * A migrated database of its own for one test, cloned from a template that is built once per content of the migrations.
 */
export async function testDatabase(
  services: readonly AnyService[],
): Promise<{ adminUrl: string; url: string; name: string }> {
  const { url: adminUrl } = await testCluster();
  const template = await templateDatabase({
    adminUrl,
    key: await contentKey(services),
    build: async (empty) => {
      await migrateServices(empty, services);
    },
  });
  return { adminUrl, ...(await template.clone()) };
}

async function contentKey(services: readonly AnyService[]): Promise<string> {
  const folders = [mechanismMigrations, ...services.map((service) => service.migrations)];
  const files = await Promise.all(folders.map(readMigrations));
  const names = services.map((service) => service.name).join();
  return createHash("sha256")
    .update(JSON.stringify([names, files]))
    .digest("hex");
}
