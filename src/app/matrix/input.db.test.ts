import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import type { Operation } from "#platform/core/operation.ts";
import { closed, hasBody, inputPlaces, type JsonSchema } from "#platform/http/schema.ts";
import { allServices } from "../services.ts";
import { type Client, createClient, type Input } from "./client.ts";
import { type Door, openMatrixDoor } from "./door.ts";
import { changed, type Field, fieldsOf, sampleOf, wrongValues } from "./sample.ts";
import type { As } from "./tokens.ts";

const operations = allServices.flatMap((service) => service.operations.map(({ operation }) => operation));
const withInput = operations.filter(({ input }) => Object.keys(input.properties).length > 0);
const withBody = operations.filter((one) => hasBody(one) && one.raw === undefined);
let door: Door;
let client: Client;
let who: (operation: Operation) => As | undefined;
before(async () => {
  door = await openMatrixDoor();
  client = createClient(door);
  who = door.allowed;
});
after(() => door.close());

const BLAMES = new Set(["request.invalid", "request.unknown_field", "request.bad_text"]);

/** The answer must be a 400 that blames this field, or one inside it. */
async function refuses(operation: Operation, input: Input, field: string, why: string, index = 0): Promise<void> {
  const locale = index % 2 === 0 ? "ko" : "en";
  const { status, code, body } = await client.ask(operation, input, who(operation), { locale });
  const place = `${operation.name} ${field}: ${why}: ${JSON.stringify(body)}`;
  assert.equal(status, 400, place);
  assert.ok(BLAMES.has(String(code)), place);
  const blamed = String(body.field);
  assert.ok(blamed === field || blamed.startsWith(`${field}.`), place);
  const errors = (body.errors ?? []) as { message: string }[];
  for (const { message } of errors) assert.equal(/[가-힣]/.test(message), locale === "ko", place);
}

const placeOf = (operation: Operation, { path }: Field) =>
  inputPlaces(operation).body.includes(String(path[0])) ? "json" : "text";

test("every input is bounded: texts and lists have an end, numbers fit, so nothing huge gets in", () => {
  for (const operation of operations) {
    for (const { path, schema } of fieldsOf(closed(operation.input))) {
      const place = `${operation.name} ${path.join(".")}: ${JSON.stringify(schema)}`;
      if (schema.type === "integer") {
        assert.ok(Number.isSafeInteger(schema.minimum) && Number.isSafeInteger(schema.maximum), place);
      }
      if (schema.type === "array") assert.ok(Number(schema.maxItems) <= 500, place);
      if (schema.type === "string") assert.ok(Number(schema.maxLength) <= 4000 || isClosedForm(schema.pattern), place);
      assert.notEqual(schema.type, "number", place);
    }
  }
});

/** A pattern from ^ to $ in which nothing may come without end. */
function isClosedForm(pattern: unknown): boolean {
  return typeof pattern === "string" && /^\^.*\$$/.test(pattern) && !/[*+](?![^[]*\])|,\}/.test(pattern);
}

for (const service of allServices) {
  const own = withInput.filter((operation) => operation.service === service.name);
  test(`${service.name}: each field of each operation is refused when it is missing, of another kind or too much`, async () => {
    let count = 0;
    for (const operation of own) {
      const schema = closed(operation.input);
      const good = sampleOf(schema) as Input;
      const { path: inPath, body } = inputPlaces(operation);
      for (const field of fieldsOf(schema)) {
        const [top] = field.path;
        const name = field.path.join(".");
        const place = placeOf(operation, field);
        // A list in a query is its entries; what is not named there is not there.
        if (place === "text" && field.path.length > 1) continue;
        for (const [why, value] of wrongValues(field, place)) {
          if (place === "text" && schema.type === "array") continue;
          const isNothing = inPath.includes(String(top)) && value === "";
          if (!isNothing) await refuses(operation, changed(good, field.path, value) as Input, name, why, count++);
        }
        const isMissing = field.isRequired && !inPath.includes(String(top)) && typeof field.path.at(-1) === "string";
        if (isMissing) await refuses(operation, changed(good, field.path, undefined) as Input, name, "missing");
        if (field.schema.type !== "object") continue;
        for (const strange of ["strange", "__proto__", "constructor", "price", "role"]) {
          const inner = JSON.parse(`{${JSON.stringify(strange)}: 1}`);
          const owned = { ...(sampleOf(field.schema) as object), ...inner };
          if (strange !== "__proto__") {
            await refuses(operation, changed(good, field.path, owned) as Input, `${name}.${strange}`, "unknown");
          }
        }
      }
      const isOpen = schema.additionalProperties === true;
      for (const strange of ["accountId", "sellerId", "role", "price", "amount", "strange", "constructor"]) {
        if (Object.hasOwn(operation.input.properties, strange) || isOpen || operation.raw) continue;
        await refuses(operation, { ...good, [strange]: 1 }, strange, "unknown");
      }
      assert.ok(body.length === 0 || hasBody(operation));
    }
  });
}

