import type { Operation } from "#platform/core/operation.ts";
import type { Input } from "./client.ts";
import type { As } from "./tokens.ts";
import type { Town } from "./town.ts";

export interface Asked {
  readonly input: Input;
  readonly as?: As | undefined;
}
/** One way to hear one "no" of one operation: makes the state in which it is said, and what to ask then. */
export interface Case {
  readonly operation: Operation;
  readonly code: string;
  readonly make: (town: Town) => Promise<Asked> | Asked;
}

export function refuses<Op extends Operation>(operation: Op, code: Op["problems"][number], make: Case["make"]): Case {
  return { operation, code, make };
}
