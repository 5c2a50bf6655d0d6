import { fileURLToPath } from "node:url";
import * as events from "#contracts/stock/events.ts";
import { service } from "#platform/service.ts";
import { announce } from "./announce.ts";
import { adjustStock } from "./api/adjust-stock.ts";
import { commitStock } from "./api/commit-stock.ts";
import { getAvailability } from "./api/get-availability.ts";
import { listStoreStock } from "./api/list-store-stock.ts";
import { problems } from "./api/problems.ts";
import { releaseStock } from "./api/release-stock.ts";
import { reserveStock } from "./api/reserve-stock.ts";
import type { Deps } from "./deps.ts";
import { evolve } from "./domain/evolve.ts";
import { facets } from "./facets.ts";
import { releaseExpiredReservations } from "./jobs/release-expired-reservations.ts";
import { whenItemChanged } from "./reactions/when-item-changed.ts";
import { stores } from "./views/stores.ts";

const settings = {};

export const stock = service<Deps, typeof settings>({
  name: "stock",
  migrations: fileURLToPath(new URL("./db", import.meta.url)),
  settings,
  calls: [],
  problems,
  announces: [
    events.stockReserved,
    events.stockCommitted,
    events.stockReleased,
    events.stockReturned,
    events.stockAdjusted,
    events.stockAvailability,
  ],
  announce,
  evolve,
  facets,
  deps: ({ clock, records, sql }) => ({ clock, records, sql }),
  operations: [reserveStock, commitStock, releaseStock, listStoreStock, adjustStock, getAvailability],
  reactions: [whenItemChanged],
  views: [stores],
  jobs: [releaseExpiredReservations],
});
