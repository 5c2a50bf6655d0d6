import type { Feed } from "#platform/facts/feed.ts";
import type { Runtime } from "#platform/facts/runtime.ts";
import { Busy } from "#platform/http/problem.ts";
import type { BoundWatch } from "#platform/http/watch/channel.ts";
import type { Watch } from "#platform/service.ts";
import type { World } from "./compose.ts";

/** What the service of a watch runs on. */
export interface Grounds {
  readonly service: { readonly name: string };
  readonly runtime: Runtime;
  readonly deps: unknown;
  readonly feeds: ReadonlyMap<string, Feed>;
}

const LOOK_MS = 5;
/** A view that is further behind than this is not a state to begin with. */
const WITHIN_MS = 2_000;

/** A watch with its dependencies inside, and able to wait for the views that its state is read from. */
export function bindWatch(
  watch: Watch<unknown>,
  { service, runtime, deps, feeds }: Grounds,
  { wait }: World,
): BoundWatch {
  const source = watch.hears[0]?.on.service;
  const views = new Set(watch.reads?.map(({ name }) => `${service.name}/${name}`));
  function isBehind(position: number): boolean {
    const head = (source && feeds.get(source)?.head()) || 0;
    return runtime
      .consumers()
      .some((one) => views.has(one.name) && one.source === source && head - one.lag() < position);
  }
  return {
    of: watch.of,
    hears: watch.hears.map(({ on, of, say }) => ({ on, of, say: (event) => say(event, deps) })),
    async caughtUp(position) {
      for (let waitedMs = 0; isBehind(position); waitedMs += LOOK_MS) {
        if (waitedMs >= WITHIN_MS) throw new Busy(`views of ${source}`);
        await wait(LOOK_MS);
      }
    },
  };
}
