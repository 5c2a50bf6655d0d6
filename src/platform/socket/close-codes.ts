/** Why a connection ends: those of RFC 6455, and ours from 4400 on. After each but SESSION_OVER a client may resume. */
export const CLOSE = {
  /** Only text frames are taken. */
  NOT_TEXT: 1003,
  /** Our fault: nothing is lost, connect and resume. */
  FAULT: 1011,
  /** This process stops: connect again, to another one. */
  RESTART: 1012,
  /** The time of the ticket is over: connect with a new one, or send `renew` before. */
  RENEW: 4401,
  /** Logged out, revoked, suspended: log in again. */
  SESSION_OVER: 4403,
  /** It took too little for too long. */
  TOO_SLOW: 4408,
  /** The account has opened more connections than it may hold: the oldest goes. */
  REPLACED: 4409,
  /** Far more frames than a person can mean. */
  FLOOD: 4429,
} as const;
