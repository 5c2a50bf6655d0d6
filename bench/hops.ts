import { resolve } from "node:path";
import { serviceNames } from "#app/bus.ts";
import { machineNow, monotonicMs } from "#app/clock.ts";
import { DEMO_PEOPLE } from "#app/demo/people.ts";
import { serviceTokens } from "#app/service-keys.ts";
import { allServices } from "#app/services.ts";
import { readStoreSnapshot } from "#contracts/store/operations.ts";
import { createRemoteCall } from "#platform/http/client.ts";
import { startApp } from "#platform/testing/app.ts";
import { service } from "#platform/testing/people.ts";
import { startChild } from "./rig/child.ts";
import { openClient } from "./rig/client.ts";
import { cpuOf } from "./rig/cpu.ts";
import { type House, startHouse } from "./rig/house.ts";
import { openMarket } from "./rig/market.ts";
import { type Placed, splitUp } from "./rig/parts.ts";
import type { Figures } from "./run.ts";

const HELLO = resolve(import.meta.dirname, "rig/hello.ts");
const REQUESTS = 10_000;
const AT_ONCE = 8;
const TURNS = 2;
const quiet = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };

/**
 * What a request costs more, in µs of CPU of all processes together, because it goes through an edge to the service or
 * from one service to another one. The yardstick is the whole of a request to Fastify's hello.
 */
export async function hops(): Promise<Figures> {
  const house = await startHouse();
  const hello = startChild(HELLO, [], process.env);
  try {
    const [helloUrl] = await hello.line(/^http:.*$/);
    const helloCost = await inTurns({ one: asking(helloUrl, "/") }, { hello: () => cpuOf.process(hello.pid) });
    const groups = [
      { services: serviceNames, calledFor: serviceNames.filter((name) => name !== "store") },
      { services: ["store"] },
    ];
    const { parts, edge, secret } = await splitUp(house, groups, {});
    const store = parts[1] as Placed;
    const market = await openMarket(edge.url);
    const token = await market.logIn(DEMO_PEOPLE.goods.email);
    const storeId = await market.store("흙과불");
    market.close();
    const processes = {
      edge: () => cpuOf.process(edge.pid),
      store: () => cpuOf.process(store.pid),
      postgres: () => cpuOf.family(house.postmaster()),
    };
    const throughEdge = async (path: string) => {
      const ways = { direct: asking(store.url, path, token), through: asking(edge.url, path, token) };
      const { direct, through } = await inTurns(ways, processes);
      return { direct, through, hopUs: sum(through) - sum(direct) };
    };
    const edgeToService = { remembered: await throughEdge("/categories"), read: await throughEdge("/my/stores") };
    const serviceToService = await betweenServices({ house, store, secret, storeId }, processes);
    const found = { edgeToService, serviceToService };
    console.error(JSON.stringify(found));
    const helloUs = sum(helloCost.one);
    const ratio = Math.round((100 * edgeToService.remembered.hopUs) / helloUs) / 100;
    return { ...found, yardstick: { helloUs }, ratio };
  } finally {
    await hello.stop();
    await house.stop();
  }
}

type Cpu = Readonly<Record<string, () => number | undefined>>;
/** CPU in µs of each process, for one request. */
type Cost = Readonly<Record<string, number>>;
type Way = (requests: number) => Promise<void>;

const sum = (cost: Cost | undefined) => Object.values(cost ?? {}).reduce((all, one) => all + one, 0);

/** Each way in turns, so that a busy machine is as busy for all of them. */
async function inTurns<Name extends string>(ways: Record<Name, Way>, cpu: Cpu): Promise<Record<Name, Cost>> {
  const names = Object.keys(ways) as Name[];
  const spentMs = new Map(names.map((name) => [name, new Map<string, number>()]));
  for (const name of names) await ways[name](REQUESTS / 4);
  for (let turn = 0; turn < TURNS; turn++) {
    for (const [name, spent] of spentMs) {
      const before = Object.entries(cpu).map(([process, read]) => [process, read() ?? Number.NaN] as const);
      await ways[name](REQUESTS);
      for (const [process, ms] of before) {
        spent.set(process, (spent.get(process) ?? 0) + (cpu[process]?.() ?? Number.NaN) - ms);
      }
    }
  }
  const eachUs = (ms: number) => Math.round((1_000 * ms) / REQUESTS / TURNS);
  const costOf = (spent: ReadonlyMap<string, number>) =>
    Object.fromEntries([...spent].map(([process, ms]) => [process, eachUs(ms)]));
  const costs = [...spentMs].map(([name, spent]) => [name, costOf(spent)]);
  return Object.fromEntries(costs) as Record<Name, Cost>;
}

/** Asks for a page over some connections. What the asking costs is nobody's here. */
function asking(url: string, path: string, token?: string): Way {
  return async (requests) => {
    let left = requests;
    const ask = async () => {
      const client = await openClient(url);
      while (left-- > 0) {
        const { status, text } = await client.request("GET", path, token === undefined ? {} : { token });
        if (status !== 200) throw new Error(`${path}: ${status} ${text}`);
      }
      client.close();
    };
    await Promise.all(Array.from({ length: AT_ONCE }, ask));
  };
}

interface Between {
  readonly house: House;
  readonly store: Placed;
  readonly secret: string;
  readonly storeId: string;
}

/** The same operation called in this process and in the store's. This process is the caller, so its CPU counts. */
async function betweenServices({ house, store, secret, storeId }: Between, others: Cpu) {
  const here = allServices.filter(({ name }) => name === "store");
  const app = await startApp({ services: here, database: { url: house.databaseUrl } });
  const clock = { now: machineNow };
  const address = { url: store.url, watch: () => () => {} };
  const remote = createRemoteCall({
    addressesOf: () => ({ pick: () => address, told: () => {} }),
    serviceToken: serviceTokens(secret, serviceNames, [], clock).sign,
    ...{ timeoutMs: 5_000, monotonicMs, nowMs: Date.now, log: quiet },
  });
  const calling =
    (call: typeof remote.call): Way =>
    async (requests) => {
      let left = requests;
      const repeat = async () => {
        while (left-- > 0) await call(readStoreSnapshot, { storeId }, service("catalog"));
      };
      await Promise.all(Array.from({ length: AT_ONCE }, repeat));
    };
  const ownMs = () => {
    const { user, system } = process.cpuUsage();
    return (user + system) / 1_000;
  };
  try {
    const ways = { direct: calling(app.app.call), called: calling(remote.call) };
    const { store: storeCpu, postgres } = others as Record<string, () => number | undefined>;
    const { direct, called } = await inTurns(ways, {
      caller: ownMs,
      ...(storeCpu && postgres ? { store: storeCpu, postgres } : {}),
    });
    return { direct, called, hopUs: sum(called) - sum(direct) };
  } finally {
    await remote.close();
    await app.close();
  }
}
