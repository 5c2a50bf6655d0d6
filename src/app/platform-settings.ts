import { choice, flag, list, textSetting, wholeNumber } from "#platform/settings.ts";
import { busSettings } from "./bus-settings.ts";
import { redisSettings } from "./redis-settings.ts";
import { socketSettings } from "./socket-settings.ts";

const KIB = 1024;
const where = {
  port: wholeNumber({
    ko: "HTTP 포트 (0: 빈 포트)",
    en: "HTTP port (0: any free one)",
    fallback: 3000,
    maximum: 65_535,
  }),
  host: textSetting({ ko: "HTTP를 받는 주소", en: "Address that HTTP is served on", fallback: "127.0.0.1" }),
  dataDir: textSetting({ ko: "데이터 폴더", en: "Folder of the embedded database and of files", fallback: "./data" }),
  services: list({
    ko: "이 프로세스가 돌리는 서비스 (빈 값: 모두, edge: 앞문)",
    en: "Services run here (empty: all, edge: none, the way in to those of other processes)",
    fallback: [],
  }),
  serviceSecret: textSetting({
    ko: "프로세스 사이 호출을 서로 믿게 하는 비밀 (빈 값: 한 프로세스)",
    en: "Secret that processes of the house share to call each other (empty: one process only)",
    fallback: "",
    secret: true,
  }),
  callTimeoutMs: wholeNumber({
    ko: "다른 프로세스의 서비스를 부르는 기한",
    en: "Deadline of a call to a service in another process",
    unit: "ms",
    fallback: 3_000,
    minimum: 1,
  }),
  edgeRequestsPerService: wholeNumber({
    ko: "앞문이 서비스 하나에 한꺼번에 보내는 요청 (넘으면 503)",
    en: "Requests that an edge has under way at one service, else 503",
    unit: "requests",
    fallback: 400,
    minimum: 1,
  }),
  revocationAgeMaxMs: wholeNumber({
    ko: "identity에 닿지 않을 때 로그아웃 목록을 믿는 시간 (그 뒤 토큰은 503)",
    en: "How long the list of ended sessions is believed while identity is out of reach; then tokens get 503",
    unit: "ms",
    fallback: 300_000,
    minimum: 1_000,
  }),
  logLevel: choice({
    ko: "로그를 남기는 정도",
    en: "How much is logged",
    values: ["debug", "info", "warn", "error", "silent"],
    fallback: "info",
  }),
  drainMs: wholeNumber({
    ko: "멈출 때 진행 중인 요청을 기다리는 시간",
    en: "How long a stop waits for requests under way",
    unit: "ms",
    fallback: 4_000,
    maximum: 600_000,
  }),
  drainNoticeMs: wholeNumber({
    ko: "멈출 때 새 요청을 받으면서 먼저 '준비 안 됨'을 알리는 시간 (기본: SERVICE_SECRET이 있으면 1200)",
    en: "How long a stop says 'not ready' and still takes requests, as part of DRAIN_MS (default: 1200 with SERVICE_SECRET)",
    unit: "ms",
    fallback: 0,
    maximum: 600_000,
  }),
  demo: flag({
    ko: "첫 시작에 예시 자료와 가짜 결제사를 띄운다 (기본: DATABASE_URL이 없을 때만)",
    en: "Load demo data at the first start and run the fake gateways (default: only without DATABASE_URL)",
    fallback: false,
  }),
};

const http = {
  bodyLimitBytes: wholeNumber({
    ko: "요청 본문의 최대 크기",
    en: "Largest body of a request",
    unit: "bytes",
    fallback: 64 * KIB,
    minimum: KIB,
  }),
  headerLimitBytes: wholeNumber({
    ko: "요청 머리말의 최대 크기",
    en: "Largest header of a request",
    unit: "bytes",
    fallback: 16 * KIB,
    minimum: KIB,
  }),
  requestTimeoutMs: wholeNumber({
    ko: "요청에 답하는 기한",
    en: "Until a request is answered, else 504",
    unit: "ms",
    fallback: 10_000,
    minimum: 100,
  }),
  maxConcurrentRequests: wholeNumber({
    ko: "한꺼번에 처리하는 요청 수",
    en: "Requests under way at once, else 503",
    unit: "requests",
    fallback: 1_000,
    minimum: 1,
  }),
  rateLimitPerMinute: wholeNumber({
    ko: "IP 하나가 1분에 보낼 수 있는 요청 (0: 제한 없음)",
    en: "Requests of one IP a minute (0: no limit)",
    unit: "requests",
    fallback: 1_200,
  }),
  accountRateLimitPerMinute: wholeNumber({
    ko: "계정 하나가 1분에 보낼 수 있는 요청 (0: 제한 없음)",
    en: "Requests of one account a minute (0: no limit)",
    unit: "requests",
    fallback: 600,
  }),
  readCacheBytes: wholeNumber({
    ko: "공개 조회를 기억하는 메모리",
    en: "Memory for remembered answers of public reads",
    unit: "bytes",
    fallback: 32 * KIB * KIB,
  }),
  corsOrigins: list({ ko: "브라우저 호출을 허락하는 출처", en: "Origins whose pages may call", fallback: [] }),
  trustedProxies: list({
    ko: "X-Forwarded-For를 믿는 프록시 주소",
    en: "Proxies whose X-Forwarded-For is believed: addresses or ranges",
    fallback: [],
  }),
};

