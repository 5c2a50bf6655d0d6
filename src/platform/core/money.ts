import { assert } from "./assert.ts";

/** Whole Korean won, a safe integer. KRW has no minor unit, so one won is the smallest amount there is. */
export type Won = number & { readonly won: unique symbol };

/** Hundredths of a percent: 1000 is 10 %. */
export type BasisPoints = number & { readonly basisPoints: unique symbol };

export const ZERO = 0 as Won;

/** Checks that `amount` is whole won. @throws BrokenAssumption on a fraction or beyond 2^53. */
export function won(amount: number): Won {
  assert(Number.isSafeInteger(amount), `not whole won: ${amount}`);
  return amount as Won;
}

export function basisPoints(points: number): BasisPoints {
  assert(Number.isSafeInteger(points) && points >= 0 && points <= 10_000, `not basis points: ${points}`);
  return points as BasisPoints;
}

export function add(...amounts: readonly Won[]): Won {
  return won(amounts.reduce<number>((sum, amount) => sum + amount, 0));
}

export function subtract(from: Won, amount: Won): Won {
  return won(from - amount);
}

export function times(amount: Won, quantity: number): Won {
  assert(Number.isSafeInteger(quantity), `not a whole quantity: ${quantity}`);
  return won(amount * quantity);
}

/** `rate` of `amount`, fractions of a won dropped (in favour of the one who receives the rest). */
export function portionRoundedDown(amount: Won, rate: BasisPoints): Won {
  return won(Number((BigInt(amount) * BigInt(rate)) / 10_000n));
}

/** The VAT inside a price that includes it: round(amount / 11), as Toss computes it (PAYMENT-GATEWAYS.md §1.5). */
export function vatInside(amount: Won, taxFree: Won = ZERO): Won {
  return won(Math.round((amount - taxFree) / 11));
}

/**
 * Splits `total` in proportion to `weights`; the parts always sum to the whole (MONEY.md I12). Largest remainder; equal
 * remainders go to the earlier part, so that the same basket is always split the same way.
 */
export function allocate(total: Won, weights: readonly Won[]): Won[] {
  assert(total >= 0 && weights.every((weight) => weight >= 0), "a split is of positive amounts");
  const sum = weights.reduce((all, weight) => all + BigInt(weight), 0n);
  if (sum === 0n) {
    assert(total === 0, "nothing to split over");
    return weights.map(() => ZERO);
  }
  const exact = weights.map((weight) => BigInt(total) * BigInt(weight));
  const parts = exact.map((product) => Number(product / sum));
  const left = total - parts.reduce((all, part) => all + part, 0);
  const byRemainder = exact
    .map((product, index) => ({ index, remainder: product % sum }))
    .sort((a, b) => (a.remainder === b.remainder ? a.index - b.index : a.remainder > b.remainder ? -1 : 1));
  for (const { index } of byRemainder.slice(0, left)) parts[index] = (parts[index] ?? 0) + 1;
  return parts.map(won);
}
