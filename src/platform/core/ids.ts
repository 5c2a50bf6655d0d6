import { epochMs, type Instant } from "./time.ts";

/** Crockford's base32 in lower case: no i, l, o, u, so an id can be read out over the telephone. */
const ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz";

/** Prefixes of everything that has an id; the suffix is 26 characters (48 bits of time, 80 of chance), as a ULID. */
export const ID_PREFIXES = {
  account: "acc",
  session: "ses",
  company: "com",
  store: "str",
  category: "cat",
  item: "itm",
  optionGroup: "opg",
  option: "opt",
  reservation: "res",
  cart: "crt",
  cartLine: "cln",
  order: "ord",
  storeOrder: "sto",
  orderLine: "oln",
  payment: "pay",
  attempt: "att",
  webhook: "whk",
  refund: "rfd",
  request: "req",
  invitation: "inv",
  room: "rom",
  message: "msg",
  report: "rpt",
} as const;

export type IdKind = keyof typeof ID_PREFIXES;
/** `ord_01jd…`: branded, so that a BuyerId cannot be passed where an OrderId is meant. */
export type Id<Kind extends IdKind> = string & { readonly idOf: Kind };

export interface Ids {
  make<Kind extends IdKind>(kind: Kind): Id<Kind>;
}

/** Chance, handed in: `bytes(n)` gives n random bytes. */
export interface Random {
  bytes(count: number): Uint8Array;
}

export function makeIds(now: () => Instant, random: Random): Ids {
  return {
    make: <Kind extends IdKind>(kind: Kind) =>
      `${ID_PREFIXES[kind]}_${timePart(epochMs(now()))}${chancePart(random)}` as Id<Kind>,
  };
}

/** The pattern of an id, for schemas: an id of another kind, or a made-up text, is refused at the door. */
export function idPattern(kind: IdKind): string {
  return `^${ID_PREFIXES[kind]}_[0-9a-hjkmnp-tv-z]{26}$`;
}

/**
 * An id of another kind with the same suffix: for things of which there is exactly one per owner (a payment per order).
 */
export function siblingId<Kind extends IdKind>(kind: Kind, id: string): Id<Kind> {
  return `${ID_PREFIXES[kind]}_${id.slice(id.indexOf("_") + 1)}` as Id<Kind>;
}

/** An id that follows from bytes (26 or more), for things of which there is exactly one per pair of others. */
export function idOfBytes<Kind extends IdKind>(kind: Kind, bytes: Uint8Array): Id<Kind> {
  return `${ID_PREFIXES[kind]}_${lettersOf(bytes.slice(0, 26))}` as Id<Kind>;
}

/** An id that follows from its owner's and from bytes (16 or more): of the owner's moment, so that it sorts beside. */
export function idWithin<Kind extends IdKind>(kind: Kind, owner: string, bytes: Uint8Array): Id<Kind> {
  const moment = owner.slice(owner.indexOf("_") + 1).slice(0, 10);
  return `${ID_PREFIXES[kind]}_${moment}${lettersOf(bytes.slice(0, 16))}` as Id<Kind>;
}

function timePart(ms: number): string {
  let rest = ms;
  let text = "";
  for (let place = 0; place < 10; place++) {
    text = ALPHABET[rest % 32] + text;
    rest = Math.floor(rest / 32);
  }
  return text;
}

function chancePart(random: Random): string {
  return lettersOf(random.bytes(16));
}

function lettersOf(bytes: Uint8Array): string {
  let text = "";
  for (const byte of bytes) text += ALPHABET[byte & 31];
  return text;
}
