import type { Operation } from "#platform/core/operation.ts";

/** A JSON Schema as plain data: what TypeBox values are once their type information is left out. */
export type JsonSchema = { readonly [key: string]: unknown };

/** As much of an operation as its input needs. */
export type Shape = Pick<Operation, "method" | "path" | "input">;

/** Where each name of an operation's flat input travels. */
export interface InputPlaces {
  readonly path: readonly string[];
  readonly query: readonly string[];
  readonly body: readonly string[];
}

/** Names in the path come from the path, the rest from the query (GET, DELETE) or from the body. */
export function inputPlaces(operation: Shape): InputPlaces {
  const names = Object.keys(operation.input.properties);
  const path = pathNames(operation.path);
  const rest = names.filter((name) => !path.includes(name));
  return hasBody(operation) ? { path, query: [], body: rest } : { path, query: rest, body: [] };
}

export function pathNames(path: string): string[] {
  return [...path.matchAll(/:([A-Za-z0-9_]+)/g)].map((match) => match[1] ?? "");
}

export function hasBody(operation: Pick<Shape, "method">): boolean {
  return operation.method !== "GET" && operation.method !== "DELETE";
}

/** The schema as plain data in which every object refuses names that it does not list. */
export function closed(schema: unknown): JsonSchema {
  return rewritten(schema, (plain) =>
    plain.type === "object" && plain.properties !== undefined && plain.additionalProperties === undefined
      ? { ...plain, additionalProperties: false }
      : plain,
  );
}

/**
 * The schema as plain data; lists of texts say that they are texts, which makes documents clearer and writing faster.
 */
export function plain(schema: unknown): JsonSchema {
  return rewritten(schema, (node) =>
    Array.isArray(node.enum) && node.type === undefined && node.enum.every((value) => typeof value === "string")
      ? { type: "string", ...node }
      : node,
  );
}

const MAPS = new Set(["properties", "patternProperties", "$defs"]);
const LISTS = new Set(["anyOf", "oneOf", "items", "prefixItems"]);
const SINGLES = new Set(["items", "additionalProperties", "not", "contains", "propertyNames"]);

// Parts of an allOf are left as they are: closing one of them would forbid the names of the others.
function rewritten(schema: unknown, rewrite: (node: Record<string, unknown>) => JsonSchema): JsonSchema {
  const node: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(schema as object)) {
    if (MAPS.has(key)) node[key] = mapped(value as object, rewrite);
    else if (LISTS.has(key) && Array.isArray(value)) node[key] = value.map((part) => rewritten(part, rewrite));
    else if (SINGLES.has(key) && typeof value === "object" && value !== null) node[key] = rewritten(value, rewrite);
    else node[key] = value;
  }
  return rewrite(node);
}

function mapped(map: object, rewrite: (node: Record<string, unknown>) => JsonSchema): JsonSchema {
  return Object.fromEntries(Object.entries(map).map(([name, part]) => [name, rewritten(part, rewrite)]));
}
