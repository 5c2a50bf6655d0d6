import type { AnyService } from "#platform/service.ts";
import { startWorld, type World } from "./hand.ts";
import type { Town } from "./town.ts";

/** Worlds at once: two processors, and databases that answer while others think. */
const LANES = 4;
/** Plays in one world, one after the other, before a new one: what is checked grows with what has been played. */
const PLAYS_MAX = 12;

/** Runs all items, a few at a time, each lane in a world of its own. Where a play failed nobody plays again. */
export async function inLanes<Item>(
  on: { readonly town: Town; readonly services: readonly AnyService[] },
  items: readonly Item[],
  run: (item: Item, world: World) => Promise<boolean>,
): Promise<void> {
  let next = 0;
  async function lane(): Promise<void> {
    let world: World | undefined;
    let plays = 0;
    for (let at = next++; at < items.length; at = next++) {
      world ??= await startWorld(on.town, on.services);
      plays += 1;
      const isHealthy = await run(items[at] as Item, world);
      if (isHealthy && plays < PLAYS_MAX) continue;
      await world.close();
      world = undefined;
      plays = 0;
    }
    await world?.close();
  }
  await Promise.all(Array.from({ length: Math.min(LANES, items.length) }, lane));
}
