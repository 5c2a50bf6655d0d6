/** Every bound of the sockets of one process. Times in ms. The size of a frame is that of a request's body. */
export interface SocketLimits {
  readonly connections: number;
  /** Of one account: the oldest goes when another one comes. */
  readonly perAccount: number;
  /** How long one ticket keeps a connection open: as long as an access token would. */
  readonly lifeMs: number;
  readonly beatMs: number;
  /** Unsent for this long: the client takes nothing. */
  readonly slowMs: number;
  /** Unsent at once, at most, in bytes. */
  readonly unsentBytes: number;
  /** Frames of one connection a minute, of all kinds: more of them close it. */
  readonly framesPerMinute: number;
  /** How long a client has to agree to a close. */
  readonly closeMs: number;
}

export const defaultSocketLimits: SocketLimits = {
  connections: 10_000,
  perAccount: 8,
  lifeMs: 600_000,
  beatMs: 25_000,
  slowMs: 10_000,
  unsentBytes: 1024 * 1024,
  framesPerMinute: 600,
  closeMs: 2_000,
};
