import type { Caller } from "#platform/core/operation.ts";
import type { Change } from "#platform/facts/change.ts";
import { mac, type Secrets } from "./crypto/secrets.ts";

/** Whose command a change is, and in which trace. */
export function commandOf(caller: Caller): Pick<Change, "actor" | "command" | "traceparent"> {
  return { ...traceOf(caller), ...(caller.command ? { command: caller.command } : {}) };
}

/** For log-in, refresh and log-out: they have rules of their own about being repeated, and remember no command. */
export function traceOf(caller: Caller): Pick<Change, "actor" | "traceparent"> {
  const { id, traceparent } = caller;
  return { traceparent, ...(id === undefined ? {} : { actor: id }) };
}

/**
 * The same as commandOf, for bodies that hold a password: a plain hash of such a body, kept with the command, would let
 * whoever reads the database guess passwords a million times faster than Argon2id allows. Our key in it prevents that.
 */
export function blurredCommandOf(caller: Caller, secrets: Secrets): Pick<Change, "actor" | "command" | "traceparent"> {
  const plain = commandOf(caller);
  if (plain.command === undefined) return plain;
  const bodyHash = mac(secrets.command, plain.command.bodyHash).toString("hex");
  return { ...plain, command: { id: plain.command.id, bodyHash } };
}
