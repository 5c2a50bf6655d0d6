import { startHouse } from "./rig/house.ts";
import { residentMb } from "./rig/reads.ts";
import type { Figures } from "./run.ts";

const STARTS = 3;
/** Longer than the house takes to see that nobody is here (src/app/rest.ts). */
const REST_MS = 15_000;

/** From the command to ready, with the data there: database, migrations, services, door. Its limit is a time, 3 s. */
export async function coldstart(): Promise<Figures> {
  const house = await startHouse();
  try {
    const readyMs: number[] = [];
    for (let start = 0; start < STARTS; start++) {
      readyMs.push(Math.round(await house.restart()));
      const { status } = await fetch(`${house.url}/health/ready`);
      if (status !== 200) throw new Error(`not ready: ${status}`);
    }
    await new Promise((resolve) => setTimeout(resolve, REST_MS));
    const memoryAtRestMb = residentMb(house.server.pid);
    const worstMs = Math.max(...readyMs);
    return {
      readyMs,
      memoryAtRestMb,
      yardstick: { limitMs: 3_000 },
      ratio: Math.round((1000 * worstMs) / 3_000) / 1000,
    };
  } finally {
    await house.stop();
  }
}
