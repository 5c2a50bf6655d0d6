import type { IncomingHttpHeaders } from "node:http";

/**
 * Whether the page that asks is one of ours: named by the configuration, or of this very address. Programs name no
 * origin; a browser names its page's, which no page can forge (ASVS 4.4.2).
 */
export function isOurOrigin({ origin, host }: IncomingHttpHeaders, origins: readonly string[]): boolean {
  if (origin === undefined || origins.includes(origin)) return true;
  return URL.parse(origin)?.host === host;
}
