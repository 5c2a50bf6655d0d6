import { asyncApi } from "#platform/http/asyncapi.ts";
import type { JsonSchema } from "#platform/http/schema.ts";
import type { AnyService } from "#platform/service.ts";

const ABOUT = `모든 서비스가 알리는 이벤트입니다. 서비스마다 토픽 하나, 키는 스트림, 파티션은 8개입니다.
같은 이벤트가 다시 올 수 있습니다. (service, position, index)가 같으면 같은 이벤트입니다.

What every service announces: a topic for each service, keyed by the stream, in 8 partitions. An event may come again:
the same (service, position, index) is the same event. The same events travel inside of one process.`;

/** The AsyncAPI 3 document of all events of the house, whatever runs in this process. */
export function eventsDocument(services: readonly AnyService[], topicPrefix: string): JsonSchema {
  return asyncApi({
    title: "마당 Madang: events",
    version: "0.1.0",
    description: ABOUT,
    events: services.flatMap(({ announces }) => announces),
    topicOf: (service) => `${topicPrefix}${service}`,
  });
}
