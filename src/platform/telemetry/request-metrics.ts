import type { Registry } from "prom-client";

/** Upper bounds of the histogram's buckets, in seconds: 1 ms to the door's own deadline. */
export const BUCKETS_S = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

export interface RequestMetrics {
  /** Counts one answer of an operation; cheap enough for every request. */
  observe(operation: string, status: number, durationMs: number): void;
}

interface Series {
  readonly operation: string;
  readonly status: number;
  readonly counts: number[];
  sumS: number;
  count: number;
}

const NAME = "http_request_duration_seconds";

/**
 * The histogram of answers per operation and status. prom-client's own hashes its labels at every observation, which
 * costs as much as the rest of the door's work; this one keeps an array per series and writes the same text when asked.
 */
export function makeRequestMetrics(registry: Registry): RequestMetrics {
  const byOperation = new Map<string, Map<number, Series>>();
  registry.registerMetric(asMetric(() => [...byOperation.values()].flatMap((series) => [...series.values()])));
  return {
    observe(operation, status, durationMs) {
      const series = seriesOf(byOperation, operation, status);
      const seconds = durationMs / 1000;
      const bucket = BUCKETS_S.findIndex((bound) => seconds <= bound);
      if (bucket >= 0) series.counts[bucket] = (series.counts[bucket] ?? 0) + 1;
      series.sumS += seconds;
      series.count++;
    },
  };
}

function seriesOf(all: Map<string, Map<number, Series>>, operation: string, status: number): Series {
  const byStatus = all.get(operation) ?? new Map<number, Series>();
  const known = byStatus.get(status);
  if (known !== undefined) return known;
  const series = { operation, status, counts: BUCKETS_S.map(() => 0), sumS: 0, count: 0 };
  all.set(operation, byStatus.set(status, series));
  return series;
}

function asMetric(all: () => readonly Series[]): Parameters<Registry["registerMetric"]>[0] {
  const help = "How long answers took, by operation and status.";
  const get = async () => ({ name: NAME, help, type: "histogram", aggregator: "sum", values: all().flatMap(valuesOf) });
  // A registry reads a metric's name when it takes it in and calls get() when it is asked for its text; nothing else.
  return { name: NAME, help, get, reset: () => {} } as unknown as Parameters<Registry["registerMetric"]>[0];
}

function valuesOf(series: Series) {
  const labels = { operation: series.operation, status: String(series.status) };
  let below = 0;
  const buckets = BUCKETS_S.map((bound, index) => {
    below += series.counts[index] ?? 0;
    return { metricName: `${NAME}_bucket`, labels: { le: bound, ...labels }, value: below };
  });
  return [
    ...buckets,
    { metricName: `${NAME}_bucket`, labels: { le: "+Inf", ...labels }, value: series.count },
    { metricName: `${NAME}_sum`, labels, value: series.sumS },
    { metricName: `${NAME}_count`, labels, value: series.count },
  ];
}
