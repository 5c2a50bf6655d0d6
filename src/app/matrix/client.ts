import assert from "node:assert/strict";
import type { LightMyRequestResponse } from "fastify";
import { Compile } from "typebox/compile";
import type { Operation, OutputOf } from "#platform/core/operation.ts";
import { platformProblems } from "#platform/http/platform-problems.ts";
import { closed, inputPlaces, pathNames } from "#platform/http/schema.ts";
import type { Door } from "./door.ts";
import type { As } from "./tokens.ts";

export type Input = Readonly<Record<string, unknown>>;
export interface More {
  /** Idempotency-Key; a new one unless told, none when null. */
  readonly key?: string | null;
  readonly locale?: "ko" | "en";
  readonly headers?: Readonly<Record<string, string>>;
  /** The body as it is sent, instead of the input's part of it. */
  readonly text?: string | Buffer;
}
export interface Heard {
  readonly status: number;
  /** The problem's code; undefined for a success. */
  readonly code: string | undefined;
  readonly body: Readonly<Record<string, unknown>>;
}
export interface Client {
  /** Asks over HTTP and checks the answer against the contract, whatever it is. */
  ask(operation: Operation, input: Input, as?: As, more?: More): Promise<Heard>;
  /** The same, for what must succeed. */
  done<Op extends Operation>(operation: Op, input: Input, as?: As, more?: More): Promise<OutputOf<Op>>;
  /** Codes that were heard, as `operation code`. */
  readonly heard: ReadonlySet<string>;
}

const PROBLEM_NAMES = ["type", "title", "status", "detail", "code", "instance", "requestId"];
const MEDIA = "application/problem+json; charset=utf-8";
const noBodies = new Set(["GET", "DELETE"]);

export function createClient(door: Door): Client {
  const heard = new Set<string>();
  const validators = new Map<Operation, ReturnType<typeof Compile>>();
  let keys = 0;
  const self: Client = {
    heard,
    async ask(operation, input, as, more = {}) {
      const { key = `key-${++keys}`, locale = "ko" } = more;
      const request = requestOf(operation, input, more.text);
      const response = await door.server.inject({
        ...request,
        headers: {
          ...request.headers,
          "accept-language": locale,
          ...(key === null || operation.idempotency !== "key" ? {} : { "idempotency-key": key }),
          ...as?.headers(operation),
          ...more.headers,
        },
        payloadAsStream: operation.says !== undefined,
      });
      const text = operation.says === undefined ? response.body : await firstSaid(response);
      const place = `${operation.method} ${request.url} as ${as?.name ?? "nobody"}: ${response.statusCode} ${text}`;
      const body = text === "" ? {} : JSON.parse(text);
      if (response.statusCode < 400) {
        assert.equal(response.statusCode, operation.status ?? 200, place);
        const validator = validators.get(operation) ?? Compile(closed(operation.output));
        validators.set(operation, validator);
        assert.ok(validator.Check(body), `${place}\n${JSON.stringify(validator.Errors(body))}`);
        return { status: response.statusCode, code: undefined, body };
      }
      heard.add(`${operation.name} ${body.code}`);
      assert.equal(response.headers["content-type"], MEDIA, place);
      checkProblem(operation, body, response.statusCode, locale, place);
      for (const secret of door.secrets) assert.ok(!text.includes(secret), `a secret is told: ${place}`);
      return { status: response.statusCode, code: body.code, body };
    },
    async done<Op extends Operation>(operation: Op, input: Input, as?: As, more?: More) {
      const { code, body } = await self.ask(operation, input, as, more);
      assert.equal(code, undefined, `${operation.name}: ${JSON.stringify(body)}`);
      return body as OutputOf<Op>;
    },
  };
  return self;
}

/** How things stand, as a watch says it first; then its client leaves. Of a refusal, all of it. */
async function firstSaid(response: LightMyRequestResponse): Promise<string> {
  let text = "";
  for await (const chunk of response.stream()) {
    text += String(chunk);
    if (response.statusCode === 200 && /\ndata: .*\n\n$/.test(text)) break;
  }
  if (response.statusCode !== 200) return text;
  response.raw.res.destroy();
  return /^event: open\nid: \d+\ndata: (.*)$/m.exec(text)?.[1] ?? text;
}

/** Puts the flat input where the contract says: path, query or body. */
export function requestOf(operation: Operation, input: Input, text?: string | Buffer) {
  const { method } = operation;
  const places = inputPlaces(operation);
  const path = operation.path.replaceAll(/:([A-Za-z0-9_]+)/g, (_, name) => escaped(input[name]));
  const rest = Object.entries(input).filter(([name]) => !pathNames(operation.path).includes(name));
  if (noBodies.has(method)) {
    const query = rest.flatMap(([name, value]) =>
      (Array.isArray(value) ? value : [value]).map((one) => `${escaped(name)}=${escaped(one)}`),
    );
    return { method: method as "GET", url: query.length === 0 ? path : `${path}?${query.join("&")}`, headers: {} };
  }
  const hasBody = text !== undefined || rest.length > 0 || places.body.length > 0;
  return {
    method: method as "POST",
    url: path,
    headers: hasBody ? { "content-type": "application/json" } : {},
    ...(hasBody ? { payload: text ?? JSON.stringify(Object.fromEntries(rest)) } : {}),
  };
}

/** Half a surrogate pair has no form in UTF-8; what a client would send for it is no UTF-8 either. */
function escaped(value: unknown): string {
  const text = String(value);
  return text.isWellFormed() ? encodeURIComponent(text) : "%ED%A0%80";
}

function checkProblem(operation: Operation, body: Input, status: number, locale: string, place: string): void {
  const code = String(body.code);
  const isOwn = operation.problems.includes(code);
  assert.ok(isOwn || Object.hasOwn(platformProblems, code), `not listed: ${place}`);
  // A business "no" may be a 503 (a gateway that is dark); anything else from 500 on is ours.
  assert.ok(status < 500 || (isOwn && status === 503), place);
  for (const name of PROBLEM_NAMES) assert.ok(body[name] !== undefined, `${name}: ${place}`);
  assert.equal(body.status, status, place);
  assert.doesNotMatch(String(body.detail), /undefined|null|NaN|\{|\[object/, place);
  assert.equal(/[가-힣]/.test(String(body.title)), locale === "ko", place);
}
