const PLACE = /\{([A-Za-z][A-Za-z0-9_]*)\}/g;

/** Puts details into `{name}` places. Whole numbers get thousands separators; a place without a detail becomes `…`. */
export function fill(text: string, details: Readonly<Record<string, unknown>> = {}): string {
  if (!text.includes("{")) return text;
  return text.replace(PLACE, (_, name: string) => shown(Object.hasOwn(details, name) ? details[name] : undefined));
}

function shown(value: unknown): string {
  if (typeof value === "number") return Number.isSafeInteger(value) ? grouped(value) : String(value);
  if (typeof value === "string" || typeof value === "boolean") return String(value);
  if (Array.isArray(value)) return value.map(shown).join(", ");
  return "…";
}

function grouped(value: number): string {
  return String(value).replace(/\B(?=(\d{3})+$)/g, ",");
}
