import { basisPoints, portionRoundedDown, subtract, type Won, won, ZERO } from "#platform/core/money.ts";

/** A flat commission and the VAT on it. Kept with each completion: later refunds use the rule of that day (R28). */
export interface CommissionRule {
  readonly version: string;
  readonly commissionBasisPoints: number;
  readonly vatBasisPoints: number;
}

export interface Share {
  readonly payable: Won;
  readonly commission: Won;
  readonly vat: Won;
}

export function flatRule(commissionBasisPoints: number, vatBasisPoints: number): CommissionRule {
  return { version: `flat-${commissionBasisPoints}-vat-${vatBasisPoints}`, commissionBasisPoints, vatBasisPoints };
}

/**
 * What the seller and the house get of `gross` won. Both roundings drop fractions in favour of the seller. A delivery
 * fee bears no commission (`rule` null). Split anew from what is left after each refund, so the last refund leaves
 * nothing.
 */
export function split(gross: number, rule: CommissionRule | null): Share {
  const whole = won(gross);
  if (!rule) return { payable: whole, commission: ZERO, vat: ZERO };
  const commission = portionRoundedDown(whole, basisPoints(rule.commissionBasisPoints));
  const vat = portionRoundedDown(commission, basisPoints(rule.vatBasisPoints));
  return { payable: subtract(subtract(whole, commission), vat), commission, vat };
}
