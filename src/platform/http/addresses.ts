import { Agent, type Dispatcher, request } from "undici";
import type { Log } from "#platform/telemetry/log.ts";

/** One process of a service, as those who call it see it. */
export interface Address {
  /** `http://127.0.0.1:4001`. */
  readonly url: string;
  /** Told when the process has fallen silent: whoever waits for it waits in vain. Returns how to stop listening. */
  watch(isSilent: () => void): () => void;
}

export interface Addresses {
  /**
   * The next one by turns that has not been tried: first those that say they are ready, then those that are alive, then
   * those where nothing listened (asking again costs nothing), then those that were tried. Never one that is silent.
   */
  pick(tried?: ReadonlySet<string>): Address | undefined;
  /** What a try came to: nothing listened there, or somebody answered. */
  told(url: string, outcome: "refused" | "answered"): void;
}

/** Knows which processes of the other services are alive. One for a process of ours: each address is asked once. */
export interface AddressBook {
  of(urls: readonly string[]): Addresses;
  close(): Promise<void>;
}

type State = "ready" | "alive" | "absent" | "silent";
interface Known {
  readonly url: string;
  state: State;
  isAsked: boolean;
  heardAtMs: number;
  readonly watchers: Set<() => void>;
}

/** A process that is asked to stop says so for longer than this before it stops listening (DRAIN_NOTICE_MS). */
const LOOK_EVERY_MS = 400;
/** A busy process may answer late; one that is frozen does not answer at all. */
const SILENT_AFTER_MS = 2_000;
const LOOK_TIMEOUT_MS = 3_000;

export function makeAddressBook(parts: { readonly monotonicMs: () => number; readonly log: Log }): AddressBook {
  const { monotonicMs, log } = parts;
  const book = new Map<string, Known>();
  // Its own connections, so that a look never waits behind the calls that it is about.
  const agent = new Agent({ connections: 1, keepAliveTimeout: 4_000, connect: { timeout: SILENT_AFTER_MS } });
  const timers: NodeJS.Timeout[] = [];

  function known(url: string): Known {
    const before = book.get(url);
    if (before !== undefined) return before;
    const made: Known = { url, state: "ready", isAsked: false, heardAtMs: monotonicMs(), watchers: new Set() };
    book.set(url, made);
    timers.push(setInterval(() => void look(made), LOOK_EVERY_MS).unref());
    return made;
  }

  async function look(one: Known): Promise<void> {
    if (one.isAsked) {
      if (monotonicMs() - one.heardAtMs > SILENT_AFTER_MS) change(one, "silent");
      return;
    }
    one.isAsked = true;
    const answer = await lookAt(agent, one.url);
    one.isAsked = false;
    if (answer === "nothing") return;
    one.heardAtMs = monotonicMs();
    change(one, answer === "refused" ? "absent" : answer === 200 ? "ready" : "alive");
  }

  function change(one: Known, state: State): void {
    if (one.state === state) return;
    log.info({ code: "address.changed", address: one.url, was: one.state, state });
    one.state = state;
    if (state === "silent") for (const isSilent of [...one.watchers]) isSilent();
  }

  return {
    of: (urls) =>
      turns(urls.map(known), (one, outcome) => {
        if (outcome === "refused") change(one, "absent");
        else one.heardAtMs = monotonicMs();
      }),
    async close() {
      for (const timer of timers) clearInterval(timer);
      await agent.destroy();
    },
  };
}

function turns(all: readonly Known[], told: (one: Known, outcome: "refused" | "answered") => void): Addresses {
  const byUrl = new Map(all.map((one) => [one.url, one]));
  let turn = 0;
  return {
    pick(tried = new Set()) {
      const fresh = (state: State) => all.filter((one) => one.state === state && !tried.has(one.url));
      const groups = [
        () => fresh("ready"),
        () => fresh("alive"),
        () => fresh("absent"),
        () => all.filter(({ state }) => state !== "silent"),
      ];
      for (const group of groups) {
        const some = group();
        const one = some[turn++ % some.length];
        if (one !== undefined) return { url: one.url, watch: watchOf(one) };
      }
      return undefined;
    },
    told(url, outcome) {
      const one = byUrl.get(url);
      if (one) told(one, outcome);
    },
  };
}

function watchOf({ watchers }: Known): Address["watch"] {
  return (isSilent) => {
    watchers.add(isSilent);
    return () => watchers.delete(isSilent);
  };
}

async function lookAt(dispatcher: Dispatcher, url: string): Promise<number | "refused" | "nothing"> {
  try {
    const signal = AbortSignal.timeout(LOOK_TIMEOUT_MS);
    const { statusCode, body } = await request(new URL("/health/ready", url), { dispatcher, signal });
    await body.dump();
    return statusCode;
  } catch (error) {
    return isRefused(error) ? "refused" : "nothing";
  }
}

const REFUSALS: readonly unknown[] = ["ECONNREFUSED", "ENOTFOUND", "EHOSTUNREACH"];

/** Nothing listens there. A name that does not resolve for a moment (EAI_AGAIN) says less. */
export function isRefused(error: unknown): boolean {
  return REFUSALS.includes((error as { code?: unknown } | null)?.code);
}
