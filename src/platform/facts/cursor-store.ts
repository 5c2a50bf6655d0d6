import { PARTITIONS } from "./partition.ts";
import type { Statements } from "./record-store.ts";

/** Where a consumer stands in one partition of a source, and which keys it has set aside there. */
export interface Place {
  readonly position: number;
  readonly index: number;
  readonly version: number;
  /** Where a bus between processes reads on; null when this consumer has heard from memory only. */
  readonly offset: number | null;
  readonly parked: Set<string>;
}

export interface CursorStore {
  /** All partitions of the consumer; makes those that are missing, at the start of the feed. */
  load(consumer: string, source: string): Promise<Map<number, Place>>;
}

interface CursorRow {
  readonly partition: number;
  readonly position: number;
  readonly index: number;
  readonly version: number;
  readonly offset: number | null;
  readonly parked: string[];
}

export function createCursorStore(schema: string, statements: Statements): CursorStore {
  const at = `"${schema}"`;
  const make = `insert into ${at}.cursors (consumer, source, partition, position, index, version)
    select $1, $2, p, 0, 0, 1 from generate_series(0, $3::int - 1) p on conflict do nothing`;
  const read = `select c.partition, c.position, c.index, c.version, c."offset",
      array(select distinct d.key from ${at}.dead_letters d
            where d.consumer = c.consumer and d.source = c.source and d.partition = c.partition) as parked
    from ${at}.cursors c where c.consumer = $1 and c.source = $2`;
  return {
    async load(consumer, source) {
      let rows = await statements.rows<CursorRow>("cursors", read, [consumer, source]);
      if (rows.length < PARTITIONS) {
        await statements.rows("make_cursors", make, [consumer, source, PARTITIONS]);
        rows = await statements.rows<CursorRow>("cursors", read, [consumer, source]);
      }
      return new Map(rows.map(({ partition, parked, ...place }) => [partition, { ...place, parked: new Set(parked) }]));
    },
  };
}
