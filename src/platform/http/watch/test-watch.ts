import type { TestContext } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import { Type } from "typebox";
import { reject } from "#platform/core/decision.ts";
import { event } from "#platform/core/event.ts";
import { watchOperation } from "#platform/core/operation.ts";
import { epochMs } from "#platform/core/time.ts";
import { turnableClock } from "#platform/testing/clock.ts";
import { spokenFeed } from "#platform/testing/feed.ts";
import type { ServerParts } from "../server.ts";
import { as, testServer } from "../test-server.ts";
import type { BoundWatch } from "./channel.ts";
import { type HeardEvent, readEvents } from "./read-events.ts";

/** For tests of watching: things that take steps, and a door to watch them through. */
export const stepped = event({
  service: "yard",
  type: "thing.stepped.v1",
  summary: { ko: "걸었다", en: "A thing took a step" },
  data: Type.Object({ thing: Type.String(), n: Type.Integer(), text: Type.Optional(Type.String()) }),
  example: { thing: "cat", n: 1 },
});

export const watchThing = watchOperation({
  service: "yard",
  name: "watchThing",
  path: "/things/:thing/events",
  access: ["BUYER"],
  summary: { ko: "지켜본다", en: "Watch" },
  input: Type.Object({ thing: Type.String({ maxLength: 20 }) }),
  output: Type.Object({ n: Type.Integer() }),
  says: { step: Type.Object({ n: Type.Integer() }) },
  problems: ["thing.not_found"],
});

export interface YardOptions {
  readonly limits?: ServerParts["limits"];
  /** Before something is worded, and before the log gives what it has. */
  readonly delay?: () => Promise<void>;
  readonly say?: BoundWatch["hears"][number]["say"];
  readonly lookMs?: number;
}

/** A yard of things, open on a port. Tokens are names of accounts; nobody's thing is `nothing`. */
export async function openYard(t: TestContext, { limits = {}, delay = async () => {}, say, lookMs }: YardOptions = {}) {
  const clock = turnableClock();
  const spoken = spokenFeed("yard", clock);
  const steps = new Map<string, number>();
  const revoked = new Set<string>();
  const expiresAtMs = epochMs(clock.now()) + 600_000;
  let worded = 0;
  const feed = {
    ...spoken,
    read: async (after: number, limit: number) => {
      await delay();
      return spoken.read(after, Math.min(limit, 7));
    },
  };
  const watch: BoundWatch = {
    of: ({ thing }: { thing: string }) => thing,
    hears: [
      {
        on: stepped,
        of: ({ key }) => key,
        say: async (happened) => {
          worded += 1;
          await delay();
          return say === undefined ? { name: "step", data: happened.data } : say(happened);
        },
      },
    ],
  };
  const run = async ({ thing }: { thing: string }) => {
    if (thing === "nothing") return reject("thing.not_found");
    if (lookMs !== undefined) await pause(lookMs);
    return { n: steps.get(thing) ?? 0 };
  };
  const server = testServer([{ operation: watchThing, run, watch }], {
    problems: { "thing.not_found": { status: 404, ko: "없어요.", en: "Nothing there." } },
    verifyToken: (token) => ({ accountId: `acc_${token}`, roles: ["BUYER"], sessionId: `ses_${token}`, expiresAtMs }),
    isRevoked: (sessionId) => revoked.has(sessionId),
    limits: { rateFactor: 0, ...limits },
    nowMs: () => epochMs(clock.now()),
    feeds: new Map([["yard", feed]]),
  });
  const url = await server.listen({ host: "127.0.0.1", port: 0 });
  // Whoever lets go of an answer hangs up when that is collected; a test's clients stay until it ends.
  const answers: Response[] = [];
  t.after(() => {
    answers.length = 0;
    return server.close({ graceMs: 100 });
  });

  return {
    ...{ server, clock, revoked, url },
    worded: () => worded,
    head: () => feed.head(),
    /** The thing takes its next step. */
    step(thing: string, text?: string) {
      const n = (steps.get(thing) ?? 0) + 1;
      steps.set(thing, n);
      spoken.say(stepped, thing, { thing, n, ...(text === undefined ? {} : { text }) });
    },
    async ask(thing: string, { token = "me", lastId, method = "GET" }: Asked = {}) {
      const headers = { ...as(token), ...(lastId === undefined ? {} : { "last-event-id": lastId }) };
      const answer = await fetch(`${url}/things/${thing}/events`, { method, headers });
      answers.push(answer);
      return answer;
    },
    async watch(thing: string, asked: Asked = {}): Promise<Watcher> {
      const response = await this.ask(thing, asked);
      if (response.status !== 200 || response.body === null) throw new Error(`${response.status}`);
      return watcher(response.body);
    },
  };
}
export type Yard = Awaited<ReturnType<typeof openYard>>;

interface Asked {
  readonly token?: string;
  readonly lastId?: string;
  readonly method?: "GET" | "HEAD";
}

export interface Watcher {
  /** The next events, as many as asked for; fewer when the line ends before. */
  next(count?: number): Promise<readonly HeardEvent[]>;
  /** The last id that was heard. */
  lastId(): string | undefined;
  retryMs(): number;
  leave(): Promise<void>;
}

/** A client that takes what it is told one by one. */
export function watcher(body: ReadableStream<Uint8Array>): Watcher {
  let lastId: string | undefined;
  let retryMs = 0;
  const events = readEvents(body, (told) => {
    retryMs = told;
  });
  return {
    async next(count = 1) {
      const heard: HeardEvent[] = [];
      while (heard.length < count) {
        // A line that is cut off in the middle is over, too.
        const one = await events.next().catch(() => ({ done: true as const, value: undefined }));
        if (one.done === true || one.value === undefined) break;
        lastId = one.value.id ?? lastId;
        heard.push(one.value);
      }
      return heard;
    },
    lastId: () => lastId,
    retryMs: () => retryMs,
    leave: async () => {
      await events.return();
    },
  };
}
