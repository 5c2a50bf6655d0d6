import { setTimeout as pause } from "node:timers/promises";
import type { Change, Records, Rows } from "#platform/facts/change.ts";
import type { AnyService } from "#platform/service.ts";
import { type Planted, replacing, withRecords } from "./plant.ts";

interface Reservation {
  readonly lines: readonly { readonly status: string }[];
}

/** Defects of stock: holds taken or let go twice. */
export const shelfBugs: readonly Planted[] = [
  {
    name: "reserving is not idempotent",
    scenarios: ["goods"],
    where: "call order>stock.reserveStock|1|twice",
    found: /stock\./,
    plant: replacing("stock", withRecords(forgetting(isReserve, () => undefined))),
  },
  {
    name: "what was released is released again",
    scenarios: ["cancel-part"],
    where: "call order>stock.releaseStock|1|twice",
    found: /stock\./,
    plant: replacing("stock", withRecords(forgetting(isRelease, asCommitted))),
  },
];

/** Goods are reserved and the answer takes its time, so that whoever asked may die before it comes. */
export function answeringReservesLate(lateMs: number): (service: AnyService) => AnyService {
  return withRecords((records) => ({
    ...records,
    change: async (asked) => {
      const outcome = await records.change(asked);
      if (isReserve(asked as Change)) await pause(lateMs);
      return outcome;
    },
  }));
}

/** A reserve is known by what it makes: it has no command that could be forgotten. */
function isReserve(asked: Change): boolean {
  return asked.makes?.some((key) => key.startsWith("reservation:")) === true;
}

function isRelease(asked: Change): boolean {
  return asked.command !== undefined && /:releaseStock:/.test(asked.command.id);
}

/** Forgets that it was done, and shows the reservation as it was before. */
function forgetting(
  isMeant: (asked: Change) => boolean,
  asBefore: (reservation: Reservation) => Reservation | undefined,
) {
  return (records: Records): Records => ({
    ...records,
    change: (asked) => {
      if (!isMeant(asked as Change)) return records.change(asked);
      const { command: _done, ...rest } = asked;
      return records.change({
        ...rest,
        decide: (rows, now) => asked.decide(spoilt(rows, asBefore), now),
      } as Change<never>);
    },
  });
}

function spoilt(rows: Rows, asBefore: (reservation: Reservation) => Reservation | undefined): Rows {
  return {
    get: <State>(key: string) => {
      const row = rows.get<State>(key);
      return key.startsWith("reservation:") && row
        ? (asBefore(row as unknown as Reservation) as State | undefined)
        : row;
    },
  };
}

function asCommitted(reservation: Reservation): Reservation {
  const lines = reservation.lines.map((line) => (line.status === "RETURNED" ? { ...line, status: "COMMITTED" } : line));
  return { ...reservation, lines };
}
