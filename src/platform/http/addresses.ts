import { Agent, type Dispatcher, request } from "undici";
import type { Log } from "#platform/telemetry/log.ts";

/** One process of a service, as those who call it see it. */
export interface Address {
  /** `http://127.0.0.1:4001`. */
  readonly url: string;
  /** Told when the process is found dead: whoever waits for its answer waits in vain. Returns how to stop listening. */
  watch(isGone: () => void): () => void;
}

export interface Addresses {
  /**
   * The next one by turns that has not been tried: first those that say they are ready, then those that are alive, then
   * those that were tried. Undefined when all are dead.
   */
  pick(tried?: ReadonlySet<string>): Address | undefined;
  /** Somebody found that nothing listens there: it counts as dead until it answers again. */
  refused(url: string): void;
}

/** Knows which processes of the other services are alive. One for a process of ours: each address is asked once. */
export interface AddressBook {
  of(urls: readonly string[]): Addresses;
  close(): Promise<void>;
}

interface Known {
  readonly url: string;
  state: "ready" | "alive" | "dead";
  silences: number;
  isAsked: boolean;
  readonly watchers: Set<() => void>;
}

/** A process that is asked to stop says so for longer than this before it stops listening (DRAIN_NOTICE_MS). */
const LOOK_EVERY_MS = 400;
const LOOK_TIMEOUT_MS = 1_000;
/** A busy process may miss one look; one that is frozen misses the next as well. */
const SILENCES_TO_DIE = 2;

export function makeAddressBook(parts: { readonly log: Log }): AddressBook {
  const book = new Map<string, Known>();
  // Its own connections, so that a look never waits behind the calls that it is about.
  const agent = new Agent({ connections: 1, keepAliveTimeout: 4_000, connect: { timeout: LOOK_TIMEOUT_MS } });
  const timers: NodeJS.Timeout[] = [];

  function known(url: string): Known {
    const before = book.get(url);
    if (before !== undefined) return before;
    const made: Known = { url, state: "ready", silences: 0, isAsked: false, watchers: new Set() };
    book.set(url, made);
    timers.push(setInterval(() => void look(made), LOOK_EVERY_MS).unref());
    return made;
  }

  async function look(one: Known): Promise<void> {
    if (one.isAsked) return;
    one.isAsked = true;
    const status = await answerOf(agent, one.url);
    one.isAsked = false;
    if (typeof status === "number") change(one, status === 200 ? "ready" : "alive");
    else if (status === "refused") change(one, "dead");
    else if (++one.silences >= SILENCES_TO_DIE) change(one, "dead");
  }

  function change(one: Known, state: Known["state"]): void {
    one.silences = 0;
    if (one.state === state) return;
    parts.log.info({ code: "address.changed", address: one.url, was: one.state, state });
    one.state = state;
    if (state === "dead") for (const isGone of [...one.watchers]) isGone();
  }

  return {
    of: (urls) => turns(urls.map(known), (one) => change(one, "dead")),
    async close() {
      for (const timer of timers) clearInterval(timer);
      await agent.destroy();
    },
  };
}

function turns(all: readonly Known[], dead: (one: Known) => void): Addresses {
  let turn = 0;
  return {
    pick(tried = new Set()) {
      const groups = [
        all.filter(({ state, url }) => state === "ready" && !tried.has(url)),
        all.filter(({ state, url }) => state === "alive" && !tried.has(url)),
        all.filter(({ state }) => state !== "dead"),
      ];
      const group = groups.find((some) => some.length > 0);
      const one = group?.[turn++ % group.length];
      return one && { url: one.url, watch: watchOf(one) };
    },
    refused(url) {
      const one = all.find((some) => some.url === url);
      if (one) dead(one);
    },
  };
}

function watchOf({ watchers }: Known): Address["watch"] {
  return (isGone) => {
    watchers.add(isGone);
    return () => watchers.delete(isGone);
  };
}

async function answerOf(dispatcher: Dispatcher, url: string): Promise<number | "refused" | "silent"> {
  try {
    const signal = AbortSignal.timeout(LOOK_TIMEOUT_MS);
    const { statusCode, body } = await request(new URL("/health/ready", url), { dispatcher, signal });
    await body.dump();
    return statusCode;
  } catch (error) {
    return isRefused(error) ? "refused" : "silent";
  }
}

const REFUSALS: readonly unknown[] = ["ECONNREFUSED", "ENOTFOUND", "EHOSTUNREACH"];

/** Nothing listens there. A name that does not resolve for a moment (EAI_AGAIN) says less. */
export function isRefused(error: unknown): boolean {
  return REFUSALS.includes((error as { code?: unknown } | null)?.code);
}
