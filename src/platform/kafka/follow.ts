import { type EventPlace, isAfter } from "#platform/facts/envelope.ts";

/** What to do with a message, and where to read on when it is not simply behind it. */
export type Step =
  | { readonly kind: "take" }
  | { readonly kind: "skip" }
  /** An event before it is missing here: read again from this offset. */
  | { readonly kind: "back"; readonly to: number; readonly why: "stored" | "first" }
  /** It is missing in the topic: nothing of the partition is applied until it has been published again. */
  | { readonly kind: "stand"; readonly isNews: boolean };

export interface Arrived {
  readonly at: EventPlace;
  readonly previous: EventPlace;
  readonly offset: number;
}

interface Gap {
  readonly before: EventPlace;
  readonly tried: "stored" | "first" | "stands";
}

/** Follows one partition event by event. Pure but for what it remembers. */
export interface Follower {
  step(message: Arrived, stored: number, first: number): Step;
  /** The last event in order: applied, or of no concern here. */
  seen(): EventPlace;
  /** Reads again what comes after this place. */
  readAgainFrom(place: EventPlace): void;
  /** Begins anew behind a cursor that is not where it was thought to be. */
  restart(place: EventPlace): void;
  hasGap(): boolean;
}

/**
 * Each event names the one before it in its partition; one that names an event which was not seen stands behind a gap
 * (MECHANISMS.md §4). First the offset stored in the cursor's row is the truth, then the beginning of the topic. What is
 * not there either must be published again (`replay`), from where everything follows in order.
 */
export function createFollower(from: EventPlace): Follower {
  let seen = from;
  let gap: Gap | undefined;

  function standBehind(before: EventPlace, offset: number, stored: number, first: number): Step {
    if (!gap && stored < offset) {
      gap = { before, tried: "stored" };
      return { kind: "back", to: stored, why: "stored" };
    }
    if ((!gap || gap.tried === "stored") && first < Math.min(stored, offset)) {
      gap = { before: gap?.before ?? before, tried: "first" };
      return { kind: "back", to: first, why: "first" };
    }
    const isNews = gap?.tried !== "stands";
    gap = { before: gap?.before ?? before, tried: "stands" };
    return { kind: "stand", isNews };
  }

  return {
    step({ at, previous, offset }, stored, first) {
      if (!isAfter(at, seen)) return { kind: "skip" };
      if (isAfter(previous, seen)) return standBehind(at, offset, stored, first);
      seen = { position: at.position, index: at.index };
      if (gap && !isAfter(gap.before, seen)) gap = undefined;
      return { kind: "take" };
    },
    seen: () => seen,
    readAgainFrom: (place) => {
      seen = place;
    },
    restart: (place) => {
      seen = place;
      gap = undefined;
    },
    hasGap: () => gap?.tried === "stands",
  };
}
