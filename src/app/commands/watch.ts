import { DEMO_PASSWORD, DEMO_PEOPLE } from "../demo/people.ts";
import { readForRun } from "../run-config.ts";
import { StartRefused } from "../start-refused.ts";
import { type Person, personAt } from "./order/person.ts";
import { readWatchFlags, type WatchFlags } from "./watch/flags.ts";
import { follow } from "./watch/follow.ts";
import { BELL, isOver, makeLines } from "./watch/words.ts";

/**
 * Follows a running server in a terminal, over HTTP as a console would: a seller's queue or kitchen until Ctrl-C, an
 * order until it is over. `MADANG_PASSWORD` is the password of an account that is not the demo's.
 */
export async function watchCommand(args: readonly string[], env: NodeJS.ProcessEnv): Promise<number> {
  const { settings, ...wanted } = readWatchFlags(args);
  const { MADANG_PASSWORD: password = DEMO_PASSWORD, ...rest } = env;
  const { host, port } = readForRun(settings, rest).platform;
  const url = `http://${host === "0.0.0.0" ? "127.0.0.1" : host}:${port}`;
  const email = wanted.account ?? (wanted.order === undefined ? DEMO_PEOPLE.food : DEMO_PEOPLE.buyer).email;
  const logIn = () => personAt(url, email, password);
  let person = await logIn();
  const { path, title } = await placeOf(person, wanted);
  console.log(`지켜봅니다 · watching  ${title}  (${email}, Ctrl-C: 끝 · end)`);
  const linesOf = makeLines();
  await follow({
    url: `${url}${path}`,
    token: async (isRefused) => {
      if (isRefused) person = await logIn();
      return person.accessToken;
    },
    hear(event) {
      for (const line of linesOf(event)) console.log(line);
      if (event.name === "arrived" && process.stdout.isTTY) process.stdout.write(BELL);
      return !isOver(event);
    },
    onBreak: (why) => console.log(`끊겼습니다, 이어서 받습니다 · broken off, going on  (${why})`),
  });
  return 0;
}

async function placeOf(person: Person, { order, store, kitchen }: Omit<WatchFlags, "settings">) {
  if (order !== undefined) {
    const { orderId, orderNo } = await findOrder(person, order);
    return { path: `/orders/${orderId}/events`, title: orderNo };
  }
  const { stores } = await person.ask<{ stores: { storeId: string; name: string }[] }>("GET", "/my/stores?limit=100");
  const found = store === undefined ? stores[0] : stores.find((one) => one.name === store || one.storeId === store);
  if (!found) {
    throw new StartRefused(
      `${store ?? person.email}: 그런 가게가 없습니다. 이 계정의 가게: ${stores.map(({ name }) => name).join(", ") || "-"}\n` +
        "No such store of this account; the ones above are.",
    );
  }
  const what = kitchen ? "주방 · kitchen" : "주문 · queue";
  return { path: `/stores/${found.storeId}/${kitchen ? "kitchen" : "orders"}/events`, title: `${found.name} ${what}` };
}

type Found = { readonly orderId: string; readonly orderNo: string };

async function findOrder(person: Person, named: string): Promise<Found> {
  if (named.startsWith("ord_")) return person.ask<Found>("GET", `/orders/${encodeURIComponent(named)}`);
  if (named !== "last") return person.ask<Found>("GET", `/orders/by-number/${encodeURIComponent(named)}`);
  const { orders } = await person.ask<{ orders: Found[] }>("GET", "/orders?limit=1");
  if (!orders[0]) throw new StartRefused(`${person.email}: 주문이 없습니다. / has no order yet.`);
  return orders[0];
}
