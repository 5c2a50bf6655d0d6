import { Compile } from "typebox/compile";
import type { TValidationError } from "typebox/error";
import { type Refusal, reject } from "#platform/core/decision.ts";
import type { Locale } from "#platform/i18n/locale.ts";
import { fieldMessage } from "./field-messages.ts";
import type { FieldError } from "./problem.ts";
import { closed, hasBody, inputPlaces, type JsonSchema, type Shape } from "./schema.ts";
import { isBadText } from "./text.ts";

export type FlatInput = Readonly<Record<string, unknown>>;
export type ReadInput = { readonly input: FlatInput } | { readonly refusal: Refusal };
type Raw = Readonly<Record<string, unknown>> | undefined;
export interface InputParts {
  readonly params: Raw;
  readonly query: Raw;
  readonly body: Raw;
  readonly locale: Locale;
}

/** A body of a thousand wrong lines is answered with the first of them. */
const ERRORS_MAX = 20;
type Coerce = (text: unknown) => unknown;

/**
 * Compiles how an operation's flat input is put together from path, query and body, and checked. Every name that the
 * contract does not list is refused, at any depth (or passed over in a query that it leaves open), and so is every text
 * that cannot be stored.
 */
export function compileInput(operation: Shape): (parts: InputParts) => ReadInput {
  const schema = closed(operation.input);
  const properties = schema.properties as Record<string, JsonSchema>;
  const validator = Compile(schema);
  const places = inputPlaces(operation);
  const withBody = hasBody(operation);
  const fromQuery = new Map(places.query.map((name) => [name, coercion(properties[name])]));
  const fromPath = places.path.map((name) => ({ name, coerce: coercion(properties[name]) }));
  const bodyNames = new Set(places.body);
  const isOpen = schema.additionalProperties === true;

  return ({ params, query, body, locale }) => {
    const input: Record<string, unknown> = {};
    const strange = withBody
      ? (copyListed(body, bodyNames, input) ?? firstName(query))
      : (copyCoerced(query, fromQuery, input, isOpen) ?? firstName(body));
    if (strange !== undefined) return { refusal: reject("request.unknown_field", { field: strange.slice(0, 100) }) };
    for (const { name, coerce } of fromPath) {
      const text = params?.[name];
      input[name] = coerce === undefined ? text : coerce(text);
    }
    // Bodies were walked while they were parsed; path and query are flat.
    const badText = badTextIn(params) ?? (withBody ? undefined : badTextIn(query));
    if (badText !== undefined) return { refusal: reject("request.bad_text", { field: badText }) };
    if (validator.Check(input)) return { input };
    return { refusal: invalid(validator.Errors(input), locale) };
  };
}

function copyListed(from: Raw, names: ReadonlySet<string>, input: Record<string, unknown>): string | undefined {
  for (const name in from) {
    if (!names.has(name)) return name;
    input[name] = from[name];
  }
  return undefined;
}

function copyCoerced(
  from: Raw,
  names: ReadonlyMap<string, Coerce | undefined>,
  input: Record<string, unknown>,
  isOpen: boolean,
): string | undefined {
  for (const name in from) {
    if (!names.has(name)) {
      if (isOpen) continue;
      return name;
    }
    const coerce = names.get(name);
    input[name] = coerce === undefined ? from[name] : coerce(from[name]);
  }
  return undefined;
}

function firstName(from: Raw): string | undefined {
  for (const name in from) return name;
  return undefined;
}

function badTextIn(texts: Raw): string | undefined {
  for (const name in texts) {
    const value = texts[name];
    if (typeof value === "string" ? isBadText(value) : Array.isArray(value) && value.some(isBadText)) return name;
  }
  return undefined;
}

/**
 * What text becomes where everything is text: path and query. A text that does not fit stays as it is and is refused.
 */
function coercion(schema: JsonSchema | undefined): Coerce | undefined {
  if (schema?.type === "integer" || schema?.type === "number") return toNumber;
  if (schema?.type === "boolean") return (text) => (text === "true" ? true : text === "false" ? false : text);
  if (schema?.type === "array") {
    const coerce = coercion(schema.items as JsonSchema | undefined);
    const list = (value: unknown) => (Array.isArray(value) ? value : [value]);
    return coerce === undefined ? list : (value) => list(value).map(coerce);
  }
  return undefined;
}

function toNumber(text: unknown): unknown {
  return typeof text === "string" && /^-?\d{1,20}(\.\d{1,20})?$/.test(text) ? Number(text) : text;
}

function invalid(errors: readonly TValidationError[], locale: Locale): Refusal {
  const found = fieldErrors(errors, locale);
  const strange = found.find((error) => error.code === "unknown_field");
  if (strange !== undefined) return reject("request.unknown_field", { field: strange.field, errors: found });
  return reject("request.invalid", { field: found[0]?.field ?? "", errors: found });
}

function fieldErrors(errors: readonly TValidationError[], locale: Locale): FieldError[] {
  const found = new Map<string, FieldError>();
  for (const error of errors) {
    for (const field of fieldsOf(error)) {
      if (found.size < ERRORS_MAX && !found.has(field)) found.set(field, { field, ...fieldMessage(error, locale) });
    }
  }
  return [...found.values()];
}

function fieldsOf(error: TValidationError): string[] {
  const at = error.instancePath.slice(1).split("/").map(unescaped).join(".");
  const inner = (name: string) => (at === "" ? name : `${at}.${name}`).slice(0, 200);
  if (error.keyword === "required") return error.params.requiredProperties.map(inner);
  if (error.keyword === "additionalProperties") return error.params.additionalProperties.map(inner);
  // "schema is false" stands for the same unknown name, which is told once and by its own keyword.
  return error.keyword === "boolean" ? [] : [at];
}

function unescaped(pointer: string): string {
  return pointer.replaceAll("~1", "/").replaceAll("~0", "~");
}
