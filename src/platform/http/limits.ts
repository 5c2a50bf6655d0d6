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
  /** Lines on which clients watch at once; connections beside those above. */
  readonly watches: number;
  readonly watchesByAccount: number;
  /** A line is kept alive this often; shorter than idleTimeoutMs. */
  readonly watchBeatMs: number;
  /** Who lets more than this wait is too slow and is cut off; it may come again and go on from its place. */
  readonly watchBufferBytes: number;
  /** How many facts are read at most for who comes again; who missed more reads everything anew. */
  readonly watchResumeFacts: number;
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
  watches: 10_000,
  watchesByAccount: 20,
  watchBeatMs: 15_000,
  watchBufferBytes: 128 * 1024,
  watchResumeFacts: 10_000,
};
