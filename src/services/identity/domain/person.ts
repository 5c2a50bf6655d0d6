/** Two spellings of one address are one account: the claim row is keyed by this. */
export function foldEmail(email: string): string {
  return email.normalize("NFC").toLowerCase();
}

export function foldNickname(nickname: string): string {
  return nickname.normalize("NFC").toLowerCase();
}

/** Digits only: `010-1234-5678` and `01012345678` are one number (A10). */
export function phoneDigits(phone: string): string {
  return phone.replaceAll("-", "");
}
