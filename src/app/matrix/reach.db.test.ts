import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { allServices } from "../services.ts";
import { policyOf } from "./policy.ts";
import { reachCarts } from "./reach-carts.ts";
import { reachChat } from "./reach-chat.ts";
import { reachGoods } from "./reach-goods.ts";
import { reachOrders } from "./reach-orders.ts";
import { BREAKER_FAILURES, confirmAtIllGateway, reachPayments } from "./reach-payments.ts";
import { FREE_GUESSES, reachPeople } from "./reach-people.ts";
import { reachStores } from "./reach-stores.ts";
import { openTown, type Town } from "./town.ts";

/**
 * "No"s that no single request can be made to hear; each with the reason. Anything else that is listed is heard here.
 */
const UNHEARD: Readonly<Record<string, string>> = {
  "createFirstAdmin account.email_taken": "somebody must have signed up before the house had its first administrator",
  "createFirstAdmin account.nickname_taken":
    "somebody must have signed up before the house had its first administrator",
  "editStore store.changed_meanwhile": "two edits must meet between the reading and the commit of one of them",
  "closeStore store.changed_meanwhile": "an edit must rename the store between the reading and the commit",
  "placeOrder order.could_not_hold": "an order's holds must be refused for another reason than the stock",
};

const operations = allServices.flatMap((service) => service.operations.map(({ operation }) => operation));
const statusOf = Object.assign({}, ...allServices.map(({ problems }) => problems)) as Record<
  string,
  { status: number }
>;
const cases = [
  ...reachPeople,
  ...reachStores,
  ...reachGoods,
  ...reachCarts,
  ...reachOrders,
  ...reachPayments,
  ...reachChat,
];
let town: Town;
before(async () => {
  town = await openTown({
    identity: { freeGuesses: FREE_GUESSES, refreshRetrySeconds: 10 },
    order: { doubleWithinSeconds: 30 },
    payment: { resolveUnknownSeconds: 30, breakerFailures: BREAKER_FAILURES, breakerOpenMs: 20_000 },
  });
});
after(() => town.close());

for (const service of allServices) {
  test(`${service.name}: each "no" is told in the state for which it is listed, with its status, and goes on saying so`, async () => {
    for (const { operation, code, make } of cases.filter((one) => one.operation.service === service.name)) {
      const { input, as } = await make(town);
      const { status, code: heard, body } = await town.ask(operation, input, as);
      assert.equal(heard, code, `${operation.name}: ${JSON.stringify(body)}`);
      assert.equal(status, statusOf[code]?.status, code);
      assert.ok(status >= 400 && status < 600, code);
      const again = await town.ask(operation, input, as, { locale: "en" });
      assert.notEqual(again.code, undefined, `${operation.name} ${code}: asked again it is done`);
    }
  });
}

test("what nobody has is not there, and a cursor that nobody gave is refused", async () => {
  for (const operation of operations) {
    const { good } = policyOf(operation);
    if (typeof good === "string" || !operation.problems.some((code) => /not_found|cursor/.test(code))) continue;
    const { input, as } = await good(town);
    const nobodys = Object.entries(input).map(([name, value]) => {
      const isId = typeof value === "string" && /^[a-z]{3}_[0-9a-z]{26}$/.test(value) && operation.path.includes(name);
      return [name, isId ? `${String(value).slice(0, 4)}${"7".repeat(26)}` : name === "orderNo" ? "없음" : value];
    });
    await town.ask(operation, Object.fromEntries(nobodys), as);
    if ("cursor" in operation.input.properties) await town.ask(operation, { ...input, cursor: "x" }, as);
  }
});

test("a gateway that is known to be ill is not asked to confirm, by either way", async () => {
  const code = "payment.gateway_unavailable";
  assert.deepEqual(await confirmAtIllGateway(town), [code, code]);
});

test("no code is dead: everything that a contract lists is heard, or it says why it cannot be", () => {
  const listed = operations.flatMap(({ name, problems }) => problems.map((code) => `${name} ${code}`));
  const unheard = listed.filter((pair) => !town.heard.has(pair) && !(pair in UNHEARD));
  assert.deepEqual(unheard, []);
  const heard = Object.keys(UNHEARD).filter((pair) => town.heard.has(pair) || !listed.includes(pair));
  assert.deepEqual(heard, [], "these need no explanation");
});
