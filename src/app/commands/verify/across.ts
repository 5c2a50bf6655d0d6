import { quoteName } from "#platform/db/connect-url.ts";
import type { Pool, Queryable } from "#platform/db/pool.ts";
import type { Invariant } from "../../invariants/invariant.ts";
import { mechanismInvariants } from "../../invariants/mechanisms.ts";

/** The services whose schemas stand on one server, and the reader's way to them. */
export interface DatabaseServer {
  readonly services: readonly { readonly name: string }[];
  readonly pool: Pool;
}

/** Rows that offend, wherever they stand. */
export interface Look {
  readonly invariant: Invariant;
  readonly rows: () => Promise<readonly unknown[]>;
}

const PIECE = 2_000;

/**
 * How each invariant is looked at when services have servers of their own. What is about one server is asked there.
 * What compares services of several is asked over copies of their tables, which are not of one instant, so such a one
 * holds at rest only.
 */
export function looksAcross(invariants: readonly Invariant[], servers: readonly DatabaseServer[]): readonly Look[] {
  const perServer = new Map(
    servers.map((server) => [server, new Map(mechanismInvariants(server.services).map((one) => [one.id, one]))]),
  );
  return invariants.map((invariant) => {
    const parts = servers.flatMap((server) => {
      // Of the mechanisms each server is asked about its own services.
      const own = perServer.get(server)?.get(invariant.id) ?? invariant;
      return tablesOf(own.sql, servers).every(({ at }) => at === server) ? [{ pool: server.pool, sql: own.sql }] : [];
    });
    const rows = async () => {
      if (parts.length === 0) return lookOverCopies(invariant.sql, servers);
      return (await Promise.all(parts.map(({ pool, sql }) => pool.query(undefined, sql)))).flatMap((one) => one.rows);
    };
    return { invariant: parts.length === 0 ? { ...invariant, atRest: true } : invariant, rows };
  });
}

interface Table {
  readonly schema: string;
  readonly name: string;
  readonly at: DatabaseServer;
}

/** `"order".states`, `wallet.journals`: the tables and views of services that the statement reads. */
function tablesOf(sql: string, servers: readonly DatabaseServer[]): readonly Table[] {
  const found = new Map<string, Table>();
  for (const [, schema = "", name = ""] of sql.matchAll(REFERENCE)) {
    const at = servers.find(({ services }) => services.some((service) => service.name === schema));
    if (at) found.set(`${schema}.${name}`, { schema, name, at });
  }
  return [...found.values()];
}

const REFERENCE = /(?<![\w."'])"?([a-z_]+)"?\."?([a-z_]+)"?(?![\w("])/g;

/** In one transaction of the reader, in tables that are there for it alone and end with it. */
async function lookOverCopies(sql: string, servers: readonly DatabaseServer[]): Promise<readonly unknown[]> {
  const tables = tablesOf(sql, servers);
  const [home] = tables;
  if (!home) throw new Error(`it reads no service's table: ${sql}`);
  return home.at.pool.transaction(async (here) => {
    await here.query(undefined, "set transaction read write");
    await here.query(undefined, "set local idle_in_transaction_session_timeout = 0");
    for (const table of tables) await copy(table, here);
    const known = new Set(tables.map(copyName));
    const renamed = sql.replaceAll(REFERENCE, (text, schema: string, name: string) =>
      known.has(copyName({ schema, name })) ? copyName({ schema, name }) : text,
    );
    return (await here.query(undefined, renamed)).rows;
  });
}

function copyName({ schema, name }: Pick<Table, "schema" | "name">): string {
  return `pg_temp.${quoteName(`${schema}_${name}`)}`;
}

async function copy(table: Table, here: Queryable): Promise<void> {
  const source = `${quoteName(table.schema)}.${quoteName(table.name)}`;
  await table.at.pool.transaction(async (there) => {
    await there.query(undefined, "set local idle_in_transaction_session_timeout = 0");
    const columns = await there.query<{ definition: string }>(
      undefined,
      `select format('%I %s', attname, format_type(atttypid, atttypmod)) as definition from pg_catalog.pg_attribute
       where attrelid = $1::regclass and attnum > 0 and not attisdropped order by attnum`,
      [source],
    );
    const definitions = columns.rows.map(({ definition }) => definition).join(", ");
    await here.query(undefined, `create temp table ${copyName(table)} (${definitions}) on commit drop`);
    await there.query(
      undefined,
      `declare pieces no scroll cursor for select row_to_json(t)::text as row from ${source} t`,
    );
    for (;;) {
      const { rows } = await there.query<{ row: string }>(undefined, `fetch ${PIECE} from pieces`);
      if (rows.length === 0) return;
      const into = `insert into ${copyName(table)} select * from json_populate_recordset(null::${copyName(table)}, $1)`;
      // As text all the way, so that no number passes through JavaScript.
      await here.query(undefined, into, [`[${rows.map(({ row }) => row).join(",")}]`]);
    }
  });
}
