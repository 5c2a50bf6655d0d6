import type { Caller, Role } from "#platform/core/operation.ts";

export const TRACEPARENT = "00-0123456789abcdef0123456789abcdef-0123456789abcdef-01";

const base = { roles: [] as readonly Role[], traceparent: TRACEPARENT, locale: "ko" as const, ip: "127.0.0.1" };

export const nobody: Caller = { ...base, kind: "anyone" };

export function buyer(id: string): Caller {
  return { ...base, kind: "account", id, roles: ["BUYER"] };
}

export function seller(id: string): Caller {
  return { ...base, kind: "account", id, roles: ["SELLER"] };
}

export function operator(id: string): Caller {
  return { ...base, kind: "account", id, roles: ["OPERATOR"] };
}

export function admin(id: string): Caller {
  return { ...base, kind: "account", id, roles: ["ADMIN"] };
}

export function service(name: string): Caller {
  return { ...base, kind: "service", id: name };
}

/** The same caller with a command of its own, as the door makes it from the Idempotency-Key. */
export function withKey(caller: Caller, operation: { readonly name: string }, key: string, bodyHash = "body"): Caller {
  return { ...caller, command: { id: `${caller.id ?? "anyone"}:${operation.name}:${key}`, bodyHash } };
}
