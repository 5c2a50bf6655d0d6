import type { Operation } from "#platform/core/operation.ts";
import { closed, type JsonSchema } from "#platform/http/schema.ts";
import type { Input } from "./client.ts";
import { changed, fieldsOf, sampleOf, WRONG_INSTANTS } from "./sample.ts";

/** Numbers from 0 to below 1, the same for the same seed (mulberry32). */
export function seeded(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** What has broken servers before: where texts end, numbers stop being exact, and other languages begin. */
const NASTY: readonly unknown[] = [
  ...[
    "",
    " ",
    "\u3000",
    "a\0b",
    "\ud800",
    "\u202e거꾸로",
    "👨‍👩‍👧‍👦",
    "ﷺ",
    "가".repeat(300),
    "'; drop table states; --",
    "%s%n",
  ],
  ...[
    "<script>alert(1)</script>",
    "{{7*7}}",
    "../../etc/passwd",
    "__proto__",
    "constructor",
    "null",
    "\r\nset-cookie: a=b",
  ],
  ...[
    "1e3",
    "NaN",
    "Infinity",
    "-0",
    "0x10",
    "1_000",
    "９９",
    "true",
    "[]",
    "{}",
    "%00",
    "%ED%A0%80",
    "\\u0000",
    "\ufeff",
  ],
  ...[
    0,
    -0,
    -1,
    1,
    1.5,
    0.1 + 0.2,
    99,
    100,
    999,
    2 ** 31,
    2 ** 32,
    2 ** 53 - 1,
    2 ** 53,
    -(2 ** 53),
    1e12,
    1e21,
    1e308,
  ],
  ...[true, false, null, [], {}, [[]], [null], [1, "1"], { a: { a: {} } }, [{}], "9".repeat(30)],
];
const INSTANTS = [
  ...WRONG_INSTANTS,
  "2026-11-21T09:00:00.000Z",
  "9999-12-31T23:59:59.999Z",
  "1000-01-01T00:00:00.000Z",
];

export interface Fuzz {
  /** An input near a good one: ids that are there, and now and then a field that is nasty, missing or strange. */
  input(operation: Operation, good?: Input): Input;
  pick<One>(from: readonly One[]): One;
  chance(share: number): boolean;
}

export function makeFuzz(random: () => number, idsOf: (prefix: string) => readonly string[]): Fuzz {
  const pick = <One>(from: readonly One[]) => from[Math.floor(random() * from.length)] as One;
  const chance = (share: number) => random() < share;

  /** A value of the kind that the schema asks for, real where there is a real one. */
  function likely(schema: JsonSchema): unknown {
    const prefix = /^\^([a-z]{3})_\[/.exec(String(schema.pattern))?.[1];
    if (prefix !== undefined) return pick([...idsOf(prefix), sampleOf(schema)]);
    if (schema.format === "date-time") return pick(INSTANTS);
    if (Array.isArray(schema.enum)) return pick(schema.enum);
    if (schema.type === "integer") return pick([1, 2, 7000, Number(schema.minimum), Number(schema.maximum), 5000]);
    if (schema.type === "boolean") return chance(0.5);
    return sampleOf(schema);
  }

  /** Every field that must be there and some that may, real ids among them. */
  function likelyInput(schema: JsonSchema): unknown {
    let made = sampleOf(schema);
    for (const field of fieldsOf(schema)) {
      const isLeaf = field.schema.type !== "object" && field.schema.type !== "array";
      if (!field.isRequired && typeof field.path.at(-1) === "string" && chance(0.5)) {
        if (field.path.length === 1) made = changed(made, field.path, undefined);
      } else if (isLeaf && hasPath(made, field.path)) made = changed(made, field.path, likely(field.schema));
    }
    return made;
  }

  function input(operation: Operation, good?: Input): Input {
    const schema = closed(operation.input);
    let made: unknown = good ?? likelyInput(schema);
    while (chance(0.4)) {
      const { path } = pick([...fieldsOf(schema), { path: ["strange"] }]);
      if (canHold(made, path.slice(0, -1))) made = changed(made, path, chance(0.1) ? undefined : pick(NASTY));
    }
    return made as Input;
  }
  return { input, pick, chance };
}

function hasPath(value: unknown, path: readonly (string | number)[]): boolean {
  return path.length === 0 || valueAt(value, path) !== undefined;
}

/** Whether something stands at the path that can hold a field. */
function canHold(value: unknown, path: readonly (string | number)[]): boolean {
  const at = valueAt(value, path);
  return typeof at === "object" && at !== null;
}

function valueAt(value: unknown, path: readonly (string | number)[]): unknown {
  let at = value;
  for (const name of path) {
    if (typeof at !== "object" || at === null || !Object.hasOwn(at, name)) return undefined;
    at = (at as Record<string | number, unknown>)[name];
  }
  return at;
}
