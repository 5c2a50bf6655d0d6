import { createHash, createHmac } from "node:crypto";
import { quoteName, quoteText, withLogin } from "./connect-url.ts";
import { classify } from "./errors.ts";
import type { Pool, Queryable } from "./pool.ts";

/**
 * Who may do what. For each schema there is an owner that cannot log in (migrations run as it) and a login of its
 * service, which reads and writes the tables of that schema and nothing else.
 *
 * Real logins, not SET ROLE on the administrator's connection: a session may always reset its role, so "a service that
 * reads another's table gets an error" would only be a habit. As itself, it is a fact.
 *
 * Passwords are derived from a key that every process with the administrator's URL has, and stored nowhere: a second
 * process computes the same one, and databases of one server, whose roles are shared, cannot disagree about it.
 */
export type Login = { user: string; password: string; url: string };
export type SchemaLogin = Login & { schema: string; owner: string };

const prefix = "madang_";
const attempts = 5;

/** Why a password cannot be derived: the URL brings none, and no key was given. */
export class RoleKeyMissing extends Error {
  override name = "RoleKeyMissing";
}

function loginFor(adminUrl: string, user: string, key: string | undefined): Login {
  const secret = key ?? decodeURIComponent(new URL(adminUrl).password);
  if (secret === "") throw new RoleKeyMissing("the database URL has no password, so a key for the roles must be given");
  const password = createHmac("sha256", secret).update(`role ${user}`).digest("base64url");
  return { user, password, url: withLogin(adminUrl, { user, password }) };
}

/** The login of the service that owns `schema`. `key` replaces the password in the URL as the source. */
export function schemaLogin(adminUrl: string, schema: string, key?: string): SchemaLogin {
  return { ...loginFor(adminUrl, `${prefix}${schema}`, key), schema, owner: `${prefix}${schema}_owner` };
}

/** The login that may read every schema and change none; for `verify`. */
export function readerLogin(adminUrl: string, key?: string): Login {
  return loginFor(adminUrl, `${prefix}verify`, key);
}

function sha256(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}

/** Another database of the server may make the same role at the same moment; then it is there, which was the aim. */
function createRoleIfMissing(role: string, attributes: string): string {
  return `do $do$ begin
    if not exists (select from pg_catalog.pg_roles where rolname = ${quoteText(role)}) then
      create role ${quoteName(role)} ${attributes};
    end if;
  exception when duplicate_object or unique_violation then null;
  end $do$;`;
}

const noRights = "nosuperuser nocreatedb nocreaterole noreplication";

/** Makes the login and gives it its password and settings, unless its comment says that it has just these. */
async function ensureLogin(on: Queryable, login: Login, settings: Record<string, string>): Promise<void> {
  await on.query(undefined, createRoleIfMissing(login.user, `login noinherit ${noRights}`));
  // Derived from 256 bits, the password cannot be found from this hash of it, which everybody may read.
  const mark = `madang ${sha256(JSON.stringify([login.password, settings]))}`;
  const { rows } = await on.query<{ mark: string | null }>(
    undefined,
    "select pg_catalog.shobj_description(oid, 'pg_authid') as mark from pg_catalog.pg_roles where rolname = $1",
    [login.user],
  );
  if (rows[0]?.mark === mark) return;
  const role = quoteName(login.user);
  const set = Object.entries(settings).map(([name, value]) => `alter role ${role} set ${name} = ${value};`);
  await on.query(
    undefined,
    `alter role ${role} login noinherit password ${quoteText(login.password)};
     ${set.join("\n")}
     comment on role ${role} is ${quoteText(mark)};`,
  );
}

function schemaRights({ schema, owner, user }: SchemaLogin, reader: string): string {
  const [s, o, u, r] = [schema, owner, user, reader].map(quoteName);
  return `create schema if not exists ${s};
    alter schema ${s} owner to ${o};
    revoke all on schema ${s} from public;
    grant usage on schema ${s} to ${u}, ${r};
    alter default privileges for role ${o} revoke execute on functions from public;
    alter default privileges for role ${o} in schema ${s} grant select, insert, update, delete on tables to ${u};
    alter default privileges for role ${o} in schema ${s} grant usage, select on sequences to ${u};
    alter default privileges for role ${o} in schema ${s} grant execute on functions to ${u};
    alter default privileges for role ${o} in schema ${s} grant select on tables to ${r};`;
}

/**
 * An administrator who is no superuser must belong to the owner to give it a schema and to act as it. Since version 16
 * who makes a role belongs to it without that right, which is called SET there.
 */
function joinOwner(owner: string): string {
  return `do $do$ begin
    if not pg_catalog.pg_has_role(current_user, ${quoteText(owner)},
      case when current_setting('server_version_num')::int >= 160000 then 'SET' else 'MEMBER' end) then
      grant ${quoteName(owner)} to current_user;
    end if;
  end $do$;`;
}

async function prepareOnce(pool: Pool, login: SchemaLogin, verify: Login): Promise<void> {
  const rights = schemaRights(login, verify.user);
  const mark = `madang ${sha256(rights)}`;
  await pool.transaction(async (transaction) => {
    await transaction.query(undefined, "set local lock_timeout = 0");
    await transaction.query(undefined, "select pg_advisory_xact_lock(hashtextextended('madang.roles', 0))");
    await transaction.query(undefined, createRoleIfMissing(login.owner, `nologin ${noRights}`));
    await transaction.query(undefined, joinOwner(login.owner));
    await ensureLogin(transaction, login, { search_path: quoteName(login.schema) });
    await ensureLogin(transaction, verify, { default_transaction_read_only: "on" });
    const { rows } = await transaction.query<{ mark: string | null }>(
      undefined,
      `select pg_catalog.obj_description(oid, 'pg_namespace') as mark from pg_catalog.pg_namespace where nspname = $1`,
      [login.schema],
    );
    if (rows[0]?.mark === mark) return;
    const comment = `comment on schema ${quoteName(login.schema)} is ${quoteText(mark)}`;
    await transaction.query(undefined, `${rights} ${comment}`);
  });
}

/**
 * Makes the schema, its owner, its service's login and the reader's login, with the rights above. To be called by the
 * administrator before migrate(). Does nothing when all is as it should be.
 */
export async function prepareSchema(pool: Pool, login: SchemaLogin, verify: Login): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await prepareOnce(pool, login, verify);
    } catch (error) {
      // Roles are shared by all databases of a server, but the lock is not: "tuple concurrently updated" is XX000.
      if (attempt === attempts || classify(error) !== "technical") throw error;
    }
  }
}
