import { createHash } from "node:crypto";
import { existsSync, mkdtempSync, readdirSync, rmSync, statfsSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import pg from "pg";
import { pathsIn } from "./cluster.ts";
import { quoteName, withDatabase } from "./connect-url.ts";
import { startEmbedded } from "./embedded.ts";
import { lockFolderNow } from "./folder-lock.ts";
import { stopOrphan } from "./server.ts";
import { type Settings, throwawaySettings } from "./settings.ts";

/** Runs `work` on one administrator's connection to the database that every server has: locks there are seen by all. */
async function asAdmin<T>(adminUrl: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: withDatabase(adminUrl, "postgres"), application_name: "template" });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

export type Template = {
  name: string;
  /** Makes a new database like the template: in about 15 ms on a cluster in memory, 220 ms on ext4. */
  clone(): Promise<{ url: string; name: string }>;
};

async function buildTemplate(client: pg.Client, name: string, build: () => Promise<void>): Promise<void> {
  const state = await client.query<{ ready: boolean }>(
    "select datistemplate as ready from pg_catalog.pg_database where datname = $1",
    [name],
  );
  if (state.rows[0]?.ready === true) return;
  // One without the mark was left half-built.
  await client.query(`drop database if exists ${quoteName(name)} with (force)`);
  await client.query(`create database ${quoteName(name)}`);
  await build();
  await client.query(`alter database ${quoteName(name)} with is_template true allow_connections false`);
}

/**
 * Gives the template database of this content `key`, building it on its first use by any process: `build` gets the URL
 * of an empty database, migrates it, and closes its connections. Other processes wait meanwhile.
 */
export async function templateDatabase(options: {
  adminUrl: string;
  key: string;
  build: (url: string) => Promise<void>;
}): Promise<Template> {
  const { adminUrl, key, build } = options;
  const name = `template_${createHash("sha256").update(key).digest("hex").slice(0, 16)}`;
  await asAdmin(adminUrl, async (client) => {
    await client.query("select pg_advisory_lock(hashtextextended($1, 0))", [name]);
    await buildTemplate(client, name, () => build(withDatabase(adminUrl, name)));
  });
  return { name, clone: () => cloneDatabase(adminUrl, name) };
}

async function cloneDatabase(adminUrl: string, template: string): Promise<{ url: string; name: string }> {
  return asAdmin(adminUrl, async (client) => {
    // The server makes the random part, as randomness is not for the platform to take by itself.
    const made = await client.query<{ name: string }>(
      "select 'test_' || replace(gen_random_uuid()::text, '-', '') as name",
    );
    const name = made.rows[0]?.name ?? "";
    await client.query(`create database ${quoteName(name)} template ${quoteName(template)}`);
    return { name, url: withDatabase(adminUrl, name) };
  });
}

/** Drops a database, ending the sessions that are still on it. */
export async function dropDatabase(adminUrl: string, name: string): Promise<void> {
  await asAdmin(adminUrl, (client) => client.query(`drop database if exists ${quoteName(name)} with (force)`));
}

const folderPrefix = "madang-test-";

const memoryFolder = "/dev/shm";
const memoryNeededBytes = 2 * 1024 ** 3;

/**
 * Where a cluster is put that is thrown away: in memory if there is room, because a clone is 300 new files, which took
 * 13 ms there and 220 ms on ext4; else in the system's temporary folder.
 */
export function throwawayParent(): string {
  if (!existsSync(memoryFolder)) return tmpdir();
  const room = statfsSync(memoryFolder);
  return room.bavail * room.bsize >= memoryNeededBytes ? memoryFolder : tmpdir();
}

/** Removes the clusters that killed test runs have left: a folder whose lock can be had belongs to nobody. */
async function sweepAbandoned(parent: string): Promise<void> {
  for (const entry of readdirSync(parent)) {
    const folder = join(parent, entry);
    // Without a port it may have been made this instant by a run that is about to lock it.
    if (!entry.startsWith(folderPrefix) || !existsSync(pathsIn(folder).port)) continue;
    try {
      const unlock = lockFolderNow(folder);
      if (unlock === undefined) continue;
      await stopOrphan(pathsIn(folder));
      unlock();
      rmSync(folder, { recursive: true, force: true });
    } catch {
      // It belongs to another user, or another run sweeps it just now: not ours to tidy, and no reason to stop.
    }
  }
}

/**
 * Starts ONE server for a whole test run in a temporary folder, without durability. With `url` (TEST_DATABASE_URL) that
 * server is used instead and `stop` does nothing. The starter hands `url` to its children.
 */
export async function startTestCluster(options: {
  url?: string;
  secret: () => string;
  settings?: Settings;
}): Promise<{ url: string; stop(): Promise<void> }> {
  if (options.url !== undefined) return { url: options.url, stop: async () => {} };
  const parent = throwawayParent();
  await sweepAbandoned(parent);
  const folder = mkdtempSync(join(parent, folderPrefix));
  const remove = () => rmSync(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 20 });
  const server = await startEmbedded({
    folder,
    secret: options.secret,
    settings: { ...throwawaySettings, ...options.settings },
    log: () => {},
  }).catch((error: unknown) => {
    remove();
    throw error;
  });
  return {
    url: server.url,
    async stop() {
      await server.stop({ immediate: true });
      remove();
    },
  };
}
