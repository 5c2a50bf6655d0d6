import { Socket } from "node:net";
import { setTimeout as wait } from "node:timers/promises";
import pg from "pg";
import { NotConnected } from "./errors.ts";
import { ourTypes } from "./types.ts";

export type Answer<T> = { rows: T[]; count: number };

/** What can run a statement: a pool, or an open transaction. */
export type Queryable = {
  /**
   * Runs one statement. With a name it is prepared once per connection, so the same name must always bring the same
   * text. Objects among the values become JSON and arrays become SQL arrays: a JSON array is passed as its text.
   * `count` is the number of rows returned or changed. Throws what the driver throws: see classify().
   */
  query<T = Record<string, unknown>>(
    name: string | undefined,
    text: string,
    values?: readonly unknown[],
  ): Promise<Answer<T>>;
};

export type Pool = Queryable & {
  /** Runs `work` between begin and commit on one connection; whatever it throws rolls back and is thrown on. */
  transaction<T>(work: (transaction: Queryable) => Promise<T>): Promise<T>;
  /** Lets running statements end for up to 3 s, then closes every connection. */
  close(): Promise<void>;
  /** Destroys every socket at once, as the death of this process would. The pool is of no use afterwards. */
  cut(): void;
  /** Connections in use, idle, and callers waiting for one; for metrics. */
  usage(): { busy: number; idle: number; waiting: number };
  /** The driver's own pool, for libraries that want one (kysely, graphile-worker). */
  readonly driver: pg.Pool;
};

export type PoolOptions = {
  url: string;
  /** Role to act as, for administrators only: SET ROLE can be undone by the session. Services log in as themselves. */
  role?: string;
  /** Largest number of connections. */
  max: number;
  applicationName: string;
  statementTimeoutMs: number;
  lockTimeoutMs: number;
  idleInTransactionTimeoutMs: number;
  /** How long a caller waits for a free connection before it gets NotConnected. */
  connectTimeoutMs?: number;
  /** Told of connections that were lost while idle; they are replaced when needed. */
  onLost?: (error: Error) => void;
};

const closeWithinMs = 3_000;
// If the server's own statement timeout has not answered by then, the server or the way to it is frozen.
const readGraceMs = 5_000;

/** The settings that each connection brings along when it starts, so that not even its first statement lacks them. */
function startupOptions(options: PoolOptions): string {
  const settings: [string, string | number][] = [
    ["statement_timeout", options.statementTimeoutMs],
    ["lock_timeout", options.lockTimeoutMs],
    ["idle_in_transaction_session_timeout", options.idleInTransactionTimeoutMs],
    ["TimeZone", "UTC"],
    ["DateStyle", "ISO"],
    // Short statements: compiling one costs a hundred times what it could save. Up to PostgreSQL 17 our functions would
    // be compiled at every call, as a plan that cannot avoid what they switch off has an enormous cost.
    ["jit", "off"],
  ];
  if (options.role !== undefined) settings.push(["role", options.role]);
  return settings.map(([key, value]) => `-c ${key}=${String(value).replace(/[\\\s]/g, "\\$&")}`).join(" ");
}

function queryableOn(client: pg.ClientBase): Queryable {
  return {
    async query<T>(name: string | undefined, text: string, values: readonly unknown[] = []) {
      const result = await client.query({ name, text, values: values as unknown[] } as pg.QueryConfig);
      return { rows: result.rows as T[], count: result.rowCount ?? 0 };
    },
  };
}

/** An answer of the server with severity ERROR leaves a usable session; anything else may have left half an answer. */
function leavesSessionUsable(error: unknown): boolean {
  return error instanceof pg.DatabaseError && error.severity === "ERROR";
}

/** Runs `work` between begin and commit. A connection that cannot even roll back is given back as broken. */
async function inTransaction<T>(client: pg.PoolClient, work: (transaction: Queryable) => Promise<T>): Promise<T> {
  let isUsable = false;
  try {
    await client.query("begin");
    const value = await work(queryableOn(client));
    const ended = await client.query("commit");
    isUsable = true;
    // PostgreSQL answers "commit" of a failed transaction with ROLLBACK and no error: work() has hidden a failure.
    if (ended.command !== "COMMIT") throw new Error("the transaction had failed and was rolled back at its commit");
    return value;
  } catch (error) {
    isUsable = await client.query("rollback").then(
      () => true,
      () => false,
    );
    throw error;
  } finally {
    client.release(!isUsable);
  }
}

/** The driver's pool, and every socket that it has open: the only handle on connections that are still being made. */
function openDriver(options: PoolOptions): { driver: pg.Pool; sockets: Set<Socket> } {
  const sockets = new Set<Socket>();
  const driver = new pg.Pool({
    connectionString: options.url,
    max: options.max,
    application_name: options.applicationName,
    options: startupOptions(options),
    connectionTimeoutMillis: options.connectTimeoutMs ?? 5_000,
    query_timeout: options.statementTimeoutMs > 0 ? options.statementTimeoutMs + readGraceMs : undefined,
    idleTimeoutMillis: 30_000,
    keepAlive: true,
    types: ourTypes as never,
    stream: () => {
      const socket = new Socket();
      sockets.add(socket);
      socket.once("close", () => sockets.delete(socket));
      return socket;
    },
  });
  return { driver, sockets };
}

/**
 * Opens a pool of connections over `pg`. No connection is made until the first statement. Whole numbers arrive as safe
 * numbers, instants as ISO text in UTC with milliseconds, dates as text (types.ts).
 */
export function createPool(options: PoolOptions): Pool {
  const { driver, sockets } = openDriver(options);
  let isCut = false;
  const lost = options.onLost ?? (() => {});
  // An error event without a listener ends the process. The pool's is for idle connections, the client's for one that
  // is lost between two statements of a transaction; the next statement on it fails, so nothing goes unnoticed.
  driver.on("error", lost);
  driver.on("connect", (client) => client.on("error", () => {}));

  async function connect(): Promise<pg.PoolClient> {
    if (isCut) throw new NotConnected("the pool was cut");
    return driver.connect().catch((error: unknown) => {
      throw new NotConnected(error instanceof Error ? error.message : String(error), { cause: error });
    });
  }

  async function query<T>(name: string | undefined, text: string, values?: readonly unknown[]): Promise<Answer<T>> {
    const client = await connect();
    try {
      const answer = await queryableOn(client).query<T>(name, text, values);
      client.release();
      return answer;
    } catch (error) {
      client.release(!leavesSessionUsable(error));
      throw error;
    }
  }

  function cut(): void {
    isCut = true;
    for (const socket of sockets) socket.destroy();
    if (!driver.ending) driver.end().catch(lost);
  }

  async function close(): Promise<void> {
    if (isCut || driver.ending) return;
    const tooLate = new AbortController();
    const ended = driver.end().finally(() => tooLate.abort());
    await Promise.race([ended, wait(closeWithinMs, undefined, { signal: tooLate.signal }).then(cut, () => {})]);
  }

  return {
    driver,
    cut,
    query,
    close,
    transaction: async (work) => inTransaction(await connect(), work),
    usage: () => ({
      busy: driver.totalCount - driver.idleCount,
      idle: driver.idleCount,
      waiting: driver.waitingCount,
    }),
  };
}
