import type { Static, TSchema } from "typebox";
import type { Instant } from "./time.ts";

/** A public event's contract: `order.paid.v1`, keyed by its stream. A new meaning is a new version (STYLE.md 15). */
export interface EventContract<Data extends TSchema = TSchema> {
  readonly service: string;
  readonly type: string;
  readonly summary: { readonly ko: string; readonly en: string };
  readonly data: Data;
  /** Stands beside the schema so that a reader sees one; a test validates it. */
  readonly example: Static<Data>;
}

export type EventData<Contract extends EventContract> = Static<Contract["data"]>;

/** An event on its way. Its identity is (producer, position, index): the same on every bus and in every replay. */
export interface PublicEvent<Data = unknown> {
  readonly producer: string;
  readonly position: number;
  readonly index: number;
  readonly type: string;
  /** The stream: one aggregate stays in one partition, in order. */
  readonly key: string;
  readonly version: number;
  readonly occurredAt: Instant;
  readonly traceparent: string;
  /** The command that caused it, if a caller's command did. */
  readonly causationId?: string;
  readonly data: Data;
}

export function event<Data extends TSchema>(contract: EventContract<Data>): EventContract<Data> {
  return contract;
}

/** What `announce.ts` says of a fact: zero or more of these, always the same ones for the same fact. */
export interface Announcement {
  readonly type: string;
  readonly data: unknown;
}

/** Types the data against its contract at the place where it is made. */
export function announcement<Contract extends EventContract>(
  contract: Contract,
  data: EventData<Contract>,
): Announcement {
  return { type: contract.type, data };
}
