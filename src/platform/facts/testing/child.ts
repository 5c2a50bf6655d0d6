import { setTimeout as pause } from "node:timers/promises";
import { startApp } from "#platform/testing/app.ts";
import { submitChange } from "../batcher.ts";
import type { Order, Report } from "./children.ts";
import { chores } from "./chores.ts";
import { count, echo, tally } from "./tally.ts";

/** A process of its own that writes, hears or works until it is told to stop: what children.ts starts. */
const order = JSON.parse(process.argv[2] ?? "{}") as Order;
const app = await startApp({
  services: [
    tally,
    ...(order.hears === undefined ? [] : [echo(() => {}, order.hears)]),
    ...(order.works ? [chores(order.name, () => doSlowly(order.works?.effectMs ?? 0))] : []),
  ],
  database: { url: order.url },
  ...(order.brokers === undefined ? {} : { bus: { brokers: order.brokers } }),
});
const batcher = app.app.runtimes.get("tally")?.batcher;
if (!batcher) throw new Error("no tally here");
let acked = 0;
let isStopping = false;

async function doSlowly(ms: number): Promise<void> {
  say("working");
  await pause(ms);
}

function say(what: Report["what"]): void {
  process.send?.({ what, acked } satisfies Report);
}

async function write(caller: number): Promise<void> {
  for (let n = 0; !isStopping && n < (order.writes?.each ?? 0); n++) {
    const streams = order.writes?.streams ?? [];
    const stream = streams[(n + caller) % streams.length] ?? `own-${order.name}-${caller}`;
    await submitChange(
      batcher as NonNullable<typeof batcher>,
      count(stream, 1, { id: `${order.name}-${caller}-${n}` }),
    );
    acked += 1;
  }
}

process.on("message", () => {
  isStopping = true;
});
process.on("disconnect", () => process.exit(1));
say("ready");
const writers = Array.from({ length: order.writes?.callers ?? 0 }, (_, caller) => write(caller));
if (!order.writes) await new Promise<void>((resolve) => process.once("message", () => resolve()));
await Promise.all(writers);
say("done");
if (order.writes && !isStopping) await new Promise<void>((resolve) => process.once("message", () => resolve()));
await app.close();
process.disconnect?.();
