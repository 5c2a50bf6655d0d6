import { fileURLToPath } from "node:url";
import { service } from "#platform/service.ts";
import { getOrderLedger } from "./api/get-order-ledger.ts";
import { listAccounts } from "./api/list-accounts.ts";
import { postRefundIntent } from "./api/post-refund-intent.ts";
import { problems } from "./api/problems.ts";
import { commitWith } from "./commit-with.ts";
import type { Deps } from "./deps.ts";
import { evolve } from "./domain/books.ts";
import { flatRule } from "./domain/commission.ts";
import { whenPaymentApproved } from "./reactions/when-payment-approved.ts";
import { whenPaymentCancelRefused } from "./reactions/when-payment-cancel-refused.ts";
import { whenPaymentCancelled } from "./reactions/when-payment-cancelled.ts";
import { whenStoreOrderCompleted } from "./reactions/when-store-order-completed.ts";
import { settings } from "./settings.ts";

export const wallet = service<Deps, typeof settings>({
  name: "wallet",
  migrations: fileURLToPath(new URL("./db", import.meta.url)),
  settings,
  calls: [],
  problems,
  announces: [],
  announce: () => [],
  evolve,
  commitWith,
  deps: ({ records, sql }, { commissionBasisPoints, vatBasisPoints }) => ({
    records,
    sql,
    rule: flatRule(commissionBasisPoints, vatBasisPoints),
  }),
  operations: [postRefundIntent, getOrderLedger, listAccounts],
  reactions: [whenPaymentApproved, whenPaymentCancelled, whenPaymentCancelRefused, whenStoreOrderCompleted],
});
