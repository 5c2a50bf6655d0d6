import assert from "node:assert/strict";
import { isRefusal, type NewFact, type Refusal } from "#platform/core/decision.ts";

/** What a decision gives, or the refusal it answers with. */
export type Decided = readonly NewFact[] | Refusal;

/**
 * Given what happened, when a command comes, it gives these facts or rejects with this code. `gives`, not `then`: an
 * object with a `then` would be awaited as a promise by accident.
 */
export function given<State>(state: State) {
  return {
    when(decide: (state: State) => Decided) {
      const decided = decide(state);
      return {
        /** The types of the facts, in order; with a check of the data where it matters. */
        gives(...types: readonly string[]): readonly NewFact[] {
          assert.ok(!isRefusal(decided), `refused: ${JSON.stringify(decided)}`);
          assert.deepEqual(
            decided.map((fact) => fact.type),
            types,
          );
          return decided;
        },
        rejects(code: string): Refusal {
          assert.ok(isRefusal(decided), `not refused: ${JSON.stringify(decided)}`);
          assert.equal(decided.refused, code);
          return decided;
        },
      };
    },
  };
}
