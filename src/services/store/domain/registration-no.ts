const WEIGHTS = [1, 3, 7, 1, 3, 7, 1, 3, 5];

/**
 * The ten digits of a 사업자등록번호, or undefined when its check digit is wrong. National Tax Service rule: weights
 * 1 3 7 1 3 7 1 3 5 over the first nine digits, plus the tens of the ninth times 5; the tenth makes it whole tens.
 */
export function registrationNo(text: string): string | undefined {
  const digits = text.replaceAll("-", "");
  if (!/^\d{10}$/.test(digits)) return undefined;
  const value = (at: number) => Number(digits[at]);
  const weighted = WEIGHTS.reduce((sum, weight, at) => sum + weight * value(at), Math.floor((value(8) * 5) / 10));
  return (10 - (weighted % 10)) % 10 === value(9) ? digits : undefined;
}