const watching = {
  watchesMax: wholeNumber({
    ko: "한 프로세스에서 동시에 지켜보는 연결 (넘으면 503)",
    en: "Lines of clients that watch, open at once in this process, else 503",
    unit: "lines",
    fallback: 10_000,
  }),
  watchesByAccount: wholeNumber({
    ko: "한 계정이 한 프로세스에서 동시에 지켜보는 연결 (넘으면 429)",
    en: "Such lines of one account in this process, else 429",
    unit: "lines",
    fallback: 20,
    minimum: 1,
  }),
  watchBeatMs: wholeNumber({
    ko: "조용한 연결을 살려 두는 간격",
    en: "Pause between signs of life on a quiet line",
    unit: "ms",
    fallback: 15_000,
    minimum: 100,
    maximum: 25_000,
  }),
  watchBufferBytes: wholeNumber({
    ko: "느린 연결에 밀린 것의 최대 크기 (넘으면 끊고, 이어서 받게 한다)",
    en: "What may wait for a slow client; more, and it is cut off and may come again",
    unit: "bytes",
    fallback: 128 * KIB,
    minimum: KIB,
  }),
  watchResumeFacts: wholeNumber({
    ko: "다시 온 연결을 위해 거슬러 읽는 사실의 최대 수 (넘으면 새로 읽게 한다)",
    en: "Facts read at most for a client that comes again; who missed more reads everything anew",
    unit: "facts",
    fallback: 10_000,
  }),
};

const mail = {
  smtpUrl: textSetting({
    ko: "메일을 보내는 서버 (빈 값: 내장 우편함)",
    en: "Server that sends mail (empty: the built-in sink)",
    fallback: "",
    secret: true,
  }),
  mailFrom: textSetting({
    ko: "보내는 사람",
    en: "Sender of mail",
    fallback: "마당 <no-reply@madang.example>",
  }),
  mailQueueMax: wholeNumber({
    ko: "보내기를 기다리는 메일의 최대 수",
    en: "Letters waiting to be sent; more are dropped and logged",
    unit: "letters",
    fallback: 1_000,
    minimum: 1,
  }),
};

const database = {
  databaseUrl: textSetting({
    ko: "PostgreSQL 주소 (빈 값: 내장)",
    en: "PostgreSQL (empty: the embedded one)",
    fallback: "",
    secret: true,
  }),
  poolMax: wholeNumber({
    ko: "서비스마다 여는 데이터베이스 연결",
    en: "Database connections of each service",
    unit: "connections",
    fallback: 5,
    minimum: 1,
    maximum: 200,
  }),
  batchMax: wholeNumber({
    ko: "커밋 하나에 담는 명령",
    en: "Commands in one commit",
    unit: "commands",
    fallback: 256,
    minimum: 1,
    maximum: 10_000,
  }),
  batchQueueMax: wholeNumber({
    ko: "커밋을 기다리는 명령의 최대 수 (넘으면 503)",
    en: "Commands waiting for a commit, else 503",
    unit: "commands",
    fallback: 5_000,
    minimum: 1,
  }),
  batchesInFlight: wholeNumber({
    ko: "서비스마다 한꺼번에 도는 커밋",
    en: "Commits of a service under way at once",
    unit: "commits",
    fallback: 1,
    minimum: 1,
    maximum: 16,
  }),
  batchTriesMax: wholeNumber({
    ko: "다른 프로세스가 앞섰을 때 다시 하는 횟수",
    en: "Tries of a commit that another process overtook",
    unit: "tries",
    fallback: 12,
    minimum: 1,
  }),
  commandsKeptDays: wholeNumber({
    ko: "Idempotency-Key를 기억하는 기간 (0: 언제까지나)",
    en: "How long an Idempotency-Key is remembered (0: for ever)",
    unit: "days",
    fallback: 14,
    maximum: 3_650,
  }),
  feedPollMs: wholeNumber({
    ko: "다른 프로세스의 사실을 찾아보는 간격 (오래 조용한 서비스는 네 배)",
    en: "Pause between looks for facts of other processes (four times as long where it has been quiet)",
    unit: "ms",
    fallback: 50,
    minimum: 1,
  }),
  workPollMs: wholeNumber({
    ko: "남은 일을 찾아보는 간격",
    en: "Pause between looks for work that is due",
    unit: "ms",
    fallback: 200,
    minimum: 1,
  }),
  workLeaseMs: wholeNumber({
    ko: "맡은 일을 쥐고 있는 시간",
    en: "How long a piece of work is held by who took it",
    unit: "ms",
    fallback: 30_000,
    minimum: 100,
  }),
  workTasksMax: wholeNumber({
    ko: "서비스마다 한꺼번에 하는 일",
    en: "Pieces of work of a service under way at once",
    unit: "tasks",
    fallback: 64,
    minimum: 1,
  }),
};

/** Where a gateway's own book can be read. Only a fake has such an address; the demo's `verify` finds its fakes itself. */
function truthUrl(gateway: { ko: string; en: string }) {
  return textSetting({
    ko: `verify가 ${gateway.ko}의 진짜 장부를 읽는 주소 (가짜 서버에만 있음)`,
    en: `Where verify reads what truly moved at ${gateway.en} (only a fake has it)`,
    fallback: "",
  });
}

const truth = {
  tossTruthUrl: truthUrl({ ko: "토스", en: "Toss" }),
  kakaopayTruthUrl: truthUrl({ ko: "카카오페이", en: "KakaoPay" }),
};

/** Every key of the house itself; `bodyLimitBytes` is written BODY_LIMIT_BYTES, or `--body-limit-bytes=`. */
export const platformSettings = {
  ...where,
  ...http,
  ...watching,
  ...mail,
  ...database,
  ...truth,
  ...busSettings,
  ...redisSettings,
  ...socketSettings,
};
