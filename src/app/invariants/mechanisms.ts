import type { Invariant } from "./invariant.ts";

/** What must hold of the mechanisms of every service, whatever its business (MECHANISMS.md). */
export function mechanismInvariants(services: readonly { readonly name: string }[]): readonly Invariant[] {
  const each = (select: (schema: string, name: string) => string) =>
    services.map(({ name }) => select(`"${name}"`, `'${name}'`)).join(" union all ");
  return [
    {
      id: "I8.no_dead_letters",
      ko: "적용하지 못해 치워 둔 사건이 없다",
      en: "No event had to be set aside",
      sql: each((at, name) => `select ${name} as service, consumer, source, key, error from ${at}.dead_letters`),
    },
    {
      id: "I8.positions_are_gapless",
      ko: "사실의 위치에 빈 곳이 없다",
      en: "Positions of facts are gapless up to the head",
      sql: each(
        (at, name) => `select ${name} as service, h.position, f.last, f.count from ${at}.head h
          cross join (select coalesce(max(position), 0) as last, count(*) as count from ${at}.facts) f
          where h.position <> f.last or h.position <> f.count`,
      ),
    },
    {
      id: "I8.versions_are_gapless",
      ko: "흐름마다 사실의 버전에 빈 곳이 없고 상태 행은 마지막 것이다",
      en: "Versions of each stream are gapless, and its row stands at the last one",
      sql: each(
        (at, name) => `select ${name} as service, f.stream, f.last, s.version from (
            select stream, max(version) as last, count(*) as count from ${at}.facts group by stream) f
          left join ${at}.states s on s.key = f.stream
          where f.last <> f.count or s.version is distinct from f.last`,
      ),
    },
    {
      id: "I19.unpaid_orders_end",
      ko: "결제를 기다리는 주문에는 끝낼 일이 남아 있다",
      en: "An order that waits for its money or its stock has work that will end it",
      sql: `select o.key, o.data ->> 'status' as status from "order".states o
        where o.key like 'ord\\_%' and (o.data ->> 'status' in ('PENDING_PAYMENT', 'PAYMENT_FAILED')
            or o.data ->> 'paidAt' is not null and o.data -> 'isSecured' is null and (o.data ->> 'active')::boolean
              and o.data ->> 'status' = 'PAID')
          and not exists (select from "order".work w where w.key = o.key)`,
    },
  ];
}
