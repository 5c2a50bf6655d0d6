import type { AnyService } from "#platform/service.ts";
import { answeringEarly, hearingLate } from "../../sweep/planted/checkout.ts";
import { replacing, withKit } from "../../sweep/planted/plant.ts";
import { answeringReservesLate, shelfBugs } from "../../sweep/planted/shelf.ts";
import type { Kind } from "../kill.ts";

/** A defect of the house, or of its servers, that the kills must find: else they have shown nothing (F5). */
export interface Bug {
  readonly says: string;
  /** What must die for it to do harm. */
  readonly kinds: readonly Kind[];
  /** The service whose processes are killed; any unless told. */
  readonly whose?: string;
  /** More than it takes by far: it ends with the first finding, and chance decides which kill that is. */
  readonly killsMax: number;
  /** What the check must say. */
  readonly found: RegExp;
  /** Into the processes: bugs of the fault sweep, slow enough that a kill from outside hits them. */
  readonly plant?: (services: readonly AnyService[]) => readonly AnyService[];
  /** Into the database. */
  readonly alter?: string;
}

const ANSWERED_EARLY_MS = 300;
const HEARD_LATE_MS = 300;
const ANSWERED_LATE_MS = 1_000;

export const bugs: Readonly<Record<string, Bug>> = {
  "commit-asynchronously": {
    says: "PostgreSQL answers before a commit is on the disk (synchronous_commit=off)",
    kinds: ["postgres"],
    killsMax: 16,
    found: /^told /m,
    alter: "set synchronous_commit = off",
  },
  "answer-early": {
    says: "a seller is answered before the commit",
    kinds: ["service", "postgres"],
    killsMax: 24,
    found: /^told /m,
    plant: replacing(
      "order",
      withKit((kit, service) => answeringEarly(kit, service, ANSWERED_EARLY_MS)),
    ),
  },
  "hear-late": {
    says: "the ledger moves its cursor before its effect",
    kinds: ["service"],
    whose: "wallet",
    killsMax: 5,
    found: /I3/,
    plant: replacing("wallet", (service) => hearingLate(service, HEARD_LATE_MS)),
  },
  "reserve-twice": {
    says: "reserving is not idempotent",
    kinds: ["service"],
    whose: "order",
    // The buyer comes again for an order that he was not told of, which takes a second hold for it.
    killsMax: 4,
    found: /stock\./,
    plant: (services) =>
      replacing(
        "stock",
        answeringReservesLate(ANSWERED_LATE_MS),
      )(shelfBugs.reduce((all, { plant }) => plant(all), services)),
  },
};
