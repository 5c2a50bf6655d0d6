import type { Instant } from "#platform/core/time.ts";
import { type Kit, type Service, service } from "#platform/service.ts";
import { TRACEPARENT } from "#platform/testing/people.ts";
import { accept, type Change, type Task } from "../change.ts";

export interface ChoresDeps {
  readonly kit: Kit;
}

/**
 * A service that only has work to do: `Asked` leads to a piece of work, and whoever carries it out says `Done` by name.
 */
export function chores(name: string, effect: (task: Task) => Promise<void>): ReturnType<typeof service> {
  const definition: Service<ChoresDeps, Record<string, never>> = {
    name: "chores",
    migrations: "none",
    settings: {},
    calls: [],
    problems: {},
    announces: [],
    announce: () => [],
    evolve: (state, fact) => ({ log: [...((state as { log?: string[] } | undefined)?.log ?? []), fact.type] }),
    follow: (fact) => {
      if (fact.type !== "Asked") return [];
      const { key, dueAt } = fact.data as { key: string; dueAt?: Instant };
      return [{ put: { key, kind: "do", stream: fact.stream, ...(dueAt === undefined ? {} : { dueAt }) } }];
    },
    deps: (kit) => ({ kit }),
    operations: [],
    work: {
      do: async (task, { kit }) => {
        await effect(task);
        await kit.records.change({
          keys: [task.stream],
          traceparent: task.traceparent,
          settles: task.ref,
          decide: () => accept({ stream: task.stream, type: "Done", data: { by: name, attempt: task.attempt } }),
        });
      },
    },
  };
  return service(definition);
}

export function ask(stream: string, key: string, dueAt?: Instant): Change<never> {
  const data = { key, ...(dueAt === undefined ? {} : { dueAt }) };
  return { keys: [stream], traceparent: TRACEPARENT, decide: () => accept({ stream, type: "Asked", data }) };
}
