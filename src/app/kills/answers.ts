import type { Entry } from "./history.ts";

/** One thing that somebody wanted, with its key, from the first time it was asked to the last word about it. */
export interface Wish {
  readonly op: string;
  readonly key: string;
  readonly client: string;
  /** When nobody knew whether it had been done; each time. */
  readonly doubts: readonly number[];
  /** The last word; undefined: nobody was ever told. */
  readonly word?: Entry;
}

/** All that was told so far. */
export interface Answers {
  /** Takes in more of the history. @returns where it contradicts itself. */
  take(entries: readonly Entry[]): string[];
  readonly entries: readonly Entry[];
  readonly wishes: ReadonlyMap<string, Wish>;
}

/** What must be the same each time that one key is answered (H8). */
const SAME = ["orderId", "orderNo", "payable", "paymentId", "attemptId", "amount", "accountId"] as const;

export function gatherAnswers(): Answers {
  const entries: Entry[] = [];
  const wishes = new Map<string, Wish>();
  function takeOne(entry: Entry): string[] {
    const { op, key, client, type } = entry;
    const id = `${op} ${key}`;
    const wish = wishes.get(id) ?? { op, key, client, doubts: [] };
    if (type === "invoke") wishes.set(id, wish);
    if (type === "unknown") wishes.set(id, { ...wish, doubts: [...wish.doubts, entry.at] });
    if (type !== "ok" && type !== "fail") return [];
    entries.push(entry);
    wishes.set(id, { ...wish, word: entry });
    const before = wish.word;
    if (before?.type !== "ok" || type !== "ok") return [];
    return SAME.filter((name) => before.value[name] !== entry.value[name]).map(
      (name) => `told twice: ${id} has ${name} ${before.value[name]}, and then ${entry.value[name]}`,
    );
  }
  return { take: (more) => more.flatMap(takeOne), entries, wishes };
}

/** What can be asked any number of times, or has no key: nothing is in doubt about it. */
export function isCommand({ op }: Pick<Wish, "op">): boolean {
  return !/^(get|list)|^logIn$/.test(op);
}
