import { allServices } from "../services.ts";
import type { Town } from "./town.ts";

/**
 * The state of every service in one text: two of them are the same when nothing was changed in between. Rows that are
 * swept by themselves after a time (counters of guesses) are left out.
 */
export async function fingerprint({ door }: Pick<Town, "door">, services = allServices): Promise<string> {
  const parts = services.map(
    ({ name }) => `select '${name}' as service, (select position from "${name}".head) as head,
      (select md5(coalesce(string_agg(s::text, '|' order by s::text), '')) from "${name}".states s
        where to_jsonb(s) ->> 'swept_after' is null) as states`,
  );
  return JSON.stringify(await door.market.adminSql(parts.join(" union all ")));
}
