/** One thing that must hold, as a query over all schemas of one server that returns the rows which offend. */
export interface Invariant {
  /** Of MONEY.md §2 where it is one of those: `I7.net_captured`. */
  readonly id: string;
  readonly ko: string;
  readonly en: string;
  readonly sql: string;
  /**
   * Holds when nothing is under way: no event unheard, no work due. On a live database a row offends only if it does so
   * at two looks with a pause between them.
   */
  readonly atRest?: true;
}
