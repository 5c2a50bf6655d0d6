import type { Operation } from "#platform/core/operation.ts";
import type { Problems } from "#platform/service.ts";
import { hasBody, inputPlaces, type JsonSchema, plain } from "./schema.ts";
import { EVENT_STREAM, lastEventIdParameter, watchSchema } from "./watch/openapi.ts";

export interface OpenApiParts {
  readonly title: string;
  readonly version: string;
  readonly description: string;
  readonly operations: readonly Operation[];
  /** Services' and platform's codes together. */
  readonly problems: Problems;
  /** What a service is called on the page: `{ order: { ko: "주문", en: "Orders" } }`. */
  readonly tags?: Readonly<Record<string, { readonly ko: string; readonly en: string }>>;
  /** A body to begin with, by the name of its operation. */
  readonly examples?: Readonly<Record<string, unknown>>;
}

/**
 * One OpenAPI 3.1 document of everything that a person or another system may call; the house's inner calls are left
 * out.
 */
export function openApi(parts: OpenApiParts): JsonSchema {
  const shown = parts.operations.filter(({ access }) => access !== "service");
  const paths: Record<string, Record<string, JsonSchema>> = {};
  for (const operation of shown) {
    const path = operation.path.replace(/:([A-Za-z0-9_]+)/g, "{$1}");
    paths[path] = { ...paths[path], [operation.method.toLowerCase()]: operationObject(operation, parts) };
  }
  const services = [...new Set(shown.map(({ service }) => service))];
  return {
    openapi: "3.1.0",
    info: { title: parts.title, version: parts.version, description: parts.description },
    servers: [{ url: "/" }],
    tags: services.map((service) => tagObject(service, parts.tags?.[service])),
    paths,
    components: {
      securitySchemes: {
        bearer: {
          type: "http",
          scheme: "bearer",
          bearerFormat: "JWT",
          description: "로그인하면 받는 accessToken · the accessToken that signing in gives",
        },
      },
      schemas: { Problem: problemSchema },
      parameters: {
        IdempotencyKey: keyParameter,
        AcceptLanguage: languageParameter,
        LastEventId: lastEventIdParameter,
      },
    },
  };
}

function tagObject(service: string, name?: { ko: string; en: string }): JsonSchema {
  return name === undefined ? { name: service } : { name: tagName(service, name), description: name.en };
}

function tagName(service: string, name?: { ko: string }): string {
  return name === undefined ? service : `${name.ko} ${service}`;
}

function operationObject(operation: Operation, parts: OpenApiParts): JsonSchema {
  const { access, summary } = operation;
  const roles = typeof access === "string" ? undefined : access.join(", ");
  return {
    operationId: operation.name,
    tags: [tagName(operation.service, parts.tags?.[operation.service])],
    summary: `${summary.ko} · ${summary.en}`,
    ...(roles === undefined ? {} : { description: `역할 · roles: ${roles}` }),
    parameters: parameters(operation),
    ...requestBody(operation, parts.examples?.[operation.name]),
    responses: responses(operation, parts.problems),
    security: access === "anyone" ? [] : [{ bearer: [] }],
  };
}

function parameters(operation: Operation): JsonSchema[] {
  const { path, query } = inputPlaces(operation);
  const required = requiredNames(operation);
  const parameter = (place: "path" | "query") => (name: string) => {
    const { description, ...schema } = plain(operation.input.properties[name] as object);
    return {
      name,
      in: place,
      required: place === "path" || required.has(name),
      ...(description === undefined ? {} : { description }),
      schema,
    };
  };
  const headers = [
    ...(operation.idempotency === "key" ? ["IdempotencyKey"] : []),
    ...(operation.says === undefined ? [] : ["LastEventId"]),
    "AcceptLanguage",
  ];
  return [
    ...path.map(parameter("path")),
    ...query.map(parameter("query")),
    ...headers.map((name) => ({ $ref: `#/components/parameters/${name}` })),
  ];
}

function requestBody(operation: Operation, example: unknown): JsonSchema {
  const { body } = inputPlaces(operation);
  if (operation.raw) return { requestBody: { content: { "application/json": { schema: { type: "object" } } } } };
  if (!hasBody(operation) || body.length === 0) return {};
  const required = body.filter((name) => requiredNames(operation).has(name));
  const properties = Object.fromEntries(body.map((name) => [name, plain(operation.input.properties[name] as object)]));
  const schema = { type: "object", properties, required, additionalProperties: false };
  const content = { schema, ...(example === undefined ? {} : { example }) };
  return { requestBody: { required: required.length > 0, content: { "application/json": content } } };
}

