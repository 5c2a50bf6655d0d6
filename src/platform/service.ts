import type { Cache } from "./cache.ts";
import type { Refusal } from "./core/decision.ts";
import type { Announcement, EventContract, EventData, PublicEvent } from "./core/event.ts";
import type { Ids, Random } from "./core/ids.ts";
import type {
  Call,
  Caller,
  InputOf,
  Operation,
  OutputOf,
  ProblemOf,
  SaidOf,
  WatchOperation,
} from "./core/operation.ts";
import type { Clock } from "./core/time.ts";
import type { Sql } from "./db/sql.ts";
import type { Boundary } from "./facts/boundary.ts";
import type { Change, CommandRefusal, Records, Rows, Step, StoredFact, Task } from "./facts/change.ts";
import type { CommitWith, FacetsOf } from "./facts/record-store.ts";
import type { Locale } from "./i18n/locale.ts";
import type { Settings, SettingsOf } from "./settings.ts";
import type { SocketHandler } from "./socket/handler.ts";
import type { Log } from "./telemetry/log.ts";

/** What a service is handed. Everything it may touch of the world stands here. */
export interface Kit {
  readonly clock: Clock;
  readonly ids: Ids;
  readonly random: Random;
  readonly log: Log;
  /** Calls operations of other services. */
  readonly call: Call;
  /** Its own records, by command. */
  readonly records: Records;
  /** Its own schema, for reading lists and views; its role can reach nothing else. */
  readonly sql: Sql;
  readonly mail: Mail;
  /**
   * Calls to the world outside run through it (`{kind: "gateway", name: "toss.confirm"}`), so that tests can order
   * faults.
   */
  readonly boundary: Boundary;
  /** There when the house has a Redis: what is in it can be gone or old at any moment. */
  readonly cache?: Cache;
}

/** Sends one letter; the platform queues and retries it. Never awaited by a decision. */
export type Mail = (letter: { to: string; subject: string; text: string }) => Promise<void>;

/** A service: its table of contents as plain values. Nothing is registered elsewhere, nothing is found by name. */
export interface Service<Deps = never, Spec extends Settings = Settings> {
  readonly name: string;
  /** Absolute path of the folder with its numbered SQL files. */
  readonly migrations: string;
  readonly settings: Spec;
  /** Operations of other services that it calls. */
  readonly calls: readonly Operation[];
  /** Every code it can refuse with: status and text. */
  readonly problems: Problems;
  readonly announces: readonly EventContract[];
  /** The one place where private facts become public events. Pure: a replay says the same again. */
  readonly announce: (fact: StoredFact) => readonly Announcement[];
  /** The state after a fact. Pure. */
  readonly evolve: (state: unknown, fact: StoredFact) => unknown;
  /** What lists, constraints and indexes look for in a row: generated columns are made of it. Pure. */
  readonly facets?: FacetsOf;
  /** The process manager: what follows from a fact, given the rows after it. Pure. */
  readonly follow?: (fact: StoredFact, rows: Rows) => readonly Step[];
  /**
   * Another function of its schema that writes in the same commit as the facts of a batch, given the rows after them
   * (the ledger's postings, the sellers' queue).
   */
  readonly commitWith?: (facts: readonly StoredFact[], rows: Rows) => CommitWith | null;
  readonly deps: (kit: Kit, settings: SettingsOf<Spec>) => Deps;
  readonly operations: readonly Handler<Deps>[];
  readonly reactions?: readonly Reaction<Deps>[];
  readonly views?: readonly View[];
  readonly work?: Readonly<Record<string, (task: Task, deps: Deps) => Promise<void>>>;
  readonly jobs?: readonly Job<Deps>[];
  /** Hears every event from now on, in every process, without a cursor (caches, revocation). */
  readonly tails?: readonly Tail<Deps>[];
  /** Its WebSockets. */
  readonly sockets?: readonly SocketHandler<Deps>[];
  /** Runs before the first request is served (keys are made, caches filled). */
  readonly prepare?: (deps: Deps) => Promise<void>;
}

export type Problems = Readonly<Record<string, Problem>>;
export interface Problem {
  readonly status: number;
  /** `{name}` stands for a detail of the refusal. */
  readonly ko: string;
  readonly en: string;
}

export interface Handler<Deps> {
  readonly operation: Operation;
  readonly run: (input: never, caller: Caller, deps: Deps) => Promise<unknown>;
  readonly page?: Page;
  /** Of an operation that watches: `run` lets in and says how things stand, this says what happens from then on. */
  readonly watch?: Watch<Deps>;
}

/**
 * The answer as a page, for operations that a person's browser is sent to: HTML in the reader's language. Whoever does
 * not ask for HTML gets JSON.
 */
