/** True for a whole amount of won that is at least `least` (default 1) and safe to add up. */
export function isWon(value: unknown, least = 1): value is number {
  return typeof value === "number" && Number.isSafeInteger(value) && value >= least;
}

/**
 * The value added tax inside a price, rounded half up to the won: round((total − taxFree) / 11).
 * Both gateways document this formula; 15000 → 1364 and (10000, 3000) → 636.
 */
export function vatInside(totalWon: number, taxFreeWon = 0): number {
  return Math.round((totalWon - taxFreeWon) / 11);
}
