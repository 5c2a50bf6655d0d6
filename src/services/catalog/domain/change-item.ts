import { type Refusal, reject } from "#platform/core/decision.ts";
import { type ContentCode, contentFault, type GivenGroup, idFault } from "./content.ts";
import type { Content, Item, ItemStatus } from "./item.ts";

/** Where an item may go from where it stands (C3). DISCONTINUED is the end. */
const nextStatuses: Readonly<Record<ItemStatus, readonly ItemStatus[]>> = {
  ON_SALE: ["PAUSED", "SOLD_OUT", "HIDDEN", "DISCONTINUED"],
  PAUSED: ["ON_SALE", "SOLD_OUT", "HIDDEN", "DISCONTINUED"],
  SOLD_OUT: ["ON_SALE", "PAUSED", "HIDDEN", "DISCONTINUED"],
  HIDDEN: ["ON_SALE", "PAUSED", "DISCONTINUED"],
  DISCONTINUED: [],
};

type Seen = { readonly version: number };

/** The item with its content replaced. Whoever saw an older version is refused, so that nobody's edit is lost (C1). */
export function editItem(
  item: Item,
  { version, content, given }: Seen & { readonly content: Content; readonly given: readonly GivenGroup[] },
): Item | Refusal<ContentCode | "item.version_conflict" | "item.wrong_state"> {
  if (item.version !== version) return reject("item.version_conflict", { version: item.version });
  if (item.status === "DISCONTINUED") return reject("item.wrong_state", { status: item.status });
  const fault = idFault(given, item) ?? contentFault(item.kind, content);
  return fault ?? { ...item, ...content, version: item.version + 1 };
}

export function moveItem(
  item: Item,
  { version, status }: Seen & { readonly status: ItemStatus },
): Item | Refusal<"item.version_conflict" | "item.wrong_state"> {
  if (item.version !== version) return reject("item.version_conflict", { version: item.version });
  if (!nextStatuses[item.status].includes(status)) return reject("item.wrong_state", { status: item.status });
  return { ...item, status, version: item.version + 1 };
}
