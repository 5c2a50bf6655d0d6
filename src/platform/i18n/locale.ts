export type Locale = "ko" | "en";

/** The language of an answer by RFC 9110 §12.5.4: the best weighted of ko and en; Korean when nothing fits. */
export function localeOf(acceptLanguage: string | undefined): Locale {
  if (acceptLanguage === undefined || acceptLanguage.startsWith("ko")) return "ko";
  let best: Locale = "ko";
  let bestWeight = 0;
  for (const part of acceptLanguage.slice(0, 200).split(",")) {
    const [range = "", ...parameters] = part.trim().toLowerCase().split(";");
    const locale = localeOfRange(range);
    const weight = weightOf(parameters);
    if (locale !== undefined && weight > bestWeight) {
      best = locale;
      bestWeight = weight;
    }
  }
  return best;
}

function localeOfRange(range: string): Locale | undefined {
  const language = range.trim().split("-")[0];
  if (language === "ko" || language === "*") return "ko";
  return language === "en" ? "en" : undefined;
}

function weightOf(parameters: readonly string[]): number {
  for (const parameter of parameters) {
    const [name, value] = parameter.trim().split("=");
    if (name === "q") return Number(value) || 0;
  }
  return 1;
}
