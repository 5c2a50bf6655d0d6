import { type Static, Type } from "typebox";
import type { PublicEvent } from "#platform/core/event.ts";
import { instantField } from "#platform/core/fields.ts";

/** A fact's place in its service's log and the event's place among what that fact announces. */
export interface EventPlace {
  readonly position: number;
  readonly index: number;
}

/** Before the first event of a partition. */
export const NOWHERE: EventPlace = { position: 0, index: 0 };

/**
 * What goes around an event on a bus between processes. Readers ignore names that they do not know; a change that they
 * could not survive is a new `envelope` number, which older readers refuse to pass over.
 */
export const Envelope = Type.Object({
  envelope: Type.Literal(1),
  service: Type.String({ description: "The service whose fact log the event is of" }),
  position: Type.Integer({ minimum: 1, description: "Its place in that log; with `service` and `index` its identity" }),
  index: Type.Integer({ minimum: 0, description: "Its place among the events of one fact" }),
  previous: Type.Object(
    { position: Type.Integer({ minimum: 0 }), index: Type.Integer({ minimum: 0 }) },
    { description: "The event before it in its partition: who has not applied that one sees a gap" },
  ),
  stream: Type.String({ description: "The key: the aggregate, whose events stay in order" }),
  version: Type.Integer({ minimum: 1, description: "The version of the aggregate after the fact" }),
  type: Type.String(),
  occurredAt: instantField(),
  traceparent: Type.String({ description: "W3C trace context of what caused it" }),
  causationId: Type.Optional(Type.String({ description: "The command that caused it" })),
  data: Type.Unknown(),
});

/** True when `place` comes after `other`. */
export function isAfter(place: EventPlace, other: EventPlace): boolean {
  return place.position > other.position || (place.position === other.position && place.index > other.index);
}

/** The text of a message; `previous` is the event before it in its partition. */
export function writeEnvelope(event: PublicEvent, previous: EventPlace): string {
  const { producer: service, key: stream, position, index, version, type, occurredAt, traceparent, data } = event;
  const { causationId } = event;
  return JSON.stringify({
    envelope: 1,
    service,
    position,
    index,
    previous: { position: previous.position, index: previous.index },
    stream,
    version,
    type,
    occurredAt,
    traceparent,
    ...(causationId === undefined ? {} : { causationId }),
    data,
  } satisfies Static<typeof Envelope>);
}

/**
 * The event in a message's text.
 * @throws Error for anything but an envelope of ours: a reader stops there, as passing over it would lose an event.
 */
export function readEnvelope(text: string): { readonly event: PublicEvent; readonly previous: EventPlace } {
  const { envelope, service, stream, previous, ...rest } = JSON.parse(text) as Static<typeof Envelope>;
  if (envelope !== 1 || typeof previous?.position !== "number") {
    throw new Error(`an envelope of version ${envelope} cannot be read here`);
  }
  return { event: { ...rest, producer: service, key: stream } as PublicEvent, previous };
}
