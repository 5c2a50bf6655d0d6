import type { BoundWatch } from "#platform/http/watch/channel.ts";
import type { Watch } from "#platform/service.ts";

/** A watch with its dependencies inside. */
export function bindWatch({ of, hears }: Watch<unknown>, deps: unknown): BoundWatch {
  return { of, hears: hears.map((one) => ({ ...one, say: (event) => one.say(event, deps) })) };
}
