import type { Call } from "#platform/core/operation.ts";
import { epochMs } from "#platform/core/time.ts";
import { type Addresses, makeAddressBook } from "#platform/http/addresses.ts";
import { createRemoteCall } from "#platform/http/client.ts";
import { monotonicMs } from "./clock.ts";
import type { World } from "./compose.ts";
import type { Config } from "./config.ts";
import type { ServiceTokens } from "./service-keys.ts";
import { StartRefused } from "./start-refused.ts";

/** The services of other processes: where they are, which of them live, and how they are called. */
export interface Elsewhere {
  readonly addressesOf: (service: string) => Addresses;
  /** With a short token, a deadline, a breaker and a bulkhead for each service. */
  readonly call: Call;
  close(): Promise<void>;
}

/**
 * @param needed The services that are called from here; those that run here are none of them.
 * @throws StartRefused when one of them is nowhere.
 */
export function findElsewhere(
  config: Config,
  needed: ReadonlySet<string>,
  { tokens, clock, log }: Pick<World, "clock" | "log"> & { readonly tokens: ServiceTokens | undefined },
): Elsewhere {
  const missing = [...needed].filter((name) => !config.services.some((service) => service.name === name));
  const nowhere = missing.filter((name) => config.serviceUrlsOf(name).length === 0 || !tokens);
  if (nowhere.length > 0) {
    const keys = nowhere.map((name) => `SERVICE_URL_${name.toUpperCase()}`).join(", ");
    throw new StartRefused(
      `여기서 부르는 ${nowhere.join(", ")}이(가) 여기서 돌지 않습니다. ${keys}와 SERVICE_SECRET이 필요합니다.\n` +
        `${nowhere.join(", ")} is called from here but does not run here: ${keys} and SERVICE_SECRET are needed.`,
    );
  }
  const book = makeAddressBook({ monotonicMs, log });
  const all = new Map(missing.map((name) => [name, book.of(config.serviceUrlsOf(name))]));
  const addressesOf = (service: string): Addresses => {
    const addresses = all.get(service);
    if (!addresses) throw new Error(`${service} is not said to be called from here`);
    return addresses;
  };
  const remote = createRemoteCall({
    addressesOf,
    serviceToken: (target, caller) => tokens?.sign(target, caller) ?? "",
    timeoutMs: config.platform.callTimeoutMs,
    monotonicMs,
    nowMs: () => epochMs(clock.now()),
    log,
  });
  return {
    addressesOf,
    call: remote.call,
    close: async () => {
      await Promise.all([remote.close(), book.close()]);
    },
  };
}

/** What a house with these services calls: what they say, and identity for the keys that sign tokens. */
export function calledFrom(config: Config): ReadonlySet<string> {
  const called = config.services.flatMap((service) => service.calls.map((operation) => operation.service));
  return new Set([...called, "identity"]);
}
