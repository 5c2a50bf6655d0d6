import { assert } from "#platform/core/assert.ts";
import { isRefusal, type Refusal, reject } from "#platform/core/decision.ts";
import type { Caller } from "#platform/core/operation.ts";
import { accept, type CommandRefusal } from "#platform/facts/change.ts";
import type { CatalogDeps } from "../deps.ts";
import type { Item, ItemFactType } from "../domain/item.ts";

/** Changes an item in the name of its seller. Anybody else's is not found, so that nobody can probe for ids. */
export async function changeOwnItem<Code extends string>(
  deps: CatalogDeps,
  caller: Caller,
  change: {
    readonly itemId: string;
    readonly fact: ItemFactType;
    readonly decide: (item: Item) => Item | Refusal<Code>;
  },
): Promise<ReturnType<typeof ownItem> | Refusal<Code | "item.not_found" | CommandRefusal>> {
  const { itemId, fact, decide } = change;
  const outcome = await deps.records.change<Code | "item.not_found">({
    ...commandOf(caller),
    keys: [itemId],
    decide: (rows) => {
      const item = rows.get<Item>(itemId);
      if (item === undefined || item.sellerId !== caller.id) return reject("item.not_found");
      const changed = decide(item);
      if (isRefusal(changed)) return changed;
      return accept({ stream: itemId, type: fact, data: { item: changed } });
    },
  });
  if (isRefusal(outcome)) return outcome;
  const item = outcome.rows.get<Item>(outcome.stream);
  assert(item, "a changed item has a row");
  return ownItem(item);
}

/** The item as its seller sees it. */
export function ownItem({ sellerId: _, ...item }: Item) {
  return item;
}

/** What every change of a caller carries. */
export function commandOf(caller: Caller) {
  return {
    traceparent: caller.traceparent,
    ...(caller.command ? { command: caller.command } : {}),
    ...(caller.id === undefined ? {} : { actor: caller.id }),
  };
}
