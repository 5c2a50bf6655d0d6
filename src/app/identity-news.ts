import { sessionRevoked, signingKeyChanged } from "#contracts/identity/events.ts";
import { listRevokedSessions, listVerificationKeys } from "#contracts/identity/keys.ts";
import { isRefusal } from "#platform/core/decision.ts";
import type { Call, Caller } from "#platform/core/operation.ts";
import { type Clock, epochMs, type Instant, instant } from "#platform/core/time.ts";
import type { Feed } from "#platform/facts/feed.ts";
import { startTail } from "#platform/facts/tail.ts";
import type { Verifiers } from "#platform/http/access.ts";
import { makeTokenVerifier } from "#platform/http/token.ts";
import { monotonicMs } from "./clock.ts";
import type { World } from "./compose.ts";
import type { Config } from "./config.ts";
import { startLoop } from "./loop.ts";
import { allServices } from "./services.ts";

export interface NewsParts {
  readonly config: Config;
  readonly call: Call;
  /** Events of identity, where the bus brings them. */
  readonly feed?: Feed | undefined;
  readonly world: Pick<World, "clock" | "log" | "wait">;
}

/** What this process knows of the keys that sign tokens, and of the sessions that are over. */
export interface IdentityNews extends Pick<Verifiers, "verifyToken" | "isRevoked"> {
  /** For readiness: whether there is anything to check tokens with. */
  check(): true | string;
  stop(): Promise<void>;
}

/** Where identity runs elsewhere it is asked this often: a logout takes effect within a second everywhere (A4). */
const ASK_EVERY_MS = 250;
/** Short, so that a process of identity which does not answer is left for another one at the next turn. */
const ASK_TIMEOUT_MS = 600;
/** Everything is read anew now and then, whatever was heard. */
const WHOLE_EVERY_MS = 30_000;
/** What one process of identity remembers of the clock of another, and a commit on its way. */
const OVERLAP_MS = 10_000;

const asDoor: Caller = {
  kind: "service",
  id: "door",
  roles: [],
  traceparent: "00-00000000000000000000000000000001-0000000000000001-01",
  locale: "ko",
};

/**
 * Hears identity: by its events where they can be had, and by asking where it runs in another process. While it cannot
 * be reached, tokens go on being checked with the keys that are known; the list of ended sessions is believed for
 * REVOCATION_AGE_MAX_MS and not longer.
 */
export async function hearIdentity({ config, call, feed, world }: NewsParts): Promise<IdentityNews> {
  const { log } = world;
  const known = makeKnowledge(config, call, world.clock);
  const isHere = config.services.some(({ name }) => name === "identity");
  // The tail is there before the list is read, so nothing falls between them.
  const tail = feed && startTail(feed, known.hear, log);
  let heardAtMs: number | undefined;
  let wholeAtMs = monotonicMs();
  let isLost = false;

  async function ask(): Promise<void> {
    const askedAtMs = monotonicMs();
    const isWhole = heardAtMs === undefined || askedAtMs - wholeAtMs >= WHOLE_EVERY_MS;
    await known.ask(isWhole, isHere ? asDoor : { ...asDoor, answerByMs: askedAtMs + ASK_TIMEOUT_MS });
    heardAtMs = askedAtMs;
    if (isWhole) wholeAtMs = askedAtMs;
    if (isLost) log.info({ code: "identity.heard_again" });
    isLost = false;
  }
  /** Told once and not at every turn: it may be long. */
  function lost(error: unknown): void {
    if (!isLost) log.warn({ code: "identity.not_heard", error });
    isLost = true;
  }

  if (isHere) await ask();
  else await ask().catch(lost);
  const everyMs = isHere ? WHOLE_EVERY_MS : ASK_EVERY_MS;
  const loop = startLoop({ ...world, name: "identity-news", everyMs }, () => ask().catch(lost));

  const isStale = () =>
    heardAtMs === undefined || (!isHere && monotonicMs() - heardAtMs > config.platform.revocationAgeMaxMs);
  return {
    verifyToken: (token) => (isStale() ? "unknown" : known.verify(token)),
    isRevoked: known.isRevoked,
    check: () => heardAtMs !== undefined || "identity has not answered yet",
    async stop() {
      tail?.close();
      await loop();
    },
  };
}

/** The keys and the ended sessions, and how they are brought up to date. */
function makeKnowledge(config: Config, call: Call, clock: Clock) {
  const identity = allServices.find(({ name }) => name === "identity");
  if (!identity) throw new Error("there is no identity");
  const names = config.of(identity) as { tokenIssuer: string; tokenAudience: string; accessTokenSeconds: number };
  const verifier = makeTokenVerifier({ issuer: names.tokenIssuer, audience: names.tokenAudience, clock });
  const revoked = new Map<string, number>();
  let knownKeys = "";
  let newest: string | undefined;

  async function readKeys(caller: Caller): Promise<void> {
    const answer = await call(listVerificationKeys, {}, caller);
    // Keys that are set anew are checked anew with every token, so only those that have changed are.
    if (isRefusal(answer) || JSON.stringify(answer.keys) === knownKeys) return;
    knownKeys = JSON.stringify(answer.keys);
    verifier.setKeys(answer.keys);
  }

  async function readRevoked(caller: Caller, endingAfter: Instant | undefined): Promise<void> {
    const since = endingAfter === undefined ? {} : { endingAfter };
    let cursor: string | undefined;
    do {
      const answer = await call(listRevokedSessions, { ...since, ...(cursor ? { cursor } : {}) }, caller);
      if (isRefusal(answer)) return;
      for (const { sessionId, until } of answer.sessions) {
        revoked.set(sessionId, Date.parse(until));
        if (newest === undefined || until > newest) newest = until;
      }
      cursor = answer.nextCursor;
    } while (cursor !== undefined);
  }

  /** What no token can name any more is not kept. */
  function forget(): void {
    const now = epochMs(clock.now());
    for (const [sessionId, until] of revoked) if (until < now) revoked.delete(sessionId);
  }

  return {
    verify: (token: string) => verifier.verify(token),
    isRevoked: (sessionId: string) => revoked.has(sessionId),
    async ask(isWhole: boolean, caller: Caller): Promise<void> {
      const since = isWhole || newest === undefined ? undefined : instant(Date.parse(newest) - OVERLAP_MS);
      await Promise.all([readKeys(caller), readRevoked(caller, since)]);
      if (isWhole) forget();
    },
    hear(event: { readonly type: string; readonly data: unknown }): void {
      // A key that cannot be read now is read at the next turn.
      if (event.type === signingKeyChanged.type) void readKeys(asDoor).catch(() => undefined);
      if (event.type !== sessionRevoked.type) return;
      const { sessionId } = event.data as { sessionId: string };
      revoked.set(sessionId, epochMs(clock.now()) + names.accessTokenSeconds * 1000);
    },
  };
}
