/** How a name is kept: composed Hangul, single spaces. NFC and not NFKC, which would break lone jamo (ㅋㅋ분식). */
export function tidyName(name: string): string {
  return name.normalize("NFC").trim().replace(/\s+/g, " ");
}

/** The claim that makes a name unique: `마당 분식` and `마당분식` are one name to a buyer. */
export function nameClaim(name: string): string {
  return `name:${tidyName(name).toLowerCase().replaceAll(" ", "")}`;
}
