import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { startApp, type TestApp } from "#platform/testing/app.ts";
import { allServices } from "./services.ts";
import { type Gateways, marketSettings, startGateways } from "./testing/market.ts";

let gateways: Gateways;
let market: TestApp;
before(async () => {
  gateways = await startGateways();
  market = await startApp({ services: allServices, settings: marketSettings(gateways) });
});
after(async () => {
  await market.close();
  await gateways.close();
});

const tablesOf = (schema: string) =>
  market.adminSql<{ name: string }>("select tablename as name from pg_tables where schemaname = $1", [schema]);
const refused = { code: "42501" };

for (const { name } of allServices) {
  test(`${name} reads and writes no table of another service, under the role that it runs with`, async () => {
    for (const other of allServices.filter((one) => one.name !== name)) {
      const tables = await tablesOf(other.name);
      assert.ok(tables.length >= 7, other.name);
      for (const table of tables) {
        const at = `"${other.name}"."${table.name}"`;
        for (const text of [`select from ${at}`, `delete from ${at}`, `truncate ${at}`]) {
          await assert.rejects(market.sql(name, text), refused, `${name}: ${text}`);
        }
      }
    }
    assert.ok((await market.sql(name, "select count(*) as n from facts")).length === 1, "its own it reads");
  });
}
