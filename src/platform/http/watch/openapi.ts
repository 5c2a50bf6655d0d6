import type { Operation } from "#platform/core/operation.ts";
import { type JsonSchema, plain } from "../schema.ts";
import { END_CODES } from "./frame.ts";

export const EVENT_STREAM = "text/event-stream";

const DESCRIPTION =
  "연결을 닫지 않고 일어나는 일을 알려 줍니다 (Server-Sent Events). 끊기면 마지막 id를 Last-Event-ID로 보내 이어서 받습니다. " +
  "· Stays open and tells what happens (server-sent events). After a break send the last id as Last-Event-ID to go on.";

/**
 * The events of a watch as a list of objects, which is how OpenAPI 3.2 reads a schema of text/event-stream; 3.1 leaves
 * it open.
 */
export function watchSchema({ output, says = {} }: Operation): JsonSchema {
  const open = plain(output);
  const end = { type: "object", required: ["code"], properties: { code: { type: "string", enum: [...END_CODES] } } };
  const items = [
    eventSchema("open", "지금 모습 · how things stand now", open),
    ...Object.entries(says).map(([name, data]) => eventSchema(name, undefined, plain(data))),
    eventSchema(
      "reload",
      "놓친 것이 너무 많음: 아는 것을 버리고 이것으로 · too much was missed: forget, take this",
      open,
    ),
    eventSchema("end", "서버가 끝냄: retry 뒤에 다시 연결 · the server ends it: come again after retry", end),
  ];
  return { type: "array", description: DESCRIPTION, items: { oneOf: items } };
}

function eventSchema(name: string, description: string | undefined, data: JsonSchema): JsonSchema {
  return {
    type: "object",
    title: name,
    ...(description === undefined ? {} : { description }),
    required: ["event", "data"],
    properties: { event: { const: name }, id: { type: "string" }, data },
  };
}

export const lastEventIdParameter: JsonSchema = {
  name: "Last-Event-ID",
  in: "header",
  required: false,
  description: "끊기기 전에 받은 마지막 id · the last id that was received before the break",
  schema: { type: "string", maxLength: 30 },
};
