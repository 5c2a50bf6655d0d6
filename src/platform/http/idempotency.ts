import { hash } from "node:crypto";
import { type Refusal, reject } from "#platform/core/decision.ts";
import type { Operation } from "#platform/core/operation.ts";

export interface Command {
  readonly id: string;
  readonly bodyHash: string;
}
export type ReadCommand = { readonly command: Command | undefined } | { readonly refusal: Refusal };

const USER_KEY = /^[\x21-\x7e]{1,200}$/;
// A service passes on the whole id that its own caller's key became, which is longer than the key.
const SERVICE_KEY = /^[\x21-\x7e]{1,400}$/;
const HASH = /^[0-9a-f]{64}$/;

/** The command a caller's Idempotency-Key stands for: unique per caller and operation (MECHANISMS.md §10). */
export function userCommand(operation: Operation, key: unknown, actor: string, input: unknown): ReadCommand {
  if (operation.idempotency !== "key") return { command: undefined };
  if (key === undefined) return { refusal: reject("request.key_missing") };
  if (typeof key !== "string" || !USER_KEY.test(key)) return { refusal: reject("request.key_invalid") };
  return { command: { id: `${actor}:${operation.name}:${key}`, bodyHash: hashOf(input) } };
}

/** Between services the command travels as it is, so that a call means the same in one process and across two. */
export function serviceCommand(operation: Operation, key: unknown, hash: unknown, input: unknown): ReadCommand {
  if (key === undefined) {
    return operation.idempotency === "key" ? { refusal: reject("request.key_missing") } : { command: undefined };
  }
  if (typeof key !== "string" || !SERVICE_KEY.test(key)) return { refusal: reject("request.key_invalid") };
  return { command: { id: key, bodyHash: typeof hash === "string" && HASH.test(hash) ? hash : hashOf(input) } };
}

/** SHA-256 of the input written with sorted names, so that the order in which a client writes them does not matter. */
export function hashOf(input: unknown): string {
  return hash("sha256", canonicalJson(input));
}

export function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(",")}]`;
  if (typeof value !== "object" || value === null) return JSON.stringify(value) ?? "null";
  const members: string[] = [];
  for (const name of Object.keys(value).sort()) {
    const member = (value as Readonly<Record<string, unknown>>)[name];
    if (member !== undefined) members.push(`${JSON.stringify(name)}:${canonicalJson(member)}`);
  }
  return `{${members.join(",")}}`;
}
