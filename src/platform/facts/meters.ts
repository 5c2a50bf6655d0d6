import { Counter, Gauge, Histogram, type Registry } from "prom-client";
import type { BatchMeters } from "./batcher.ts";
import type { Consumer } from "./consumer.ts";
import type { Relay } from "./relay.ts";

/** What can be asked of a service's mechanisms at any moment. */
export interface Watched {
  queued(): number;
  consumers(): readonly Pick<Consumer, "name" | "source" | "lag" | "parked" | "gaps" | "measure">[];
  underWay(): number;
  relay(): Pick<Relay, "lag" | "leads"> | undefined;
  /** Work that is due and that nobody has under lease. Asks the database. */
  overdue(): Promise<number>;
}

/**
 * The mechanisms' figures, for all services of a process in one registry (`World.metersOf`): sizes and tries of
 * batches, what waits, how far consumers are behind, and what is set aside. Nothing is counted per command: a batch is
 * observed once, and gauges are read when somebody asks.
 */
export function mechanismMeters(
  registry: Registry,
  nowMs: () => number,
): (service: { readonly name: string }) => BatchMeters {
  const watched = new Map<string, Watched>();
  const registers = [registry];
  const labelNames = ["service"] as const;
  const counts = [1, 2, 4, 8, 16, 32, 64, 128, 256, 512];
  const size = new Histogram({
    name: "madang_batch_units",
    help: "Units in one commit",
    labelNames,
    buckets: counts,
    registers,
  });
  const tries = new Histogram({
    name: "madang_batch_tries",
    help: "Tries until a batch was committed",
    labelNames,
    buckets: [1, 2, 3, 4, 6, 8, 12],
    registers,
  });
  const wait = new Histogram({
    name: "madang_batch_wait_seconds",
    help: "How long the oldest unit of a batch had waited",
    labelNames,
    buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1],
    registers,
  });
  const facts = new Counter({ name: "madang_facts_total", help: "Facts committed", labelNames, registers });
  watchedGauges(registry, watched);
  return ({ name: service }) => ({
    nowMs,
    committed(units, made, tried) {
      size.observe({ service }, units);
      tries.observe({ service }, tried);
      facts.inc({ service }, made);
    },
    waited: (ms) => wait.observe({ service }, ms / 1000),
    watch: (one) => {
      watched.set(service, one);
    },
  });
}

function watchedGauges(registry: Registry, watched: ReadonlyMap<string, Watched>): void {
  perService(registry, watched, "madang_batch_queue", "Units that wait for a batch", (one) => one.queued());
  perService(registry, watched, "madang_work_under_way", "Tasks under way here", (one) => one.underWay());
  perService(registry, watched, "madang_work_overdue", "Work due and not under lease", (one) => one.overdue());
  perService(registry, watched, "madang_relay_lag_facts", "Facts not yet published", (one) => one.relay()?.lag());
  perService(registry, watched, "madang_relay_leads", "1 in the process that publishes", (one) => {
    const relay = one.relay();
    return relay ? Number(relay.leads()) : undefined;
  });
  const lagHelp = "Facts not yet looked at; over Kafka: messages";
  perConsumer(registry, watched, "madang_consumer_lag_facts", lagHelp, async (consumer) => {
    await consumer.measure().catch(() => undefined);
    return consumer.lag();
  });
  const gapHelp = "Partitions that wait for an event which the topic does not have: replay the source";
  perConsumer(registry, watched, "madang_consumer_gaps", gapHelp, (consumer) => consumer.gaps());
  perConsumer(registry, watched, "madang_parked_keys", "Keys set aside by a poison event", (consumer) =>
    consumer.parked(),
  );
}

function perService(
  registry: Registry,
  watched: ReadonlyMap<string, Watched>,
  name: string,
  help: string,
  read: (one: Watched) => number | undefined | Promise<number>,
): void {
  const metric: Gauge<"service"> = new Gauge({
    name,
    help,
    labelNames: ["service"],
    registers: [registry],
    async collect() {
      await Promise.all(
        // A figure that cannot be had now keeps its last value: /metrics must answer while the database does not.
        [...watched].map(async ([service, one]) => {
          const value = await Promise.resolve(read(one)).catch(() => undefined);
          if (value !== undefined) metric.set({ service }, value);
        }),
      );
    },
  });
}

function perConsumer(
  registry: Registry,
  watched: ReadonlyMap<string, Watched>,
  name: string,
  help: string,
  read: (consumer: ReturnType<Watched["consumers"]>[number]) => number | Promise<number>,
): void {
  const metric: Gauge<"service" | "consumer" | "source"> = new Gauge({
    name,
    help,
    labelNames: ["service", "consumer", "source"],
    registers: [registry],
    async collect() {
      const all = [...watched].flatMap(([service, one]) => one.consumers().map((consumer) => ({ service, consumer })));
      await Promise.all(
        all.map(async ({ service, consumer }) => {
          metric.set({ service, consumer: consumer.name, source: consumer.source }, await read(consumer));
        }),
      );
    },
  });
}
