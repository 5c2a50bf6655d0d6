/** Every bound of the door. Times in ms, sizes in bytes, rates in requests a minute. */
export interface Limits {
  readonly bodyBytes: number;
  readonly headerBytes: number;
  /** Until the headers are complete: who sends them drop by drop is cut off. */
  readonly headersTimeoutMs: number;
  /** Until the whole request has arrived. */
  readonly receiveTimeoutMs: number;
  /** A connection on which nothing moves. */
  readonly idleTimeoutMs: number;
  /** A connection that waits for its next request. */
  readonly keepAliveTimeoutMs: number;
  /** Until the answer; then 504, and what was begun goes on. */
  readonly answerTimeoutMs: number;
  readonly concurrentRequests: number;
  readonly connections: number;
  readonly perMinuteByAddress: number;
  readonly perMinuteByAccount: number;
  /** Multiplies every rate; 0 switches them off (benchmarks). */
  readonly rateFactor: number;
  readonly cacheBytes: number;
}

export const defaultLimits: Limits = {
  bodyBytes: 64 * 1024,
  headerBytes: 16 * 1024,
  headersTimeoutMs: 5_000,
  receiveTimeoutMs: 10_000,
  idleTimeoutMs: 30_000,
  keepAliveTimeoutMs: 15_000,
  answerTimeoutMs: 10_000,
  concurrentRequests: 1_000,
  connections: 10_000,
  perMinuteByAddress: 1_200,
  perMinuteByAccount: 600,
  rateFactor: 1,
  cacheBytes: 32 * 1024 * 1024,
};