test("a body that is no JSON object is refused by every operation that takes one", async () => {
  const deep = `{"a":${"[".repeat(10_000)}${"]".repeat(10_000)}}`;
  const cases: [text: string | Buffer, code: string, status?: number][] = [
    ["{", "request.bad_json"],
    ["undefined", "request.bad_json"],
    ['{"a":NaN}', "request.bad_json"],
    ["{'a':1}", "request.bad_json"],
    [deep, "request.bad_json"],
    ["[]", "request.body_not_object"],
    ["null", "request.body_not_object"],
    ['"text"', "request.body_not_object"],
    ["1", "request.body_not_object"],
    ['{"a":1,"a":1}', "request.duplicate_field"],
    ['{"a":{"b":1,"b":2}}', "request.duplicate_field"],
    ['{"__proto__":{"role":"ADMIN"}}', "request.unknown_field"],
    ['{"a\\u0000":1}', "request.bad_text"],
    ['{"a":"\\ud800"}', "request.bad_text"],
    [Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d]), "request.bad_text"],
    [`{"a":"${"x".repeat(70_000)}"}`, "request.too_large", 413],
  ];
  for (const operation of withBody) {
    const input = sampleOf(closed(operation.input)) as Input;
    for (const [text, code, status = 400] of cases) {
      const answer = await client.ask(operation, input, who(operation), { text });
      assert.deepEqual([answer.status, answer.code], [status, code], `${operation.name} ${text.slice(0, 40)}`);
    }
    const text = JSON.stringify(input);
    for (const headers of [{ "content-type": "text/plain" }, { "content-encoding": "gzip" }] as const) {
      const answer = await client.ask(operation, input, who(operation), { text, headers: headers as never });
      assert.deepEqual([answer.status, answer.code], [415, "request.unsupported_media"], operation.name);
    }
  }
});

test("an address with a part too long, unreadable, or a query that was not asked for is refused", async () => {
  for (const operation of operations) {
    const schema = closed(operation.input) as JsonSchema;
    const good = sampleOf(schema) as Input;
    for (const name of inputPlaces(operation).path) {
      const { status, code } = await client.ask(operation, { ...good, [name]: "x".repeat(201) }, who(operation));
      assert.deepEqual([status, code], [400, "request.bad_url"], operation.name);
    }
    if (!hasBody(operation) || operation.raw) continue;
    const path = operation.path.replaceAll(/:([A-Za-z0-9_]+)/g, (_, name) => String(good[name]));
    const headers = { ...who(operation)?.headers(operation), "idempotency-key": "k" };
    const answer = await door.server.inject({ method: operation.method, url: `${path}?role=ADMIN`, headers } as never);
    assert.deepEqual([answer.statusCode, answer.json().code], [400, "request.unknown_field"], operation.name);
  }
  const unreadable = await door.server.inject({ url: "/items/%E0%A4%A" });
  assert.deepEqual([unreadable.statusCode, unreadable.json().code], [400, "request.bad_url"]);
});

test("a cursor that nobody gave is refused, or begins nowhere, and is never an error", async () => {
  const made = (value: unknown) => Buffer.from(JSON.stringify(value)).toString("base64url");
  const nasty = ["x", "W10", made([]), made([1]), made([null, null]), made(["2026", "a", "b"]), made([{}, []])];
  nasty.push(made([1e308, "x"]), made(["x", 1]), made(["infinity", "x"]), made([-1, "\u0000"]), made(["'", "--"]));
  nasty.push(made([Number.MAX_SAFE_INTEGER, "x"]), made(["2026-11-21T00:00:00.000Z", "\ud800"]), "💥", "%00");
  nasty.push(made(["294277-01-01", "str_0"]), made({ position: 1 }), made(5), "-1", "1e3", made(["", ""]));
  for (const operation of operations.filter(({ input }) => "cursor" in input.properties)) {
    const isRequired = (name: string) =>
      ((operation.input as unknown as JsonSchema).required as string[] | undefined)?.includes(name);
    const needed = Object.entries(sampleOf(closed(operation.input)) as Input).filter(([name]) => isRequired(name));
    for (const cursor of nasty) {
      const { status } = await client.ask(operation, { ...Object.fromEntries(needed), cursor }, who(operation));
      assert.ok(status === 200 || (status >= 400 && status < 500), `${operation.name} ${cursor}: ${status}`);
    }
  }
});
