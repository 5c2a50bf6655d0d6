/** Faults that keep the effect from happening. */
export const faultsBeforeEffect = ["fail-before", "drop-before", "hang-before", "429", "dark", "dark-hang"] as const;
/** Faults of time alone: `slow` holds the effect back as well, `slow-answer` only the answer. */
export const faultsOfTime = ["slow", "slow-answer"] as const;
/** The effect happens and the answer is lost. */
export const faultsAfterEffect = [
  "effect-then-drop",
  "effect-then-500",
  "effect-then-500-remembered",
  "effect-then-hang",
] as const;
/** The effect happens and the answer arrives spoilt. */
export const faultsOfAnswer = [
  "html",
  "empty",
  "truncated",
  "cut",
  "extra-fields",
  "nulls",
  "other-payments-answer",
  "wrong-amount",
] as const;
/** Faults of the webhook that an operation causes; its answer stays as it is. Only Toss sends webhooks. */
export const faultsOfWebhook = [
  "webhook-duplicate",
  "webhook-before-answer",
  "webhook-lost",
  "webhook-delayed",
  "webhook-out-of-order",
  "webhook-altered",
  "webhook-wrong-secret",
] as const;

export const faultKinds = [
  ...faultsBeforeEffect,
  ...faultsOfTime,
  ...faultsAfterEffect,
  ...faultsOfAnswer,
  ...faultsOfWebhook,
] as const;

export type FaultKind = (typeof faultKinds)[number] | `decline:${string}`;
export type WebhookFaultKind = (typeof faultsOfWebhook)[number];

/** One order to misbehave. `left` counts down; Infinity lasts until the faults are cleared. */
export type Fault = { operation: string; kind: FaultKind; left: number; ms?: number; orderId?: string };

export type Faults = {
  /** Adds a fault from a request body; a text says what is wrong with it. */
  order(input: Record<string, unknown>): Fault | { wrong: string };
  /** The first fault that fits, one use of it taken. */
  take(channel: "answer" | "webhook", operation: string, orderId: string | undefined): Fault | undefined;
  list(): Fault[];
  clear(): void;
};

/** Keeps the faults of one gateway; `operations` are the names it knows, "*" stands for all. */
export function createFaults(operations: readonly string[]): Faults {
  let faults: Fault[] = [];
  return {
    order(input) {
      const fault = readFault(input, operations);
      if (!("wrong" in fault)) faults.push(fault);
      return fault;
    },
    take(channel, operation, orderId) {
      if (faults.length === 0) return undefined;
      const found = faults.find(
        (fault) =>
          (fault.operation === "*" || fault.operation === operation) &&
          (fault.orderId === undefined || fault.orderId === orderId) &&
          fault.kind.startsWith("webhook-") === (channel === "webhook"),
      );
      if (found === undefined) return undefined;
      found.left -= 1;
      if (found.left <= 0) faults = faults.filter((fault) => fault !== found);
      return found;
    },
    list: () => faults,
    clear() {
      faults = [];
    },
  };
}

function readFault(input: Record<string, unknown>, operations: readonly string[]): Fault | { wrong: string } {
  const { operation = "*", kind, times = 1, ms, orderId } = input;
  if (typeof operation !== "string" || (operation !== "*" && !operations.includes(operation))) {
    return { wrong: `operation is one of ${["*", ...operations].join(", ")}` };
  }
  if (typeof kind !== "string" || !(/^decline:[A-Z0-9_-]+$/.test(kind) || faultKinds.some((known) => known === kind))) {
    return { wrong: `kind is decline:<CODE> or one of ${faultKinds.join(", ")}` };
  }
  if (times !== "forever" && !(Number.isSafeInteger(times) && (times as number) > 0)) {
    return { wrong: 'times is a whole number above 0, or "forever"' };
  }
  if (ms !== undefined && !(Number.isSafeInteger(ms) && (ms as number) >= 0)) return { wrong: "ms is milliseconds" };
  if (orderId !== undefined && typeof orderId !== "string") return { wrong: "orderId is a text" };
  return {
    operation,
    kind: kind as FaultKind,
    left: times === "forever" ? Number.POSITIVE_INFINITY : (times as number),
    ...(ms === undefined ? {} : { ms: ms as number }),
    ...(orderId === undefined ? {} : { orderId }),
  };
}
