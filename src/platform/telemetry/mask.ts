/** What stands in the log in place of something that must not. */
export const MASKED = "•••";

const SECRET_WORDS = new Set(
  (
    "token tokens password passwords passphrase secret secrets authorization cookie cookies phone mobile address " +
    "recipient email mail card cards cvc cvv pan pin otp birthday birthdate signature credential credentials jwt"
  ).split(" "),
);
/** Ours, and of a closed form: looking for a card number in them would cost more than writing the line. */
const PLAIN_NAMES = new Set(["code", "method", "route", "operation", "problem", "requestId", "traceId"]);

const JWT = /\beyJ[\w-]{8,}\.[\w-]+(?:\.[\w-]*)?/g;
const BEARER = /\b(bearer|basic)\s+[\w.~+/=-]{6,}/gi;
const EMAIL = /[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,8}/g;
const PHONE = /(?<![\d\w-])(?:\+82[- ]?|0)1[016-9][- ]?\d{3,4}[- ]?\d{4}(?![\d\w])/g;
const DIGITS = /(?<![\d\w])\d(?:[ -]?\d){13,18}(?![\d\w])/g;
const SUSPICIOUS = /@|eyJ|earer |asic |BEARER|1[016-9]|\d[ -]?\d{3}/;

const DEPTH_MAX = 6;
const LIST_MAX = 50;
const TEXT_MAX = 8_192;
const NAMES_MAX = 5_000;
const secretByName = new Map<string, boolean>();

/**
 * The fields as they may stand in a log: values under names such as `phone` or `cardToken` are hidden, and tokens, mail
 * addresses, telephone and card numbers inside other texts too (STYLE.md 16). Changes nothing that it is given.
 */
export function mask(fields: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return maskedMembers(fields, 0);
}

// Every request comes through here once: for-in and a look at the type first are three times faster than entries().
function maskedMembers(members: object, depth: number): Record<string, unknown> {
  const masked: Record<string, unknown> = {};
  for (const name in members) {
    const value = (members as Record<string, unknown>)[name];
    if (value === undefined) continue;
    if (PLAIN_NAMES.has(name)) masked[name] = value;
    else masked[name] = isSecretName(name) && value !== null ? MASKED : maskedValue(value, depth + 1);
  }
  return masked;
}

function maskedValue(value: unknown, depth: number): unknown {
  if (typeof value === "string") return maskText(value);
  if (typeof value === "bigint") return String(value);
  if (typeof value !== "object" || value === null) return value;
  if (depth > DEPTH_MAX) return "…";
  if (value instanceof Error) return maskedError(value, depth);
  if (Array.isArray(value)) return value.slice(0, LIST_MAX).map((entry) => maskedValue(entry, depth + 1));
  if (value instanceof Date) return value.toISOString();
  return maskedMembers(value, depth);
}

function maskedError(error: Error, depth: number): Record<string, unknown> {
  return {
    name: error.name,
    message: maskText(error.message),
    ...maskedMembers({ ...error }, depth),
    stack: maskText(error.stack ?? ""),
    ...(error.cause === undefined ? {} : { cause: maskedValue(error.cause, depth + 1) }),
  };
}

/** Hides what looks like a token, a mail address, a Korean mobile number or a card number. */
export function maskText(text: string): string {
  if (!SUSPICIOUS.test(text)) return text;
  return text
    .slice(0, TEXT_MAX)
    .replace(BEARER, `$1 ${MASKED}`)
    .replace(JWT, MASKED)
    .replace(EMAIL, MASKED)
    .replace(PHONE, MASKED)
    .replace(DIGITS, (digits) => (isCardNumber(digits) ? MASKED : digits));
}

function isSecretName(name: string): boolean {
  const known = secretByName.get(name);
  if (known !== undefined) return known;
  const words = name
    .replace(/([a-z0-9])([A-Z])/g, "$1 $2")
    .toLowerCase()
    .split(/[^a-z0-9]+/);
  const secret = words.some((word) => SECRET_WORDS.has(word)) && !words.includes("id");
  if (secretByName.size < NAMES_MAX) secretByName.set(name, secret);
  return secret;
}

/** Luhn's check, so that times in ms and other long numbers stay readable. */
function isCardNumber(digits: string): boolean {
  let sum = 0;
  let double = false;
  for (const digit of digits.replace(/\D/g, "").split("").reverse().map(Number)) {
    const doubled = double ? digit * 2 : digit;
    sum += doubled > 9 ? doubled - 9 : doubled;
    double = !double;
  }
  return sum % 10 === 0;
}
