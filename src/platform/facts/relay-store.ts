import type { EventPlace } from "./envelope.ts";
import type { Statements } from "./record-store.ts";

/** The last event of each partition, up to some position of the log. */
export type Previous = Readonly<Record<string, EventPlace>>;

/** How far a service's facts are published, and the right to go on from there. */
export interface RelayLease {
  readonly position: number;
  readonly previous: Previous;
  readonly fence: number;
}

/** The one row of a service that says who publishes its facts, and how far that has come. */
export interface RelayStore {
  /** Takes the place if nobody holds it: a new fence, which ends whatever an older holder still writes. */
  take(leaseMs: number): Promise<RelayLease | undefined>;
  /** Notes how far it has come and holds on; 0 ms lets go. @returns false when somebody else has it by now. */
  keep(at: RelayLease, leaseMs: number): Promise<boolean>;
  /** Sets the place back (or forward) and ends the holder's lease. @returns the position it stood at. */
  rewind(position: number, previous: Previous): Promise<number>;
  position(): Promise<number>;
}

export function createRelayStore(schema: string, statements: Statements): RelayStore {
  const relay = `"${schema}".relay`;
  const until = "clock_timestamp() + $1::int * interval '1 millisecond'";
  const take = `update ${relay} set fence = fence + 1, lease_until = ${until}
    where lease_until is null or lease_until < clock_timestamp() returning position, previous, fence`;
  const keep = `update ${relay} set position = $2, previous = $3, lease_until = ${until}
    where fence = $4 returning fence`;
  const rewind = `update ${relay} r set position = $1, previous = $2, fence = r.fence + 1, lease_until = null
    from (select position from ${relay} for update) old returning old.position`;
  return {
    take: async (leaseMs) => (await statements.rows<RelayLease>("relay_take", take, [leaseMs]))[0],
    keep: async ({ position, previous, fence }, leaseMs) => {
      const values = [leaseMs, position, JSON.stringify(previous), fence];
      return (await statements.rows("relay_keep", keep, values)).length > 0;
    },
    rewind: async (position, previous) => {
      const values = [position, JSON.stringify(previous)];
      const [row] = await statements.rows<{ position: number }>("relay_rewind", rewind, values);
      return row?.position ?? 0;
    },
    position: async () => {
      const text = `select position from ${relay}`;
      return (await statements.rows<{ position: number }>("relay_position", text, []))[0]?.position ?? 0;
    },
  };
}
