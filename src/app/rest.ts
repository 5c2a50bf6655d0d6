import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";

const LOOK_EVERY_MS = 5_000;
/** Less than this of a core: nobody is here but our own timers. */
const REST_CORES = 0.1;
/** A collection takes some 80 ms: not for less than this. */
const WORTH_BYTES = 6_000_000;

type Collect = (how: { readonly type: "major"; readonly flavor: "last-resort" }) => void;

/**
 * Gives memory back while nobody is here (docs/why/035). Node keeps the room that a crowd or its own start needed, some
 * 70 MB, until something asks for a collection with all that belongs to it. Returns how to end it.
 */
export function giveMemoryBackAtRest(): () => void {
  const collect = collector();
  let cpu = process.cpuUsage();
  let kept = 0;
  const timer = setInterval(() => {
    const { user, system } = process.cpuUsage(cpu);
    cpu = process.cpuUsage();
    const isAtRest = user + system < REST_CORES * LOOK_EVERY_MS * 1_000;
    if (!isAtRest || process.memoryUsage().heapTotal < kept + WORTH_BYTES) return;
    collect({ type: "major", flavor: "last-resort" });
    kept = process.memoryUsage().heapTotal;
  }, LOOK_EVERY_MS);
  timer.unref();
  return () => clearInterval(timer);
}

/** V8's own collection, which it gives only to those who ask by a flag. */
function collector(): Collect {
  setFlagsFromString("--expose-gc");
  return runInNewContext("gc") as Collect;
}
