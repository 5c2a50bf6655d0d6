import type { PublicEvent } from "#platform/core/event.ts";
import type { Instant } from "#platform/core/time.ts";
import type { DrainedLetter } from "./batch.ts";
import type { Apply } from "./deliver.ts";
import { failureOf, failureText, isLetterGone } from "./failure.ts";
import type { Statements } from "./record-store.ts";

/** An event that was set aside: the one that could not be applied, or one that came later on its key. */
export interface DeadLetter {
  readonly consumer: string;
  readonly source: string;
  readonly position: number;
  readonly index: number;
  readonly partition: number;
  readonly key: string;
  readonly event: PublicEvent;
  readonly error: string;
  /** 0: it only waits behind the one that failed. */
  readonly attempts: number;
  readonly at: Instant;
}

/**
 * What came of draining a key. With an `error` the first letter that is left has failed again, and all stay in order.
 */
export interface Drained {
  readonly applied: number;
  readonly left: number;
  readonly error?: string;
}

/** Which letters are meant: all of them, or those of a consumer, a source, a key. */
export interface Parked {
  readonly consumer?: string | undefined;
  readonly source?: string | undefined;
  readonly key?: string | undefined;
}

export interface LetterFilter extends Parked {
  readonly limit: number;
}

export interface DeadLetters {
  /** What is set aside, by consumer, source, key and place. At most `limit` letters. */
  list(filter: LetterFilter): Promise<DeadLetter[]>;
  /**
   * Applies the letters of a key in their order, in one commit with their leaving (many together, or else a key on
   * which more arrives all the time would never be caught up with; halved when one of them fails), and stops at the
   * first that fails again (MECHANISMS.md §5). Events that arrive meanwhile join behind; when none is left the key goes
   * on by itself.
   * @throws when the consumer is unknown, or on a technical failure: what was applied until then stays applied.
   */
  retryKey(consumer: string, source: string, key: string): Promise<Drained>;
  /**
   * Wishes that keys be tried again, and by whom: not here, but in a process in which their consumers run, under its
   * settings (`retryWished`). @returns the keys; none when nothing of the kind is set aside.
   */
  wish(parked: Parked): Promise<Required<Parked>[]>;
  /** Of these the keys that somebody wishes to be tried again and nobody has tried yet; at most 100. */
  wished(parked: Parked): Promise<Required<Parked>[]>;
}

const TOGETHER_MAX = 128;

export function createDeadLetters(
  schema: string,
  statements: Statements,
  applyOf: (consumer: string, source: string) => Apply | undefined,
): DeadLetters {
  const from = `select d.consumer, d.source, d.position, d.index, d.partition, d.key, d.event, d.error, d.attempts, d.at
    from "${schema}".dead_letters d`;
  const matching = `($1::text is null or d.consumer = $1) and ($2::text is null or d.source = $2)
    and ($3::text is null or d.key = $3)`;
  const listed = `${from} where ${matching} order by d.consumer, d.source, d.key, d.position, d.index limit $4`;
  const first = `${from} where d.consumer = $1 and d.source = $2 and d.key = $3 order by d.position, d.index limit $4`;
  const failed = `update "${schema}".dead_letters d set retry = false,
      attempts = case when (d.position, d.index) = ($4, $5) then d.attempts + 1 else d.attempts end,
      error = case when (d.position, d.index) = ($4, $5) then $6 else d.error end
    where d.consumer = $1 and d.source = $2 and d.key = $3 and (d.retry or (d.position, d.index) = ($4, $5))`;
  const wish = `with asked as (
      update "${schema}".dead_letters d set retry = true where ${matching} returning d.consumer, d.source, d.key)
    select distinct consumer, source, key from asked order by consumer, source, key`;
  const wished = `select distinct d.consumer, d.source, d.key from "${schema}".dead_letters d
    where d.retry and ${matching} limit 100`;
  const counted = `select count(*) as letters from "${schema}".dead_letters d
    where d.consumer = $1 and d.source = $2 and d.key = $3`;

  async function left(consumer: string, source: string, key: string): Promise<number> {
    const [row] = await statements.rows<{ letters: number }>("letters_left", counted, [consumer, source, key]);
    return row?.letters ?? 0;
  }

  return {
    list: ({ consumer = null, source = null, key = null, limit }) =>
      statements.rows<DeadLetter>("letters", listed, [consumer, source, key, limit]),
    async retryKey(consumer, source, key) {
      const apply = applyOf(consumer, source);
      if (!apply) throw new Error(`no consumer ${consumer} hears ${source} here`);
      let applied = 0;
      for (let most = TOGETHER_MAX; ; ) {
        const letters = await statements.rows<DeadLetter>("first_letters", first, [consumer, source, key, most]);
        const [letter] = letters;
        if (!letter) return { applied, left: 0 };
        const { position, index } = letter;
        try {
          await apply(events(letters), [], [], letters.map(placeOf));
          applied += letters.length;
        } catch (error) {
          // Another operator was faster with this letter: look what is the first now.
          if (isLetterGone(error)) continue;
          if (failureOf(error).mayPass) throw error;
          if (letters.length > 1) {
            most = letters.length >> 1;
            continue;
          }
          const why = failureText(error);
          await statements.rows("letter_failed", failed, [consumer, source, key, position, index, why]);
          return { applied, left: await left(consumer, source, key), error: why };
        }
      }
    },
    wish: ({ consumer = null, source = null, key = null }) =>
      statements.rows<Required<Parked>>("wish_retry", wish, [consumer, source, key]),
    wished: ({ consumer = null, source = null, key = null }) =>
      statements.rows<Required<Parked>>("wished_retries", wished, [consumer, source, key]),
  };
}

function events(letters: readonly DeadLetter[]): PublicEvent[] {
  return letters.map((letter) => letter.event);
}

function placeOf({ consumer, source, partition, position, index }: DeadLetter): DrainedLetter {
  return { consumer, source, partition, position, index };
}
