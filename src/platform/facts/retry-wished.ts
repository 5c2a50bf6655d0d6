import type { Log } from "#platform/telemetry/log.ts";
import type { Runtime } from "./runtime.ts";

/**
 * Drains the keys that an operator wishes to be tried again and whose consumers run here. Asks the database only while
 * something is set aside. Several processes may drain one key: each letter is applied once, in order.
 */
export async function retryWished(
  runtime: Pick<Runtime, "consumers" | "deadLetters" | "retryParked">,
  log: Log,
): Promise<void> {
  if (runtime.consumers().every((one) => one.parked() === 0)) return;
  for (const { consumer, source, key } of await runtime.deadLetters.wished({})) {
    if (!runtime.consumers().some((one) => one.name === consumer && one.source === source)) continue;
    const drained = await runtime.retryParked(consumer, source, key);
    log.info({ code: "event.retried", consumer, source, key, ...drained });
  }
}
