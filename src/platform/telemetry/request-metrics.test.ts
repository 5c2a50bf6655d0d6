import assert from "node:assert/strict";
import { test } from "node:test";
import { gauge, makeRegistry } from "./metrics.ts";
import { makeRequestMetrics } from "./request-metrics.ts";

test("answers are counted by operation and status in growing buckets, as Prometheus reads them", async () => {
  const registry = makeRegistry({ processMetrics: false });
  const metrics = makeRequestMetrics(registry);
  metrics.observe("placeOrder", 201, 3);
  metrics.observe("placeOrder", 201, 30);
  metrics.observe("placeOrder", 409, 20_000);
  const text = await registry.metrics();
  const line = (start: string) =>
    text
      .split("\n")
      .find((one) => one.startsWith(start))
      ?.split(" ")
      .at(-1);
  const name = "http_request_duration_seconds";
  assert.match(text, new RegExp(`# TYPE ${name} histogram`));
  assert.equal(line(`${name}_bucket{le="0.0025",operation="placeOrder",status="201"}`), "0");
  assert.equal(line(`${name}_bucket{le="0.005",operation="placeOrder",status="201"}`), "1");
  assert.equal(line(`${name}_bucket{le="0.05",operation="placeOrder",status="201"}`), "2");
  assert.equal(line(`${name}_bucket{le="10",operation="placeOrder",status="409"}`), "0");
  assert.equal(line(`${name}_bucket{le="+Inf",operation="placeOrder",status="409"}`), "1");
  assert.equal(line(`${name}_sum{operation="placeOrder",status="201"}`), "0.033");
  assert.equal(line(`${name}_count{operation="placeOrder",status="201"}`), "2");
});

test("a gauge is read at the moment it is asked", async () => {
  const registry = makeRegistry({ processMetrics: false });
  let length = 1;
  gauge(registry, "queue_length", "Waiting commands.", () => length);
  length = 7;
  assert.match(await registry.metrics(), /queue_length 7/);
});
