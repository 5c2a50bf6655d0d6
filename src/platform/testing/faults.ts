import type { Boundary, Point } from "#platform/facts/boundary.ts";

/** What can go wrong at a boundary, one at a time. */
export type Fault =
  /** The process dies before anything happens, or when all has happened and nobody has been told. */
  | "crash-before"
  | "crash-after"
  /** It happens, and the caller gets a technical error. */
  | "lost"
  /** It happens twice; the caller gets the second answer. */
  | "twice"
  /** The caller gets a technical error at once, and only then it happens (work: it happens when its lease is over). */
  | "late"
  /** It happens after a deadline has passed, and the caller is told: the payment's, or the one of the holds. */
  | "past-deadline"
  | "past-holds";

export const faultsOf: Readonly<Record<Point["kind"], readonly Fault[]>> = {
  commit: ["crash-before", "crash-after", "lost", "twice", "late"],
  call: ["crash-before", "crash-after", "lost", "twice", "late", "past-deadline"],
  gateway: ["crash-before", "crash-after", "lost", "twice", "late", "past-deadline", "past-holds"],
  deliver: ["crash-before", "crash-after", "lost", "twice", "late", "past-deadline"],
  work: ["crash-before", "crash-after", "lost", "twice", "late", "past-deadline"],
};

/** The n-th crossing (from 1) of a boundary: `commit order` the 3rd. */
export interface Place extends Point {
  readonly occurrence: number;
}

/** What an ordered fault may do to the world. */
export interface Hand {
  /** The process that crosses dies: its connections are cut and nothing in it goes on. */
  crash(): void;
  /** What a caller gets whose answer was lost or came too late: a value, or it throws. */
  lose(point: Point, why: "lost" | "late"): unknown;
  /** Returns when the deadline has passed: for `late`, when whoever got the error has had time to try again. */
  outlast(point: Point, fault: "late" | "past-deadline" | "past-holds"): Promise<void>;
}

/** A boundary that knows what crossed it, and breaks once where it was told to. */
export interface FaultLine {
  readonly boundary: Boundary;
  /** Everything that crossed, in order. */
  readonly crossings: readonly Place[];
  hasStruck(): boolean;
  /** Effects that are still to come, after their caller was told of an error. */
  pending(): number;
}

const never = new Promise<never>(() => {});

/** The name of a boundary without its number: what coverage is about. */
export function labelOf({ kind, name }: Point): string {
  return `${kind} ${name}`;
}

/**
 * Counts every crossing of every boundary, and plays one fault at one of them, once, however often the process is
 * started anew meanwhile. Without a strike it only counts. `rename` takes out of a name what differs from run to run.
 */
export function createFaultLine(options: {
  readonly hand: Hand;
  readonly strike?: { readonly at: Place; readonly fault: Fault };
  readonly rename?: (name: string) => string;
}): FaultLine {
  const { hand, strike, rename = (name) => name } = options;
  const crossings: Place[] = [];
  const counts = new Map<string, number>();
  let struck = false;
  let pending = 0;

  async function play<Result>(point: Point, run: () => Promise<Result>, fault: Fault): Promise<Result> {
    switch (fault) {
      case "crash-before":
        hand.crash();
        return never;
      case "crash-after":
        await run().catch(() => undefined);
        hand.crash();
        return never;
      case "lost":
        await run();
        return hand.lose(point, "lost") as Result;
      case "twice":
        await run();
        return run();
      case "late":
        return later(point, run);
      default:
        return slowly(point, run, fault);
    }
  }

  /** A gateway has done it long ago and answers late; anything else comes late to be done. */
  async function slowly<Result>(point: Point, run: () => Promise<Result>, fault: "past-deadline" | "past-holds") {
    const answer = point.kind === "gateway" ? await run() : undefined;
    await hand.outlast(point, fault);
    return point.kind === "gateway" ? (answer as Result) : run();
  }

  /** Work has no caller to tell: it is held until its lease is over and then done by an owner who has lost it. */
  function later<Result>(point: Point, run: () => Promise<Result>): Promise<Result> {
    pending += 1;
    // What fails this late fails unheard, as it would in a process that is no longer listened to.
    const effect = hand.outlast(point, "late").then(run);
    const end = () => {
      pending -= 1;
    };
    const done = effect.then(end, end);
    if (point.kind === "work") return done.then(() => effect);
    return Promise.resolve().then(() => hand.lose(point, "late") as Result);
  }

  return {
    crossings,
    hasStruck: () => struck,
    pending: () => pending,
    boundary: (crossed, run) => {
      const point = { kind: crossed.kind, name: rename(crossed.name) };
      const label = labelOf(point);
      const occurrence = (counts.get(label) ?? 0) + 1;
      counts.set(label, occurrence);
      crossings.push({ ...point, occurrence });
      const isHere = strike && !struck && labelOf(strike.at) === label && strike.at.occurrence === occurrence;
      if (!isHere) return run();
      struck = true;
      return play(point, run, strike.fault);
    },
  };
}
