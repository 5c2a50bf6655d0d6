import * as contract from "#contracts/stock/operations.ts";
import { assert } from "#platform/core/assert.ts";
import { isRefusal, reject } from "#platform/core/decision.ts";
import { handle } from "#platform/service.ts";
import type { Deps } from "../deps.ts";
import { decideAdjust } from "../domain/adjust.ts";
import type { Sku } from "../domain/sku.ts";
import { sellerOfSku } from "../views/stores.ts";
import { stockView } from "./stock-view.ts";

/** Only the seller of the SKU's store may adjust it; to others it does not exist. A store never changes hands. */
export const adjustStock = handle(contract.adjustStock, async (input, caller, deps: Deps) => {
  if ((await sellerOfSku(deps.sql, input.skuId)) !== caller.id) return reject("stock.not_found");
  const outcome = await deps.records.change({
    keys: [input.skuId],
    ...(caller.command ? { command: caller.command } : {}),
    ...(caller.id === undefined ? {} : { actor: caller.id }),
    traceparent: caller.traceparent,
    decide(rows) {
      const facts = decideAdjust(rows.get<Sku>(input.skuId), input);
      return isRefusal(facts) ? facts : { facts };
    },
  });
  if (isRefusal(outcome)) return outcome;
  const sku = outcome.rows.get<Sku>(input.skuId);
  assert(sku, `an adjusted SKU has no row: ${input.skuId}`);
  return stockView(sku);
});
