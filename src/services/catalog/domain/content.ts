import { type Refusal, reject } from "#platform/core/decision.ts";
import type { Content, Item, Kind, OptionGroup } from "./item.ts";

/** A group as the client sends it: what is new has no id yet. */
export interface GivenGroup {
  readonly optionGroupId?: string | undefined;
  readonly name: string;
  readonly min: number;
  readonly max: number;
  readonly options: readonly {
    readonly optionId?: string | undefined;
    readonly name: string;
    readonly priceDelta: number;
    readonly stocked?: boolean | undefined;
    readonly status?: "ON_SALE" | "SOLD_OUT" | "HIDDEN" | undefined;
  }[];
}

export type ContentCode =
  | "item.name_blank"
  | "item.choice_range"
  | "item.option_unknown"
  | "item.stocked_is_for_goods"
  | "item.price_below_zero";

/** The content as it is kept: names composed (NFC, as NFKC would break lone jamo), ids where there were none. */
export function contentOf(
  given: Omit<Content, "optionGroups"> & { readonly optionGroups: readonly GivenGroup[] },
  makeId: (kind: "optionGroup" | "option") => string,
): Content {
  const { name, description, category, basePrice, optionGroups } = given;
  const tidy = name.normalize("NFC").trim().replace(/\s+/g, " ");
  return { name: tidy, description, category, basePrice, optionGroups: withIds(optionGroups, makeId) };
}

/** Gives every new group and option an id, and fills what was left out. */
export function withIds(
  groups: readonly GivenGroup[],
  makeId: (kind: "optionGroup" | "option") => string,
): OptionGroup[] {
  return groups.map((group) => ({
    optionGroupId: group.optionGroupId ?? makeId("optionGroup"),
    name: group.name,
    min: group.min,
    max: group.max,
    options: group.options.map((option) => ({
      optionId: option.optionId ?? makeId("option"),
      name: option.name,
      priceDelta: option.priceDelta,
      stocked: option.stocked ?? false,
      status: option.status ?? "ON_SALE",
    })),
  }));
}

/** Why this content does not hold together, or undefined. */
export function contentFault(kind: Kind, content: Content): Refusal<ContentCode> | undefined {
  if (content.name === "") return reject("item.name_blank", { field: "name" });
  for (const [at, group] of content.optionGroups.entries()) {
    const field = `optionGroups.${at}`;
    if (group.min > group.max || group.max > group.options.length) return reject("item.choice_range", { field });
    const stocked = group.options.findIndex((option) => option.stocked);
    if (kind === "FOOD" && stocked >= 0) {
      return reject("item.stocked_is_for_goods", { field: `${field}.options.${stocked}.stocked` });
    }
  }
  return lowestPrice(content) < 0 ? reject("item.price_below_zero", { field: "basePrice" }) : undefined;
}

/**
 * An id may only name a group or an option that this item has, once, and an option stays in its group: else a seller
 * could take over the stock of somebody else's option.
 */
export function idFault(given: readonly GivenGroup[], item: Item | undefined): Refusal<ContentCode> | undefined {
  const homeOf = new Map(
    item?.optionGroups.flatMap((group) => group.options.map((one) => [one.optionId, group.optionGroupId] as const)),
  );
  const known = new Set(item?.optionGroups.map((group) => group.optionGroupId));
  const seen = new Set<string>();
  for (const [at, group] of given.entries()) {
    const ids = [group.optionGroupId, ...group.options.map((option) => option.optionId)];
    for (const [place, id] of ids.entries()) {
      if (id === undefined) continue;
      const belongs = place === 0 ? known.has(id) : homeOf.has(id) && homeOf.get(id) === group.optionGroupId;
      const field = place === 0 ? `optionGroups.${at}` : `optionGroups.${at}.options.${place - 1}`;
      if (!belongs || seen.has(id)) return reject("item.option_unknown", { field });
      seen.add(id);
    }
  }
  return undefined;
}

/** The least that a legal choice of options can cost, in won. */
function lowestPrice(content: Content): number {
  return content.optionGroups.reduce((sum, { min, max, options }) => {
    const deltas = options.map((option) => option.priceDelta).sort((a, b) => a - b);
    const cheaper = deltas.slice(0, max).filter((delta, at) => at < min || delta < 0);
    return cheaper.reduce((all, delta) => all + delta, sum);
  }, content.basePrice);
}
