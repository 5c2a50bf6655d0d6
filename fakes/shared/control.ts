import type { Clock } from "./clock.ts";
import type { Faults } from "./faults.ts";
import { renderHomePage } from "./html.ts";
import { decodeSegment, html, json, parseObject, type Reply } from "./serve.ts";
import type { Truth } from "./truth.ts";

/** How often each operation was asked for, faults included. */
export type Calls = {
  count(operation: string): void;
  counts(): Record<string, number>;
  clear(): void;
};

/** Counts requests per operation; every known operation is listed, so that a test can compare with zero. */
export function createCalls(operations: readonly string[]): Calls {
  const counts = new Map<string, number>();
  const clear = () => {
    for (const operation of operations) counts.set(operation, 0);
  };
  clear();
  return {
    count: (operation) => void counts.set(operation, (counts.get(operation) ?? 0) + 1),
    counts: () => Object.fromEntries(counts),
    clear,
  };
}

export type Controlled = { clock: Clock; faults: Faults; truth: Truth; calls: Calls; reset(): void };

/**
 * The levers under /fake that both gateways share: faults, truth, calls, clock, reset. They exist for tests and benches
 * only and ask for no key. Undefined means that the path is not one of them.
 */
export function controlReply(call: { method: string; path: string; query: string; body: string }, on: Controlled) {
  const route = `${call.method} ${call.path}`;
  switch (route) {
    case "GET /":
      return html(200, renderHomePage());
    case "GET /fake/truth":
      return json(200, on.truth.totals({ rows: call.query !== "rows=false" }));
    case "GET /fake/calls":
      return json(200, on.calls.counts());
    case "GET /fake/faults":
      return json(200, on.faults.list());
    case "POST /fake/faults":
      return orderFault(call.body, on.faults);
    case "DELETE /fake/faults":
      on.faults.clear();
      return json(200, []);
    case "POST /fake/reset":
      on.reset();
      return json(200, { reset: true });
    case "POST /fake/clock":
      return turnClock(call.body, on.clock);
    case "GET /fake/clock":
      return json(200, { now: new Date(on.clock.now()).toISOString() });
  }
  if (call.method === "GET" && call.path.startsWith("/fake/truth/")) {
    return json(200, on.truth.of(decodeSegment(call.path.slice("/fake/truth/".length))));
  }
  return undefined;
}

function orderFault(body: string, faults: Faults): Reply {
  const fault = faults.order(parseObject(body) ?? {});
  return "wrong" in fault ? wrongRequest(fault.wrong) : json(200, fault);
}

function turnClock(body: string, clock: Clock): Reply {
  const advanceMs = parseObject(body)?.advanceMs;
  if (!Number.isSafeInteger(advanceMs) || (advanceMs as number) < 0) return wrongRequest("advanceMs is milliseconds");
  clock.advance(advanceMs as number);
  return json(200, { now: new Date(clock.now()).toISOString() });
}

/** The answer to a lever that was pulled the wrong way. */
export function wrongRequest(message: string): Reply {
  return json(400, { code: "FAKE_WRONG_REQUEST", message });
}
