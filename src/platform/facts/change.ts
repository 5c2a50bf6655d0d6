import type { NewFact, Refusal } from "#platform/core/decision.ts";
import type { Instant } from "#platform/core/time.ts";

/** The state rows a change asked for, by key. What is absent does not exist (yet). */
export interface Rows {
  get<State>(key: string): State | undefined;
}

/**
 * One command at the door of the batcher: what it must read, and the pure decision on it. `decide` may run more than
 * once (another process was faster, or the batch was halved), so it keeps nothing and asks nobody.
 */
export interface Change<Code extends string = string> {
  readonly keys: readonly string[];
  /** Those of the keys that it expects to be new: not looked for until the write finds that one is there. */
  readonly makes?: readonly string[];
  /** Remembered in the effect's commit, so that the same command again changes nothing (MECHANISMS.md §10). */
  readonly command?: { readonly id: string; readonly bodyHash: string };
  /** Decided again on its own effect it changes nothing: then a repeat needs no command to be found by. */
  readonly idempotent?: true;
  readonly actor?: string;
  readonly traceparent: string;
  /** The piece of work whose result this is: it is done with this commit, if the lease still holds. */
  readonly settles?: WorkRef;
  decide(rows: Rows, now: Instant): Accepted | Refusal<Code>;
}

export interface Accepted {
  /** Facts change their stream's row through the service's `evolve`, and lead to work through its `follow`. */
  readonly facts?: readonly NewFact[];
  /** Rows without a history (a session, a cart): the whole new value, or null to remove it. */
  readonly rows?: Readonly<Record<string, unknown>>;
  readonly work?: readonly Step[];
}

/** Facts accepted, or an empty acceptance when there is nothing to do. */
export function accept(...facts: readonly NewFact[]): Accepted {
  return { facts };
}

/** What must happen later: due at a time, or at once when no time is given. The same key again replaces it. */
export type Step =
  | { readonly put: NewWork }
  | { readonly settle: string }
  /** Heard, and nothing to do: the reason is of a closed list, so that silence is a decision and not an oversight. */
  | { readonly ignore: string };

export interface NewWork {
  readonly key: string;
  readonly kind: string;
  readonly stream: string;
  /** Absent: at once, by the process that wrote it. */
  readonly dueAt?: Instant;
  readonly data?: unknown;
}

export interface WorkRef {
  readonly key: string;
  /** Compared in the settling write: whoever lost the lease writes nothing (MONEY.md R7). */
  readonly fence: number;
}

export interface Task {
  readonly key: string;
  readonly kind: string;
  readonly stream: string;
  readonly data: unknown;
  readonly attempt: number;
  readonly traceparent: string;
  readonly ref: WorkRef;
}

/** A fact with its place in the log of its service. */
export interface StoredFact<Type extends string = string, Data = unknown> extends NewFact<Type, Data> {
  readonly position: number;
  readonly version: number;
  readonly at: Instant;
  readonly meta: FactMeta;
}

export interface FactMeta {
  readonly commandId?: string;
  readonly actor?: string;
  readonly traceparent: string;
}

export interface Outcome {
  /** The rows after the commit (of a repeated command: as they are now). */
  readonly rows: Rows;
  /** True when this command had been done before: nothing changed now. */
  readonly repeated: boolean;
  /** The main thing it was about: `keys[0]`, of a repeated command that of the first time. Its row is among `rows`. */
  readonly stream: string;
  /** Settles when the work that this commit started at once has been carried out, or has been left to the runner. */
  readonly started: Promise<void>;
}

/** A service's own records: the only way to change them, and to read them as of the last commit. */
export interface Records {
  change<Code extends string>(change: Change<Code>): Promise<Outcome | Refusal<Code | CommandRefusal>>;
  read(keys: readonly string[]): Promise<Rows>;
  /**
   * The rows as this process last had them in hand, or read: for a step that decides nothing by itself, as its command
   * is decided on what stands then.
   */
  recall(keys: readonly string[]): Promise<Rows>;
}

export type CommandRefusal = "request.key_reused" | "request.busy";
