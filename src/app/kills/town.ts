import { DEMO_PASSWORD, DEMO_PEOPLE } from "../demo/people.ts";
import type { Ask } from "./ask.ts";

/** Something that is sold, and by whom. */
export interface Stall {
  readonly storeId: string;
  readonly itemId: string;
  readonly price: number;
  readonly fee: number;
  readonly kind: "FOOD" | "GOODS";
}

/** What buyers of the demo's town choose from. */
export interface Town {
  readonly food: readonly [Stall, ...Stall[]];
  readonly cups: Stall;
  readonly tea: Stall;
  /** Of this one there are only so many. */
  readonly vase: Stall;
}

/** Far more than a long run sells. */
const ENOUGH = 1_000_000;

type Listed = { readonly storeId: string; readonly name: string };
type Items = { readonly items: readonly { itemId: string; name: string; basePrice: number }[] };

export async function logIn(ask: Ask, email: string): Promise<string> {
  const body = { email, password: DEMO_PASSWORD };
  const told = await ask<{ accessToken: string }>({ op: "logIn", method: "POST", path: "/sessions", body });
  if (told.code !== undefined) throw new Error(`${email} could not log in: ${told.code}`);
  return told.body.accessToken;
}

/** Finds the demo's stalls, and fills their shelves; of vases there are `vases`. */
export async function prepareTown(ask: Ask, vases: number): Promise<Town> {
  const listed = await ask<{ stores: readonly Listed[] }>({ op: "listStores", method: "GET", path: "/stores" });
  async function stall(store: string, item: string, kind: Stall["kind"], fee = 0): Promise<Stall> {
    const { storeId = "" } = listed.body.stores.find(({ name }) => name === store) ?? {};
    const { body } = await ask<Items>({ op: "listItems", method: "GET", path: `/stores/${storeId}/items` });
    const found = body.items.find(({ name }) => name === item);
    if (!found) throw new Error(`${store} does not sell ${item}`);
    return { storeId, itemId: found.itemId, price: found.basePrice, fee, kind };
  }
  const town: Town = {
    // One accepts by itself, at the other the seller does; the second asks for a minimum, so two are taken.
    food: [await stall("할매찌개", "김치찌개", "FOOD"), await stall("마당분식", "모둠튀김", "FOOD")],
    cups: await stall("흙과불", "찻잔 두 개", "GOODS", 3_000),
    vase: await stall("흙과불", "달항아리 화병", "GOODS", 3_000),
    tea: await stall("다원", "유자차 500 g", "GOODS", 2_500),
  };
  const [pottery, teahouse] = [await logIn(ask, DEMO_PEOPLE.goods.email), await logIn(ask, DEMO_PEOPLE.tea.email)];
  const put = async ({ itemId }: Stall, token: string, available: number) => {
    const body = { unlimited: false, available, reason: "입고" };
    await ask({ op: "adjustStock", method: "PUT", path: `/stock/${itemId}`, body, token });
  };
  await put(town.cups, pottery, ENOUGH);
  await put(town.vase, pottery, vases);
  await put(town.tea, teahouse, ENOUGH);
  return town;
}
