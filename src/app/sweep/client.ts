import { randomUUID } from "node:crypto";
import { setTimeout as pause } from "node:timers/promises";
import { isRefusal } from "#platform/core/decision.ts";
import type { Answer, Caller, InputOf, Operation } from "#platform/core/operation.ts";
import { withKey } from "#platform/testing/people.ts";
import type { Rig } from "./rig.ts";

const TRIES_MAX = 8;

/** What somebody was told, in the order of hearing it. */
export interface Told {
  readonly operation: string;
  readonly refused?: string;
  readonly answer?: Readonly<Record<string, unknown>>;
}

export interface Client {
  /**
   * Asks as a good client does: what it does not know it asks again, with the same Idempotency-Key, and it believes
   * whatever it is answered.
   */
  ask<Op extends Operation>(operation: Op, input: InputOf<Op>, who: Caller, key?: string): Promise<Answer<Op>>;
  readonly told: readonly Told[];
}

export function createClient(rig: Rig): Client {
  const told: Told[] = [];
  // Another play in the same world is another session: nobody repeats its commands.
  const session = randomUUID();
  let keys = 0;
  return {
    told,
    async ask<Op extends Operation>(operation: Op, input: InputOf<Op>, who: Caller, key = `${session}-${++keys}`) {
      const caller = operation.idempotency === "key" ? withKey(who, operation, key) : who;
      for (let tries = 1; ; tries++) {
        try {
          const { app, broken } = await rig.living();
          const answer = await Promise.race([app.call(operation, input, caller), broken]);
          told.push(heard(operation, answer));
          return answer;
        } catch (error) {
          if (tries === TRIES_MAX) throw new Error(`${operation.name} was never answered`, { cause: error });
          await pause(2 * tries);
        }
      }
    },
  };
}

function heard(operation: Operation, answer: unknown): Told {
  if (isRefusal(answer as never))
    return { operation: operation.name, refused: (answer as { refused: string }).refused };
  return { operation: operation.name, answer: answer as Record<string, unknown> };
}
