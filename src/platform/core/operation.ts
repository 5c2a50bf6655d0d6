import type { Static, TObject, TSchema } from "typebox";
import type { Refusal } from "./decision.ts";

export type Role = "BUYER" | "SELLER" | "OPERATOR" | "ADMIN";
/** Who may call: anyone, a signed-in account with one of the roles, or only other services of the house. */
export type Access = "anyone" | "service" | readonly Role[];
export type Method = "GET" | "POST" | "PUT" | "PATCH" | "DELETE";

/**
 * What one service lets others know and do: the single source of its route, validation, serialisation, types and
 * OpenAPI.
 * `input` is one flat object: names that stand in the path come from there, the rest from the query (GET, DELETE) or
 * body. Every name that it does not list is refused; with `additionalProperties: true` it is passed over (others write
 * the query).
 */
export interface Operation<
  Input extends TObject = TObject,
  Output extends TSchema = TSchema,
  Problem extends string = string,
> {
  readonly service: string;
  readonly name: string;
  readonly method: Method;
  /** `/orders/:orderId`; operations for services only stand below `/internal/`, which the edge never serves. */
  readonly path: string;
  readonly access: Access;
  readonly summary: { readonly ko: string; readonly en: string };
  readonly input: Input;
  readonly output: Output;
  /** HTTP status of a success. 200 unless told. */
  readonly status?: 200 | 201 | 202 | 204;
  /** Codes of its business refusals, all listed in the owner's problems.ts. */
  readonly problems: readonly Problem[];
  /**
   * Mutating operations need an Idempotency-Key ("key") unless they are safe to repeat by nature or have rules of their
   * own (log-in, refresh, webhooks: MECHANISMS.md §10). Reads say "safe".
   */
  readonly idempotency: "key" | "own-rules" | "safe";
  /**
   * Public reads only: how long an answer may be served again, in ms; it is dropped at once when the owner's facts
   * move.
   */
  readonly cacheMs?: number;
  /**
   * The message of another house (a webhook): its text and headers are handed on as they came, in `caller.raw`, and
   * nothing in it is looked at on the way. The input is empty then.
   */
  readonly raw?: true;
  /** Ceiling of one caller's requests a minute, when it is lower than the server's default. */
  readonly requestsPerMinute?: number;
  /**
   * A watch: the answer stays open and tells what happens as it happens (text/event-stream). By its name, the data of
   * each thing that it may say; `output` is how things stand at the opening, which is said first.
   */
  readonly says?: Readonly<Record<string, TSchema>>;
}

/** An operation that watches; see `says`. */
export interface WatchOperation<
  Input extends TObject = TObject,
  Output extends TSchema = TSchema,
  Problem extends string = string,
  Says extends Readonly<Record<string, TSchema>> = Readonly<Record<string, TSchema>>,
> extends Operation<Input, Output, Problem> {
  readonly says: Says;
}

/** One thing that a watch says. */
export type SaidOf<Op extends WatchOperation> = {
  [Name in keyof Op["says"] & string]: { readonly name: Name; readonly data: Static<Op["says"][Name]> };
}[keyof Op["says"] & string];

export type InputOf<Op extends Operation> = Static<Op["input"]>;
export type OutputOf<Op extends Operation> = Static<Op["output"]>;
export type ProblemOf<Op extends Operation> = Op["problems"][number];

/** Who asks, in whose name, and until when: travels with every call, over HTTP too. */
export interface Caller {
  readonly kind: "anyone" | "account" | "service";
  /** Account id, or the service's name. */
  readonly id?: string;
  readonly roles: readonly Role[];
  readonly sessionId?: string;
  /** Present on operations with `idempotency: "key"`: unique per caller and route, hash of the body. */
  readonly command?: { readonly id: string; readonly bodyHash: string };
  readonly traceparent: string;
  readonly locale: "ko" | "en";
  /**
   * When whoever asked stops waiting, in ms of this process's monotonic clock; absent: nobody waits (work, jobs). To
   * another process it travels as the ms that are left.
   */
  readonly answerByMs?: number;
  readonly ip?: string;
  readonly userAgent?: string;
  /** Only on operations that say `raw`: the body's text and the headers, their names in lower case. */
  readonly raw?: { readonly body: string; readonly headers: Readonly<Record<string, string>> };
}

export type Answer<Op extends Operation> = OutputOf<Op> | Refusal<ProblemOf<Op>>;

/** Calls an operation wherever it lives: in this process directly, else over HTTP with deadline and service token. */
export type Call = <Op extends Operation>(operation: Op, input: InputOf<Op>, caller: Caller) => Promise<Answer<Op>>;

export function operation<Input extends TObject, Output extends TSchema, const Problem extends string>(
  definition: Operation<Input, Output, Problem>,
): Operation<Input, Output, Problem> {
  return definition;
}

export function watchOperation<
  Input extends TObject,
  Output extends TSchema,
  const Problem extends string,
  const Says extends Readonly<Record<string, TSchema>>,
>(
  definition: Omit<WatchOperation<Input, Output, Problem, Says>, "method" | "idempotency">,
): WatchOperation<Input, Output, Problem, Says> {
  return { ...definition, method: "GET", idempotency: "safe" };
}
