import { type Refusal, reject } from "#platform/core/decision.ts";
import type { Fulfilment, Kind, Profile, Store } from "./store.ts";

const DAY_MINUTES = 1440;
const WEEK_MINUTES = 7 * DAY_MINUTES;
const fulfilmentsOf: Readonly<Record<Kind, readonly Fulfilment[]>> = {
  FOOD: ["DELIVERY", "PICKUP", "DINE_IN"],
  GOODS: ["PARCEL"],
};

export type ProfileCode = "store.hours_invalid" | "store.fulfilment_not_of_kind" | "store.delivery_areas_invalid";

/** Why this profile does not hold together, or undefined. What is still missing is the submission's question. */
export function profileFault(kind: Kind, profile: Profile): Refusal<ProfileCode> | undefined {
  const hours = hoursFault(profile.hours);
  if (hours !== undefined) return reject("store.hours_invalid", { field: `hours.${hours}` });
  const foreign = profile.fulfilments.findIndex((one) => !fulfilmentsOf[kind].includes(one));
  if (foreign >= 0) return reject("store.fulfilment_not_of_kind", { field: `fulfilments.${foreign}`, kind });
  const areas = profile.deliveryAreas.map((one) => one.area);
  const fault = areas.findIndex((area, at) => (area === "ALL") !== (kind === "GOODS") || areas.indexOf(area) !== at);
  if (fault >= 0) return reject("store.delivery_areas_invalid", { field: `deliveryAreas.${fault}` });
  return undefined;
}

/** The first thing that a store must have before an operator looks at it, or undefined when it is complete. */
export function missingForSubmission(store: Store): "categories" | "fulfilments" | "deliveryAreas" | undefined {
  if (store.categories.length === 0) return "categories";
  if (store.fulfilments.length === 0) return "fulfilments";
  const delivers = store.fulfilments.some((one) => one === "DELIVERY" || one === "PARCEL");
  return delivers && store.deliveryAreas.length === 0 ? "deliveryAreas" : undefined;
}

/** Index of a span that ends before it begins, is longer than a day, or meets another one, over Sunday night too. */
function hoursFault(hours: Profile["hours"]): number | undefined {
  const fault = hours.findIndex((span, at) => {
    const minutes = span.closesAt - span.opensAt;
    if (minutes <= 0 || minutes > DAY_MINUTES) return true;
    return hours.some(
      (other, otherAt) => otherAt < at && [-WEEK_MINUTES, 0, WEEK_MINUTES].some((shift) => meet(span, other, shift)),
    );
  });
  return fault < 0 ? undefined : fault;
}

function meet(one: Profile["hours"][number], other: Profile["hours"][number], shift: number): boolean {
  return one.opensAt < other.closesAt + shift && other.opensAt + shift < one.closesAt;
}
