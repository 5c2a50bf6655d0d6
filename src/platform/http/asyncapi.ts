import type { EventContract } from "#platform/core/event.ts";
import { Envelope } from "#platform/facts/envelope.ts";
import { type JsonSchema, plain } from "./schema.ts";

export interface AsyncApiParts {
  readonly title: string;
  readonly version: string;
  readonly description: string;
  readonly events: readonly EventContract[];
  /** The topic of a service, as the bus names it. */
  readonly topicOf: (service: string) => string;
}

const EXAMPLE_TRACE = "00-0123456789abcdef0123456789abcdef-0123456789abcdef-01";

/** One AsyncAPI 3 document of every event: a channel for each service, a message for each type in it. */
export function asyncApi(parts: AsyncApiParts): JsonSchema {
  const services = [...new Set(parts.events.map(({ service }) => service))];
  const of = (service: string) => parts.events.filter((event) => event.service === service);
  const refer = (service: string) =>
    of(service).map(({ type }) => [type, { $ref: `#/components/messages/${type}` }] as const);
  return {
    asyncapi: "3.0.0",
    info: { title: parts.title, version: parts.version, description: parts.description },
    defaultContentType: "application/json",
    channels: Object.fromEntries(
      services.map((service) => [
        service,
        { address: parts.topicOf(service), messages: Object.fromEntries(refer(service)) },
      ]),
    ),
    operations: Object.fromEntries(
      services.map((service) => [
        `hear-${service}`,
        { action: "send", channel: { $ref: `#/channels/${service}` }, summary: `What ${service} announces` },
      ]),
    ),
    components: { messages: Object.fromEntries(parts.events.map((event) => [event.type, messageOf(event)])) },
  };
}

function messageOf({ service, type, summary, data, example }: EventContract): JsonSchema {
  const whole = plain(Envelope);
  const properties = {
    ...(whole.properties as JsonSchema),
    service: { const: service },
    type: { const: type },
    data: plain(data),
  };
  return {
    name: type,
    title: summary.ko,
    summary: summary.en,
    contentType: "application/json",
    bindings: { kafka: { key: { type: "string", description: "The stream of the event" } } },
    payload: { ...whole, properties },
    examples: [{ name: type, payload: exampleOf(service, type, example) }],
  };
}

function exampleOf(service: string, type: string, data: unknown): JsonSchema {
  return {
    envelope: 1,
    service,
    position: 42,
    index: 0,
    previous: { position: 41, index: 0 },
    stream: "the key of the aggregate",
    version: 1,
    type,
    occurredAt: "2026-11-21T09:00:00.000Z",
    traceparent: EXAMPLE_TRACE,
    data,
  };
}
