import { createHash } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { quoteName } from "./connect-url.ts";
import type { Pool, Queryable } from "./pool.ts";

/** One forward step: `name` is its file name, `001-orders.sql`. */
export type MigrationFile = { name: string; sql: string };

export type MigrateOptions = {
  schema: string;
  /** The service's own login; stands for %ROLE% in the files. */
  role: string;
  /** The role that owns the schema: files run as it, so they cannot touch another schema. Without it, as the pool. */
  owner?: string;
  files: readonly MigrationFile[];
  /** Which numbered series this is: a schema has the platform's series and the service's own. */
  series?: string;
};

/** Why a start stops: a file was edited, a number is missing or doubled, a name is odd, or its SQL failed. */
export type MigrationFault = "edited" | "gap" | "name" | "failed";

export class MigrationRefused extends Error {
  override name = "MigrationRefused";
  readonly fault: MigrationFault;
  readonly file: string;
  constructor(fault: MigrationFault, file: string, message: string, cause?: unknown) {
    super(`${file}: ${message}`, { cause });
    this.fault = fault;
    this.file = file;
  }
}

type Step = MigrationFile & { number: number; sha256: string };

// Someone who waits for a table's lock makes everyone behind it wait too, so a migration gives up first.
const tableLockTimeoutMs = 5_000;

/** Reads the numbered .sql files of a folder in order of their names; none when the folder does not exist. */
export async function readMigrations(folder: string): Promise<MigrationFile[]> {
  const names = await readdir(folder).catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return [];
    throw error;
  });
  const wanted = names.filter((name) => name.endsWith(".sql")).sort();
  return Promise.all(wanted.map(async (name) => ({ name, sql: await readFile(join(folder, name), "utf8") })));
}

/** Numbers the files and checks that they run 1, 2, 3 … without a gap. Throws MigrationRefused. */
function toSteps(files: readonly MigrationFile[]): Step[] {
  return files.map(({ name, sql }, index) => {
    const number = Number(/^(\d{3})-[a-z0-9-]+\.sql$/.exec(name)?.[1]);
    if (Number.isNaN(number)) throw new MigrationRefused("name", name, "a migration is named like 001-orders.sql");
    if (number !== index + 1) throw new MigrationRefused("gap", name, `number ${index + 1} was expected here`);
    // A checkout on another system may have changed the ends of lines: that is no edit.
    const sha256 = createHash("sha256").update(sql.replaceAll("\r\n", "\n")).digest("hex");
    return { name, sql, number, sha256 };
  });
}

async function readApplied(
  on: Queryable,
  { schema, series = "service" }: MigrateOptions,
): Promise<Map<number, string>> {
  const table = `${quoteName(schema)}.migrations`;
  const found = await on.query<{ exists: boolean }>(undefined, "select to_regclass($1) is not null as exists", [table]);
  if (found.rows[0]?.exists !== true) return new Map();
  const { rows } = await on.query<{ number: number; sha256: string }>(
    undefined,
    `select migrations.number, migrations.sha256 from ${table} where migrations.series = $1`,
    [series],
  );
  return new Map(rows.map((row) => [row.number, row.sha256]));
}

/** Returns the steps still to do. Throws MigrationRefused when an applied file has been edited. */
function pendingSteps(steps: Step[], applied: Map<number, string>): Step[] {
  for (const step of steps) {
    const known = applied.get(step.number);
    if (known !== undefined && known !== step.sha256)
      throw new MigrationRefused("edited", step.name, "was applied with another content; write a new file instead");
  }
  return steps.filter((step) => !applied.has(step.number));
}

/** Waits until no other start migrates this schema; the lock ends with the transaction, whatever happens. */
async function lockSchema(on: Queryable, schema: string): Promise<void> {
  await on.query(undefined, "set local statement_timeout = 0; set local lock_timeout = 0");
  await on.query(undefined, "select pg_advisory_xact_lock(hashtextextended($1, 0))", [`madang.migrate.${schema}`]);
  await on.query(undefined, `set local lock_timeout = ${tableLockTimeoutMs}`);
}

async function ensureTable(on: Queryable, schema: string): Promise<void> {
  await on.query(
    undefined,
    `create schema if not exists ${quoteName(schema)};
     create table if not exists ${quoteName(schema)}.migrations (
       series text not null,
       number integer not null,
       name text not null,
       sha256 text not null,
       applied_at timestamptz not null default now(),
       primary key (series, number)
     )`,
  );
}

async function transactionId(on: Queryable): Promise<string | undefined> {
  return (await on.query<{ id: string }>(undefined, "select pg_current_xact_id()::text as id")).rows[0]?.id;
}

async function applyStep(on: Queryable, options: MigrateOptions, step: Step): Promise<void> {
  const { schema, role, owner, series = "service" } = options;
  const sql = step.sql.replaceAll("%SCHEMA%", () => quoteName(schema)).replaceAll("%ROLE%", () => quoteName(role));
  const before = await transactionId(on);
  await on.query(undefined, `set local search_path = ${quoteName(schema)}`);
  if (owner !== undefined) await on.query(undefined, `set local role ${quoteName(owner)}`);
  await on.query(undefined, sql);
  await on.query(undefined, "reset role");
  if ((await transactionId(on)) !== before)
    throw new MigrationRefused("failed", step.name, "a migration may not begin or end a transaction");
  await on.query(
    undefined,
    `insert into ${quoteName(schema)}.migrations (series, number, name, sha256) values ($1, $2, $3, $4)`,
    [series, step.number, step.name, step.sha256],
  );
}

/**
 * Brings a schema to the newest of `files`: each file once, in order, in a transaction of its own, while other starts
 * wait. %SCHEMA% and %ROLE% in a file become the quoted names. Returns the names of the files that were applied now.
 * A schema that is ahead of the files is left alone: the old version still runs while the new one starts.
 * Throws MigrationRefused. The pool must be the administrator's, with statementTimeoutMs 0.
 */
export async function migrate(pool: Pool, options: MigrateOptions): Promise<string[]> {
  const steps = toSteps(options.files);
  if (pendingSteps(steps, await readApplied(pool, options)).length === 0) return [];
  const applied: string[] = [];
  // Another start may do some of the steps meanwhile, so each turn looks again under the lock.
  for (;;) {
    const done = await pool.transaction(async (transaction) => {
      await lockSchema(transaction, options.schema);
      await ensureTable(transaction, options.schema);
      const next = pendingSteps(steps, await readApplied(transaction, options))[0];
      if (next === undefined) return undefined;
      await applyStep(transaction, options, next).catch((error: unknown) => {
        if (error instanceof MigrationRefused) throw error;
        throw new MigrationRefused("failed", next.name, error instanceof Error ? error.message : String(error), error);
      });
      return next.name;
    });
    if (done === undefined) return applied;
    applied.push(done);
  }
}
