import { chatCommand } from "./chat.ts";
import { showConfig } from "./config.ts";
import { migrateCommand } from "./migrate.ts";
import { orderCommand } from "./order.ts";
import { parked } from "./parked.ts";
import { replayCommand } from "./replay.ts";
import { serve } from "./serve.ts";
import { topicsCommand } from "./topics.ts";
import { showTopology } from "./topology.ts";
import { verify } from "./verify.ts";
import { watchCommand } from "./watch.ts";

export interface Command {
  readonly ko: string;
  readonly en: string;
  readonly run: (args: readonly string[], env: NodeJS.ProcessEnv) => Promise<number>;
}

/** What `npm run madang -- <name>` can do. */
export const commands: Readonly<Record<string, Command>> = {
  serve: { ko: "장터를 연다", en: "run the marketplace", run: serve },
  order: {
    ko: "도는 서버에 주문 하나를 끝까지 넣어 본다",
    en: "drive one order through a running server",
    run: orderCommand,
  },
  chat: {
    ko: "두 터미널에서 이야기한다 (buyer, seller)",
    en: "talk from two terminals (buyer, seller)",
    run: chatCommand,
  },
  watch: {
    ko: "가게의 주문이나 주문 하나를 지켜본다 (--store= --kitchen --order= --account=)",
    en: "follow a store's queue, its kitchen, or one order",
    run: watchCommand,
  },
  verify: {
    ko: "살아 있는 데이터베이스의 불변식을 모두 확인한다",
    en: "check every invariant on the live database",
    run: verify,
  },
  migrate: { ko: "데이터베이스를 새 판으로 올린다", en: "bring the database up to date", run: migrateCommand },
  parked: {
    ko: "치워 둔 사건을 보이거나 다시 해 본다 (parked retry …)",
    en: "show events that were set aside, or try them again (parked retry …)",
    run: parked,
  },
  topics: {
    ko: "Kafka의 토픽을 만들고, 다른 점을 말한다",
    en: "make the topics of Kafka, and say how they differ",
    run: topicsCommand,
  },
  replay: {
    ko: "서비스의 이벤트를 사실 기록에서 다시 내보낸다",
    en: "publish a service's events again from its fact log",
    run: replayCommand,
  },
  topology: { ko: "누가 누구를 부르고 듣는지 그린다", en: "show who calls and hears whom", run: showTopology },
  config: { ko: "설정을 보인다 (비밀은 가린다)", en: "show the configuration, secrets hidden", run: showConfig },
};
