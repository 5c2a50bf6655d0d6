import { createParser, type EventSourceMessage } from "eventsource-parser";

/** One event as a client hears it. */
export interface HeardEvent {
  readonly name: string;
  /** Absent: the id before it still holds. */
  readonly id?: string;
  readonly data: unknown;
}

/** The client's side of a watch: the events of an answer's body, until it ends or the caller has heard enough. */
export async function* readEvents(
  body: AsyncIterable<Uint8Array>,
  onRetry: (retryMs: number) => void = () => {},
): AsyncGenerator<HeardEvent, void, void> {
  const heard: EventSourceMessage[] = [];
  const parser = createParser({ onEvent: (event) => void heard.push(event), onRetry });
  const decoder = new TextDecoder();
  for await (const bytes of body) {
    parser.feed(decoder.decode(bytes, { stream: true }));
    for (const { event = "message", id, data } of heard.splice(0)) {
      yield { name: event, ...(id === undefined ? {} : { id }), data: JSON.parse(data) };
    }
  }
}
