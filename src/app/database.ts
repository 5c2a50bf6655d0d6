import { withLogin } from "#platform/db/connect-url.ts";
import { migrate, readMigrations } from "#platform/db/migrate.ts";
import { createPool, type Pool } from "#platform/db/pool.ts";
import { prepareSchema, readerLogin, schemaLogin } from "#platform/db/roles.ts";
import { mechanismMigrations } from "#platform/facts/migrations.ts";
import type { AnyService } from "#platform/service.ts";

/** A frozen or lost session may hold others up for less than a second (MECHANISMS.md §2.4). */
const TIMEOUTS = { statementTimeoutMs: 5_000, lockTimeoutMs: 800, idleInTransactionTimeoutMs: 800 };

/** Brings every service's schema up to date: roles, the platform's tables, then the service's own. */
export async function migrateServices(adminUrl: string, services: readonly AnyService[]): Promise<string[]> {
  const pool = createPool({
    url: adminUrl,
    max: 2,
    applicationName: "madang-migrate",
    statementTimeoutMs: 0,
    lockTimeoutMs: 0,
    idleInTransactionTimeoutMs: 0,
  });
  const applied: string[] = [];
  try {
    for (const service of services) {
      const login = schemaLogin(adminUrl, service.name);
      await prepareSchema(pool, login, readerLogin(adminUrl));
      const base = { schema: service.name, role: login.user, owner: login.owner };
      const platform = await migrate(pool, {
        ...base,
        series: "platform",
        files: await readMigrations(mechanismMigrations),
      });
      const own = await migrate(pool, { ...base, files: await readMigrations(service.migrations) });
      applied.push(...[...platform, ...own].map((name) => `${service.name}/${name}`));
    }
  } finally {
    await pool.close();
  }
  return applied;
}

/** The pool of a service under its own login. */
export function servicePool(adminUrl: string, service: AnyService, max: number): Pool {
  const login = schemaLogin(adminUrl, service.name);
  return createPool({ url: withLogin(adminUrl, login), max, applicationName: `madang-${service.name}`, ...TIMEOUTS });
}

/** The read-only pool of `verify`, over all schemas of the server. */
export function readerPool(adminUrl: string): Pool {
  const { url } = readerLogin(adminUrl);
  return createPool({ url, max: 2, applicationName: "madang-verify", ...TIMEOUTS, statementTimeoutMs: 60_000 });
}
