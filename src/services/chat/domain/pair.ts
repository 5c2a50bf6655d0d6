import { reject } from "#platform/core/decision.ts";

/** Two people who have written to each other, whatever their rooms: who of them wants no more of it. */
export interface Pair {
  readonly blockedBy: readonly string[];
}

export const PEACE: Pair = { blockedBy: [] };

/** The same for both of them. */
export function pairKey(one: string, other: string): string {
  return one < other ? `pair:${one}:${other}` : `pair:${other}:${one}`;
}

/** J4: nothing arrives of a blocked person, and who blocks does not go on talking. */
export function refusalBetween({ blockedBy }: Pair, writerId: string) {
  if (blockedBy.some((id) => id !== writerId)) return reject("chat.blocked");
  return blockedBy.includes(writerId) ? reject("chat.unblock_first") : undefined;
}

/** The pair after one of them blocks or unblocks; undefined when it is so already. */
export function setBlock(pair: Pair, blockerId: string, isBlocked: boolean): Pair | undefined {
  if (pair.blockedBy.includes(blockerId) === isBlocked) return undefined;
  const others = pair.blockedBy.filter((id) => id !== blockerId);
  return { blockedBy: isBlocked ? [...others, blockerId] : others };
}
