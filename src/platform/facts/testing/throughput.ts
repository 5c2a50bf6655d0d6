import { randomBytes } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startEmbedded } from "#platform/db/embedded.ts";
import { startApp } from "#platform/testing/app.ts";
import { submitChange } from "../batcher.ts";
import { startChild } from "./children.ts";
import { count, tally } from "./tally.ts";

/**
 * Prints what the batcher does, on a durable cluster of its own: commands/s of one process at 1, 16 and 64 callers, on
 * one row and on many, with one, two and three commits under way; then of two processes on the same rows. Run by hand:
 * `node src/platform/facts/testing/throughput.ts [seconds per figure]`.
 */
const seconds = Number(process.argv[2] ?? "1");
const folder = await mkdtemp(join(tmpdir(), "madang-throughput-"));
const server = await startEmbedded({ folder, secret: () => randomBytes(32).toString("base64url"), log: () => {} });
process.env.MADANG_TEST_DATABASE_URL = server.url;

async function measure(inFlightMax: number, callers: number, isHot: boolean): Promise<string> {
  const app = await startApp({ services: [tally], batch: { inFlightMax } });
  const batcher = app.app.runtimes.get("tally")?.batcher;
  if (!batcher) throw new Error("no tally");
  let done = 0;
  const waits: number[] = [];
  const end = performance.now() + seconds * 1_000;
  const cpu = process.cpuUsage();
  await Promise.all(
    Array.from({ length: callers }, async (_, caller) => {
      for (let n = 0; performance.now() < end; n++) {
        const from = performance.now();
        await submitChange(batcher, count(isHot ? "hot" : `r-${caller}-${n % 50}`, 1, { id: `${caller}-${n}` }));
        waits.push(performance.now() - from);
        done += 1;
      }
    }),
  );
  const { user, system } = process.cpuUsage(cpu);
  await app.close();
  waits.sort((a, b) => a - b);
  const p = (share: number) => (waits[Math.floor(waits.length * share)] ?? 0).toFixed(1).padStart(6);
  const rate = String(Math.round(done / seconds)).padStart(7);
  const cpuUs = String(Math.round((user + system) / done)).padStart(5);
  return `${rate}/s  p50 ${p(0.5)} ms  p99 ${p(0.99)} ms  ${cpuUs} µs CPU each`;
}

async function measureTwo(streams: readonly string[]): Promise<string> {
  const app = await startApp({ services: [tally] });
  const writes = { callers: 32, each: 1_000_000, streams };
  const two = await Promise.all(["a", "b"].map((name) => startChild({ name, url: app.database.url, writes })));
  await new Promise((resolve) => setTimeout(resolve, seconds * 1_000));
  const rates = (await Promise.all(two.map((one) => one.stop()))).map((acked) => Math.round(acked / seconds));
  await app.close();
  return `${rates.join("/s + ")}/s`;
}

const keep = await startApp({ services: [tally] });
await measure(2, 64, true);
for (const isHot of [true, false]) {
  for (const callers of [1, 16, 64]) {
    for (const inFlightMax of [1, 2, 3]) {
      const figures = await measure(inFlightMax, callers, isHot);
      console.log(
        `${isHot ? "one row  " : "many rows"} ${String(callers).padStart(2)} callers, ${inFlightMax} in flight: ${figures}`,
      );
    }
  }
}
console.log(`two processes, one row:   ${await measureTwo(["hot"])}`);
console.log(`two processes, own rows:  ${await measureTwo([])}`);
await keep.close();
await server.stop();
await rm(folder, { recursive: true, force: true });