export type Page<Output = never> = (shown: Shown<Output>, locale: Locale) => string;
export type Shown<Output> = { readonly answer: Output } | { readonly problem: { code: string; detail: string } };

/** What any operation may say besides its own problems: about the caller's key, or that another repeat is under way. */
export type CommonRefusal = CommandRefusal | "request.in_flight";

export function handle<Op extends Operation, Deps>(
  operation: Op,
  run: (
    input: InputOf<Op>,
    caller: Caller,
    deps: Deps,
  ) => Promise<OutputOf<Op> | Refusal<ProblemOf<Op> | CommonRefusal>>,
  page?: Page<OutputOf<Op>>,
): Handler<Deps> {
  return page === undefined ? { operation, run } : { operation, run, page };
}

/** What is told to those who watch one thing: an order, a store. */
export interface Watch<Deps> {
  /** The thing that this input names; only what is heard of the same thing is told. */
  readonly of: (input: never) => string;
  /** All of one source: its positions are the ids by which a client goes on after a break. */
  readonly hears: readonly Hearing<Deps>[];
}

export interface Hearing<Deps, Said = { readonly name: string; readonly data: unknown }> {
  readonly on: EventContract;
  readonly of: (event: PublicEvent<never>) => string;
  /** Asked once for all who watch the thing. It may read how things stand now, and says nothing by undefined. */
  readonly say: (event: PublicEvent<never>, deps: Deps) => Said | undefined | Promise<Said | undefined>;
}

export function hearing<Contract extends EventContract, Deps, Said>(
  on: Contract,
  of: (event: PublicEvent<EventData<Contract>>) => string,
  say: (event: PublicEvent<EventData<Contract>>, deps: Deps) => Said | undefined | Promise<Said | undefined>,
): Hearing<Deps, Said> {
  return { on, of, say };
}

export interface Watching<Op extends WatchOperation, Deps> {
  /** Lets the caller in and says how things stand; a refusal is answered as any other. */
  readonly open: (
    input: InputOf<Op>,
    caller: Caller,
    deps: Deps,
  ) => Promise<OutputOf<Op> | Refusal<ProblemOf<Op> | CommandRefusal>>;
  readonly of: (input: InputOf<Op>) => string;
  readonly hears: readonly Hearing<Deps, SaidOf<Op>>[];
}

export function watching<Op extends WatchOperation, Deps>(
  operation: Op,
  { open, ...watch }: Watching<Op, Deps>,
): Handler<Deps> {
  return { operation, run: open, watch };
}

/** `when-payment-approved.ts`: what another service's event means here, as a change of our own records. */
export interface Reaction<Deps> {
  readonly on: EventContract;
  readonly change: (event: PublicEvent<never>, deps: Deps) => Change | { readonly ignore: string };
}

export function when<Contract extends EventContract, Deps>(
  on: Contract,
  change: (event: PublicEvent<EventData<Contract>>, deps: Deps) => Change | { readonly ignore: string },
): Reaction<Deps> {
  return { on, change };
}

/** A read model: tables of this service, kept from events by SQL that runs in the commit which moves the cursor. */
export interface View {
  /** Names its cursor: never rename it without moving the cursor too. */
  readonly name: string;
  readonly projections: readonly Projection[];
}

export interface Projection {
  readonly on: EventContract;
  /** The row for the SQL, or null to pass over. Of several rows with one id in a batch only the last is kept. */
  readonly row: (event: PublicEvent<never>) => ({ readonly id: string } & Record<string, unknown>) | null;
  /** One statement over `json_to_recordset($1)`; it must stand being applied to a row it has seen. */
  readonly sql: string;
}

export function project<Contract extends EventContract>(
  on: Contract,
  row: (event: PublicEvent<EventData<Contract>>) => ({ readonly id: string } & Record<string, unknown>) | null,
  sql: string,
): Projection {
  return { on, row, sql };
}

export interface Job<Deps> {
  readonly name: string;
  readonly everyMs: number;
  readonly run: (deps: Deps) => Promise<void>;
}

export interface Tail<Deps> {
  readonly on: EventContract;
  readonly hear: (event: PublicEvent<never>, deps: Deps) => void;
}

export function tail<Contract extends EventContract, Deps>(
  on: Contract,
  hear: (event: PublicEvent<EventData<Contract>>, deps: Deps) => void,
): Tail<Deps> {
  return { on, hear };
}

/** A service whose inner types nobody outside needs to know: what composition and topology work with. */
export type AnyService = Service<unknown>;

/** Closes a definition over its own `Deps`: composition hands back to it only what it made itself. */
export function service<Deps, Spec extends Settings>(definition: Service<Deps, Spec>): AnyService {
  return definition as unknown as AnyService;
}
