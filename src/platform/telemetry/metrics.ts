import { collectDefaultMetrics, Gauge, Registry } from "prom-client";

/** A registry of its own for each composed app, so that two in one process (tests) do not meet. */
export function makeRegistry(options: { processMetrics: boolean }): Registry {
  const registry = new Registry();
  if (options.processMetrics) collectDefaultMetrics({ register: registry });
  return registry;
}

/** A number that is read when somebody asks: queue lengths, lag, parked keys. */
export function gauge(registry: Registry, name: string, help: string, read: () => number): void {
  const metric: Gauge = new Gauge({
    name,
    help,
    registers: [registry],
    collect: () => metric.set(read()),
  });
}
