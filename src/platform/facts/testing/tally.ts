import { Type } from "typebox";
import { reject } from "#platform/core/decision.ts";
import { announcement, event } from "#platform/core/event.ts";
import { type Kit, project, type Service, service, when } from "#platform/service.ts";
import { TRACEPARENT } from "#platform/testing/people.ts";
import type { Accepted, Change, Rows } from "../change.ts";

/**
 * Two small services to try the mechanisms on: `tally` counts on streams, `echo` hears it, by a reaction and by a view.
 */
export const tallied = event({
  service: "tally",
  type: "tally.counted.v1",
  summary: { ko: "세었다", en: "Counted" },
  data: Type.Object({ by: Type.Integer(), total: Type.Integer() }),
  example: { by: 1, total: 1 },
});

export interface Tally {
  readonly total: number;
}

export interface TallyDeps {
  readonly kit: Kit;
}

export const tally = service<TallyDeps, Record<string, never>>({
  name: "tally",
  migrations: "none",
  settings: {},
  calls: [],
  problems: {},
  announces: [tallied],
  announce: (fact) =>
    fact.type === "Counted" ? [announcement(tallied, fact.data as { by: number; total: number })] : [],
  evolve: (_state, fact) => ({ total: (fact.data as { total: number }).total }),
  deps: (kit) => ({ kit }),
  operations: [],
});

export interface EchoDeps extends TallyDeps {
  /** Called with each event, before its change is decided: throws to make it poison. */
  readonly onEvent: (key: string, by: number) => void;
}

export function echo(onEvent: EchoDeps["onEvent"], migrations = "none"): ReturnType<typeof service> {
  const definition: Service<EchoDeps, Record<string, never>> = {
    name: "echo",
    migrations,
    settings: {},
    calls: [],
    problems: {},
    announces: [],
    announce: () => [],
    evolve: (state, fact) => ({
      sum: ((state as { sum?: number } | undefined)?.sum ?? 0) + (fact.data as { by: number }).by,
      heard: [...((state as { heard?: number[] } | undefined)?.heard ?? []), (fact.data as { total: number }).total],
    }),
    deps: (kit) => ({ kit, onEvent }),
    operations: [],
    reactions: [
      when(tallied, (heard, deps: EchoDeps) => ({
        keys: [heard.key],
        traceparent: heard.traceparent,
        decide: () => {
          deps.onEvent(heard.key, heard.data.by);
          return { facts: [{ stream: heard.key, type: "Heard", data: heard.data }] };
        },
      })),
    ],
    views: [
      {
        name: "totals",
        projections: [
          project(
            tallied,
            (heard) => ({ id: heard.key, total: heard.data.total }),
            `insert into totals (id, total) select id, total from json_to_recordset($1) as x(id text, total bigint)
             on conflict (id) do update set total = excluded.total`,
          ),
        ],
      },
    ],
  };
  return service(definition);
}

/** Counts up a stream; refuses to pass the limit. */
export function count(
  stream: string,
  by: number,
  options: { id?: string; bodyHash?: string; limit?: number } = {},
): Change<"tally.full"> {
  return {
    keys: [stream],
    traceparent: TRACEPARENT,
    ...(options.id === undefined ? {} : { command: { id: options.id, bodyHash: options.bodyHash ?? "body" } }),
    decide(rows: Rows): Accepted | ReturnType<typeof reject<"tally.full">> {
      const total = (rows.get<Tally>(stream)?.total ?? 0) + by;
      if (total > (options.limit ?? Number.POSITIVE_INFINITY)) return reject("tally.full");
      return { facts: [{ stream, type: "Counted", data: { by, total } }] };
    },
  };
}
