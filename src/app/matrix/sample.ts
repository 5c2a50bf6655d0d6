import type { JsonSchema } from "#platform/http/schema.ts";

/** What a schema of a contract can say; the contracts use no more of JSON Schema than this. */
export interface Field {
  /** Names and indexes from the input down to the field. */
  readonly path: readonly (string | number)[];
  readonly schema: JsonSchema;
  readonly isRequired: boolean;
}

const ID_PATTERN = /^\^([a-z]{3})_\[/;
/** A text for each pattern that is no id: a new pattern is added here. */
const TEXTS: readonly string[] = [
  ...["1168010100", "0101", "02-123-4567", "010-1234-5678", "06236", "123-45-67891", "2026-01-01"],
  ...["별명", "somebody@madang.example", `itm_${"0".repeat(26)}`, "https://images.madang.example/1.jpg"],
];

/** A value that the schema allows, every optional field in it. */
export function sampleOf(schema: JsonSchema): unknown {
  const { enum: values, const: only, type, pattern, items, properties, anyOf } = schema;
  if (Array.isArray(values)) return values[0];
  if (only !== undefined) return only;
  if (Array.isArray(anyOf)) return sampleOf(anyOf[0]);
  if (type === "boolean") return true;
  if (type === "integer" || type === "number") return Math.max(1, Number(schema.minimum ?? 1));
  if (type === "array")
    return Array.from({ length: Math.max(1, Number(schema.minItems ?? 1)) }, () => sampleOf(items as JsonSchema));
  if (type === "object")
    return Object.fromEntries(Object.entries(properties ?? {}).map(([name, one]) => [name, sampleOf(one)]));
  if (type !== "string") throw new Error(`no sample of ${JSON.stringify(schema)}`);
  if (schema.format === "date-time") return "2026-11-21T09:00:00.000Z";
  if (typeof pattern === "string") return textOf(pattern);
  return "가".repeat(Math.max(1, Number(schema.minLength ?? 1)));
}

function textOf(pattern: string): string {
  const kind = ID_PATTERN.exec(pattern)?.[1];
  if (kind !== undefined) return `${kind}_${"0".repeat(26)}`;
  const found = TEXTS.find((text) => new RegExp(pattern, "u").test(text));
  if (found === undefined) throw new Error(`src/app/matrix/sample.ts needs a text for ${pattern}`);
  return found;
}

/** Every field of a schema, at any depth; of a list its first entry. */
export function fieldsOf(schema: JsonSchema, path: Field["path"] = []): Field[] {
  if (schema.type === "array") {
    const item = { path: [...path, 0], schema: schema.items as JsonSchema, isRequired: false };
    return [item, ...fieldsOf(item.schema, item.path)];
  }
  if (schema.type !== "object") return [];
  const required = (schema.required ?? []) as readonly string[];
  return Object.entries((schema.properties ?? {}) as Record<string, JsonSchema>).flatMap(([name, one]) => {
    const field = { path: [...path, name], schema: one, isRequired: required.includes(name) };
    return [field, ...fieldsOf(one, field.path)];
  });
}

/** A copy of the value with one field changed; without it when `to` is undefined. */
export function changed(value: unknown, path: Field["path"], to: unknown): unknown {
  const [name, ...rest] = path;
  if (name === undefined) return to;
  if (Array.isArray(value)) return value.map((one, at) => (at === name ? changed(one, rest, to) : one));
  const { [name]: old, ...others } = value as Record<string, unknown>;
  const next = changed(old, rest, to);
  return next === undefined ? others : { ...others, [name]: next };
}

/** Where everything is text (path and query), and where JSON has kinds of its own (body). */
export type Place = "text" | "json";

/** Values that the field must not take, each with a name for the report. */
export function wrongValues({ schema }: Field, place: Place): readonly (readonly [string, unknown])[] {
  const { type } = schema;
  const isText = type === "string" || (type === undefined && typeof (schema.enum as unknown[])?.[0] === "string");
  const always =
    place === "json"
      ? ([
          ["null", null],
          ["an object", { a: 1 }],
          ["a fraction", 1.5],
        ] as const)
      : [];
  if (isText) return [...always, ...wrongTexts(schema, place)];
  if (type === "integer") return [...always, ...wrongNumbers(schema, place)];
  if (type === "boolean") return [...always, ["a text", "yes"], ["one", 1]];
  if (type === "array") return [...always, ...wrongLists(schema, place)];
  return [
    ["null", null],
    ["a list", []],
    ["a text", "x"],
    ["a number", 1],
  ];
}

/** Legal by ISO 8601 or near it, but none of ours: each has broken a comparison or a database. */
export const WRONG_INSTANTS: readonly string[] = [
  ...["2026-11-21T09:00:00.000+09:00", "2026-11-21T09:00:00.000+23:59", "0000-01-01T00:00:00.000Z"],
  ...["2026-02-30T00:00:00.000Z", "2026-12-31T23:59:60.000Z", "2026-11-21T24:00:00.000Z", "2026-11-21"],
  ...["2026-11-21T09:00:00Z", "2026-11-21T09:00:00.123456789Z", "-000001-01-01T00:00:00.000Z", "infinity", "now"],
];

const codeUnits = { nul: "a\0b", high: "a\ud800", low: "\udc00a" };

function wrongTexts(schema: JsonSchema, place: Place): [string, unknown][] {
  const { maxLength, minLength = 0, pattern, format } = schema;
  const isClosed = pattern !== undefined || format !== undefined || schema.enum !== undefined;
  const wrong: [string, unknown][] = [["U+0000", codeUnits.nul]];
  if (place === "json") {
    wrong.push(["a number", 7], ["true", true], ["a list", ["x"]]);
    wrong.push(["half a pair", codeUnits.high], ["the other half", codeUnits.low]);
  }
  if (isClosed) wrong.push(["no such form", "?!?"], ["far too long", "a".repeat(190)], ["markup", "<b>"]);
  else if (typeof maxLength === "number") wrong.push(["too long", "가".repeat(maxLength + 1)]);
  if (format === "date-time") wrong.push(...WRONG_INSTANTS.map((text): [string, unknown] => [text, text]));
  if (isClosed || Number(minLength) > 0) wrong.push(["empty", ""]);
  if (typeof pattern === "string" && ID_PATTERN.test(pattern)) {
    wrong.push(["another kind of id", `zzz_${"0".repeat(26)}`], ["an id and more", `${textOf(pattern)}0`]);
    wrong.push(["an id and a line", `${textOf(pattern)}\n`], ["an id in capitals", textOf(pattern).toUpperCase()]);
  }
  return wrong;
}

function wrongNumbers(schema: JsonSchema, place: Place): [string, unknown][] {
  const minimum = Number(schema.minimum);
  const maximum = Number(schema.maximum);
  const wrong: [string, unknown][] = [
    ...[1e308, -1e308, maximum + 1, minimum - 1].map((number): [string, unknown] => [String(number), number]),
    ...["1e3", "NaN", "Infinity", "0x10", "", " 1", "1.5", "١"].map((text): [string, unknown] => [`"${text}"`, text]),
  ];
  if (minimum > 0) wrong.push(["0", 0], ["-1", -1]);
  if (maximum < 2 ** 53) wrong.push(["2^53", 2 ** 53]);
  return place === "json" ? [...wrong, ["a list", [1]], ["true", true], ["a text", "1"]] : wrong;
}

function wrongLists(schema: JsonSchema, place: Place): [string, unknown][] {
  const one = sampleOf(schema.items as JsonSchema);
  const wrong: [string, unknown][] = [
    ["a text", "x"],
    ["a number", 1],
    ["null in it", [null]],
  ];
  // A query has no lists in lists: they are one list there.
  if (place === "json") wrong.push(["a list in it", [[one]]]);
  const { maxItems, minItems = 0, uniqueItems } = schema;
  // The whole stays below what a body may hold, which is tried apart.
  if (typeof maxItems === "number" && maxItems <= 100) wrong.push(["too many", Array(maxItems + 1).fill(one)]);
  if (Number(minItems) > 0) wrong.push(["none", []]);
  if (uniqueItems) wrong.push(["twice the same", [one, one]]);
  return wrong;
}