function responses(operation: Operation, problems: Problems): JsonSchema {
  const status = operation.status ?? 200;
  const success =
    status === 204
      ? { description: "끝났어요 · done" }
      : { description: "성공 · success", content: successContent(operation) };
  const byStatus = new Map<number, string[]>();
  for (const code of [...new Set([...operation.problems, ...doorProblems(operation)])]) {
    const problem = problems[code];
    if (problem !== undefined) byStatus.set(problem.status, [...(byStatus.get(problem.status) ?? []), code]);
  }
  const refusals = [...byStatus].sort(([one], [other]) => one - other);
  return {
    [status]: success,
    ...Object.fromEntries(refusals.map(([at, codes]) => [at, problemResponse(codes, problems)])),
    default: { description: "다른 문제 · any other problem", content: problemContent({ $ref: PROBLEM }) },
  };
}

function successContent(operation: Operation): JsonSchema {
  if (operation.says === undefined) return { "application/json": { schema: plain(operation.output) } };
  return { [EVENT_STREAM]: { schema: watchSchema(operation) } };
}

/** What the door itself may say about the operation, besides what is the same for all of them ("default"). */
function doorProblems(operation: Operation): string[] {
  return [
    "request.invalid",
    "request.unknown_field",
    ...(operation.access === "anyone" ? [] : ["auth.required", "auth.token_expired", "auth.forbidden"]),
    ...(operation.idempotency === "key" ? ["request.key_missing", "request.in_flight", "request.key_reused"] : []),
    ...(operation.says === undefined ? [] : ["watch.too_many", "watch.no_room"]),
    "request.too_many",
    "server.busy",
  ];
}

function problemResponse(codes: readonly string[], problems: Problems): JsonSchema {
  const lines = codes.map((code) => `- \`${code}\`: ${problems[code]?.ko} · ${problems[code]?.en}`);
  const schema = {
    allOf: [{ $ref: PROBLEM }, { type: "object", properties: { code: { type: "string", enum: codes } } }],
  };
  return { description: lines.join("\n"), content: problemContent(schema) };
}

const PROBLEM = "#/components/schemas/Problem";

function problemContent(schema: JsonSchema): JsonSchema {
  return { "application/problem+json": { schema } };
}

function requiredNames(operation: Operation): ReadonlySet<string> {
  return new Set((operation.input as { required?: readonly string[] }).required ?? []);
}

const keyParameter: JsonSchema = {
  name: "Idempotency-Key",
  in: "header",
  required: true,
  description:
    "같은 요청을 다시 보낼 때 같은 값을 씁니다. 두 번 처리되지 않아요 · the same value for the same request, " +
    "so that it is carried out once however often it is sent",
  schema: { type: "string", minLength: 1, maxLength: 200, pattern: "^[\\x21-\\x7e]+$" },
  example: "my-first-try-1",
};

const languageParameter: JsonSchema = {
  name: "Accept-Language",
  in: "header",
  required: false,
  description: "오류 문구의 언어 · language of the texts",
  schema: { type: "string", enum: ["ko", "en"], default: "ko" },
};

const problemSchema: JsonSchema = {
  type: "object",
  description: "RFC 9457",
  required: ["type", "title", "status", "detail", "code", "instance", "requestId"],
  properties: {
    type: { type: "string", description: "이 문제의 설명 주소 · where the problem is explained" },
    title: { type: "string" },
    status: { type: "integer" },
    detail: { type: "string", description: "사람이 읽는 문구 · text for people" },
    code: { type: "string", description: "프로그램이 읽는 값 · value for programs" },
    field: { type: "string", description: "문제가 있는 항목 · the field to blame" },
    errors: {
      type: "array",
      items: {
        type: "object",
        required: ["field", "code", "message"],
        properties: { field: { type: "string" }, code: { type: "string" }, message: { type: "string" } },
      },
    },
    details: { type: "object" },
    instance: { type: "string" },
    requestId: { type: "string" },
  },
};
