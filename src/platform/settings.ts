/** One configuration key: what it means, in which unit, and what holds when nobody says otherwise. */
export interface Setting<Value = unknown> {
  readonly ko: string;
  readonly en: string;
  /** `minutes`, `won`, `bytes`, …; empty for texts. */
  readonly unit: string;
  /** Undefined: it must be given (a secret never has a default). */
  readonly fallback: Value | undefined;
  /** Printed as •••. */
  readonly secret: boolean;
  /** Reads the text of the environment. @throws Error with a reason in words when it does not fit. */
  readonly parse: (text: string) => Value;
}

export type Settings = Readonly<Record<string, Setting>>;
export type SettingsOf<Spec extends Settings> = {
  readonly [Key in keyof Spec]: Spec[Key] extends Setting<infer Value> ? Value : never;
};

interface Meaning<Value> {
  readonly ko: string;
  readonly en: string;
  readonly unit?: string;
  readonly fallback?: Value;
  readonly secret?: boolean;
}

export function wholeNumber(meaning: Meaning<number> & { minimum?: number; maximum?: number }): Setting<number> {
  const { minimum = 0, maximum = Number.MAX_SAFE_INTEGER } = meaning;
  return setting(meaning, (text) => {
    const value = Number(text);
    if (!/^-?\d+$/.test(text) || value < minimum || value > maximum) {
      throw new Error(`a whole number from ${minimum} to ${maximum} is needed, not "${text}"`);
    }
    return value;
  });
}

export function textSetting(meaning: Meaning<string>): Setting<string> {
  return setting(meaning, (text) => text);
}

export function flag(meaning: Meaning<boolean>): Setting<boolean> {
  return setting(meaning, (text) => {
    if (text !== "true" && text !== "false") throw new Error(`true or false is needed, not "${text}"`);
    return text === "true";
  });
}

/** Texts separated by commas; an empty text is an empty list. */
export function list(
  meaning: Meaning<readonly string[]> & { each?: (text: string) => string },
): Setting<readonly string[]> {
  const { each = (text: string) => text } = meaning;
  const read = (text: string) => text.split(",").map((part) => part.trim());
  return setting({ unit: "list", ...meaning }, (text) =>
    read(text)
      .filter((part) => part !== "")
      .map(each),
  );
}

export function choice<const Value extends string>(
  meaning: Meaning<Value> & { values: readonly Value[] },
): Setting<Value> {
  return setting(meaning, (text) => {
    const found = meaning.values.find((value) => value === text);
    if (found === undefined) throw new Error(`one of ${meaning.values.join(", ")} is needed, not "${text}"`);
    return found;
  });
}

function setting<Value>(meaning: Meaning<Value>, parse: (text: string) => Value): Setting<Value> {
  const { ko, en, unit = "", fallback, secret = false } = meaning;
  return { ko, en, unit, fallback, secret, parse };
}
