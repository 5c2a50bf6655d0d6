import { assert } from "#platform/core/assert.ts";
import { isRefusal, type Refusal, reject } from "#platform/core/decision.ts";
import type { Caller, Operation } from "#platform/core/operation.ts";
import type { SocketContract } from "#platform/core/socket.ts";
import type { JsonBody } from "#platform/http/body.ts";
import { compileInput, type FlatInput, type ReadInput } from "#platform/http/input.ts";
import { hasBody, pathNames } from "#platform/http/schema.ts";
import type { Locale } from "#platform/i18n/locale.ts";
import type { Session } from "./handler.ts";

/** One kind of frame that a client may send. */
export interface Frame {
  readonly requestsPerMinute: number | undefined;
  /** Which of a client's sums this counts to: an operation has one, over HTTP and here together. */
  readonly countedAs: string;
  readonly read: (fields: JsonBody, locale: Locale) => ReadInput;
  readonly run: (input: FlatInput, caller: Caller, session: Session) => Promise<unknown>;
}

type Run = (input: never, caller: Caller) => Promise<unknown>;

/** All frames of a socket, compiled once: its operations by the rules of their contracts, and its own. */
export function framesOf(socket: SocketContract, runOf: (operation: Operation) => Run): ReadonlyMap<string, Frame> {
  const frames = new Map<string, Frame>();
  for (const operation of socket.operations) {
    assert(hasBody(operation) && Array.isArray(operation.access), `no frame can ask for ${operation.name}`);
    const roles = operation.access;
    const run = runOf(operation);
    frames.set(operation.name, {
      requestsPerMinute: operation.requestsPerMinute,
      countedAs: operation.name,
      read: reader(operation),
      run: async (input, caller) =>
        roles.some((role) => caller.roles.includes(role)) ? run(input as never, caller) : reject("auth.forbidden"),
    });
  }
  for (const [type, { input, requestsPerMinute }] of Object.entries(socket.hears)) {
    frames.set(type, {
      requestsPerMinute,
      countedAs: `${socket.name}.${type}`,
      read: reader({ method: "POST", path: "", input }),
      run: async (fields, _caller, session) => session.hear[type]?.(fields as never),
    });
  }
  return frames;
}

function reader(shape: Pick<Operation, "method" | "path" | "input">): Frame["read"] {
  const read = compileInput(shape);
  const inPath = pathNames(shape.path);
  return (fields, locale) => {
    const params = Object.fromEntries(inPath.map((name) => [name, fields[name]]));
    const body = Object.fromEntries(Object.entries(fields).filter(([name]) => !inPath.includes(name)));
    return read({ params, query: undefined, body, locale });
  };
}

/** What a client sent, apart from the fields that its kind of frame has. */
export interface Envelope {
  readonly type: string;
  readonly ref: string | undefined;
  readonly fields: JsonBody;
}

const REF_MAX = 64;

/** A frame names its type, and may carry a text to know its answer by. */
export function openEnvelope({ type, ref, ...fields }: JsonBody): Envelope | Refusal {
  if (typeof type !== "string") return reject("request.invalid", { field: "type" });
  if (ref !== undefined && (typeof ref !== "string" || ref.length > REF_MAX))
    return reject("request.invalid", { field: "ref" });
  return { type, ref, fields };
}

export function isEnvelope(value: Envelope | Refusal): value is Envelope {
  return !isRefusal(value);
}
