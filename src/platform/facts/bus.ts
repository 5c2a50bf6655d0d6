import type { Consumer, ConsumerOptions } from "./consumer.ts";
import type { Feed } from "./feed.ts";

/** A message of a service's topic: the key is the stream, the text an envelope. */
export interface BusMessage {
  readonly key: string;
  readonly partition: number;
  readonly text: string;
}

export type BusConsumerOptions = Omit<ConsumerOptions, "feed"> & { readonly source: string };

/** Carries events between processes. In one process there is none: consumers read each other's feeds from memory. */
export interface Bus {
  /**
   * Hands messages of a service to the bus, all or none of them for certain.
   * @throws when it is not certain that all are there: send the same ones again, never the next ones.
   */
  publish(service: string, messages: readonly BusMessage[]): Promise<void>;
  /** Hears a service that lives elsewhere, sharing its partitions with the same consumer in other processes. */
  consume(options: BusConsumerOptions): Consumer;
  /** Everything that a service says from now on, in every process that asks; positions count from here. */
  listen(service: string): Promise<Feed>;
  close(): Promise<void>;
}

/** The bus of a process, and how its services use it. */
export interface BusUse {
  readonly bus: Bus;
  /** How long the one process that publishes a service's facts holds that place. */
  readonly leaseMs: number;
  readonly nowMs: () => number;
  /** True: services of one process hear each other over the bus, too; itself a service hears from memory. */
  readonly isForNeighbours: boolean;
}
