import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { startChild } from "./child.ts";
import type { House } from "./house.ts";
import { type Market, openMarket } from "./market.ts";

const HELLO = resolve(import.meta.dirname, "hello.ts");
const LOAD = resolve(import.meta.dirname, "http-load.ts");
const TURNS = 3;
const SECONDS = 4;

export interface Load {
  readonly perSecond: number;
  readonly p99: number;
  readonly wrong: number;
}

async function load(url: string, seconds: number): Promise<Load> {
  const child = startChild(LOAD, [url, `${seconds}`], process.env);
  try {
    return JSON.parse((await child.line(/^\{.*\}$/, 1000 * seconds + 30_000))[0]) as Load;
  } finally {
    await child.stop();
  }
}

/** A page of ours and Fastify's hello in turns, with the same tool, so that a busy machine is as busy for both. */
export async function readsAgainstHello(url: string) {
  const hello = startChild(HELLO, [], process.env);
  try {
    const [helloUrl] = await hello.line(/^http:.*$/);
    await Promise.all([load(url, 1), load(helloUrl, 1)]);
    const [ours, theirs]: [Load[], Load[]] = [[], []];
    for (let turn = 0; turn < TURNS; turn++) {
      theirs.push(await load(helloUrl, SECONDS));
      ours.push(await load(url, SECONDS));
    }
    const [perSecond, helloPerSecond] = [mean(ours), mean(theirs)];
    const wrong = ours.reduce((sum, one) => sum + one.wrong, 0);
    const ratio = Math.round((1000 * perSecond) / helloPerSecond) / 1000;
    const p99 = Math.max(...ours.map((one) => one.p99));
    return { perSecond, p99, wrong, yardstick: { hello: helloPerSecond }, ratio };
  } finally {
    await hello.stop();
  }
}

function mean(loads: readonly Load[]): number {
  return Math.round(loads.reduce((sum, one) => sum + one.perSecond, 0) / loads.length);
}

/**
 * How long after a change the page shows it, in ms, while it is being read all the time: at most 1,000 are allowed.
 * `change` gives the text that the page must then hold.
 */
export async function freshness(
  house: House,
  path: string,
  change: (market: Market, n: number) => Promise<string>,
): Promise<number> {
  const market = await openMarket(house.url);
  try {
    let worstMs = 0;
    for (let n = 0; n < 5; n++) {
      await market.client.request("GET", path);
      const wanted = await change(market, n);
      const changedAt = performance.now();
      while (!(await market.client.request("GET", path)).text.includes(wanted)) {
        if (performance.now() - changedAt > 5_000) throw new Error(`${path} does not show ${wanted}`);
      }
      worstMs = Math.max(worstMs, performance.now() - changedAt);
    }
    return Math.round(worstMs);
  } finally {
    market.close();
  }
}

/** Resident memory of a process, in MB; undefined without /proc. */
export function residentMb(pid: number): number | undefined {
  if (process.platform !== "linux") return undefined;
  const kb = /VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1];
  return kb === undefined ? undefined : Math.round(Number(kb) / 1024);
}
