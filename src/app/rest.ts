import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";

const LOOK_EVERY_MS = 5_000;
/** Less than this of a core, of which looks at other processes take up to 0.1: nobody is here but our own timers. */
const REST_CORES = 0.15;
/** A collection takes some 80 ms: not for less than this. */
const WORTH_BYTES = 6_000_000;
/** A first start, which loads the demo's data, may have work for so long. */
const START_LOOKS = 3;
/** Ten minutes: so long a house that had work stays ready for more (docs/why/039). */
const WARM_LOOKS = 120;

/** What a look sees: CPU since the last one, in µs, and the memory that V8 holds, in bytes. */
interface Seen {
  readonly cpuMicros: number;
  readonly heapBytes: number;
}

/**
 * Gives memory back while nobody is here (docs/why/035). Node keeps the room that a crowd or its own start needed, some
 * 70 MB, until something asks for a collection with all that belongs to it. Returns how to end it.
 */
export function giveMemoryBackAtRest(): () => void {
  let cpu = process.cpuUsage();
  function see(): Seen {
    const { user, system } = process.cpuUsage(cpu);
    cpu = process.cpuUsage();
    return { cpuMicros: user + system, heapBytes: process.memoryUsage().heapTotal };
  }
  const timer = setInterval(makeLook(see, collector()), LOOK_EVERY_MS);
  timer.unref();
  return () => clearInterval(timer);
}

/**
 * One look, every LOOK_EVERY_MS. The collection takes with it the shapes of all objects that are not there just then,
 * and so the code that V8 has compiled for them; a house that has had work keeps them for a while, as the next crowd
 * would wait for them to be made again. What the first looks see is the start, which is no work.
 */
export function makeLook(see: () => Seen, collect: () => void): () => void {
  let startLooks = START_LOOKS;
  let warmLooks = 0;
  let kept = 0;
  return () => {
    startLooks -= 1;
    const { cpuMicros, heapBytes } = see();
    if (cpuMicros >= REST_CORES * LOOK_EVERY_MS * 1_000) {
      if (startLooks < 0) warmLooks = WARM_LOOKS;
      return;
    }
    warmLooks = Math.max(0, warmLooks - 1);
    if (warmLooks > 0 || heapBytes < kept + WORTH_BYTES) return;
    collect();
    kept = see().heapBytes;
  };
}

/** V8's own collection, which it gives only to those who ask by a flag. */
function collector(): () => void {
  setFlagsFromString("--expose-gc");
  const collect = runInNewContext("gc") as (how: { readonly type: "major"; readonly flavor: "last-resort" }) => void;
  return () => collect({ type: "major", flavor: "last-resort" });
}
