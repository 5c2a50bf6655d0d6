import { Type } from "typebox";
import { Check, Errors } from "typebox/value";
import type { EventContract } from "#platform/core/event.ts";
import type { Operation } from "#platform/core/operation.ts";
import type { SocketContract } from "#platform/core/socket.ts";
import type { AnyService } from "#platform/service.ts";
import type { House } from "./house.ts";

/** A rule about the values of the house: contracts and services as they are imported. */
export interface HouseRule {
  readonly says: string;
  readonly find: (house: House) => readonly string[];
  /** A change of the good house below that breaks the rule. */
  readonly planted: readonly ((house: PlainHouse) => House)[];
}

interface PlainHouse extends House {
  readonly operation: Operation;
  readonly event: EventContract;
  readonly socket: SocketContract;
  readonly service: AnyService;
}

const operation: Operation = {
  service: "order",
  name: "placeOrder",
  method: "POST",
  path: "/orders",
  access: ["BUYER"],
  summary: { ko: "주문한다", en: "Place an order" },
  input: Type.Object({ note: Type.String() }),
  output: Type.Object({}),
  problems: ["order.empty"],
  idempotency: "key",
};
const event: EventContract = {
  service: "order",
  type: "order.placed.v1",
  summary: { ko: "주문이 들어왔다", en: "An order was placed" },
  data: Type.Object({ orderId: Type.String() }),
  example: { orderId: "ord_1" },
};
const socket: SocketContract = {
  ...{ service: "order", name: "orderSocket", path: "/orders/socket", summary: { ko: "주문", en: "Orders" } },
  operations: [operation],
  hears: {},
  says: { placed: { summary: event.summary, fields: Type.Object({ n: Type.Integer() }), example: { n: 1 } } },
};
const service = {
  name: "order",
  problems: { "order.empty": { status: 422, ko: "비었습니다", en: "It is empty" } },
  operations: [{ operation, run: async () => ({}) }],
  announces: [event],
  calls: [],
  sockets: [{ socket }],
} as unknown as AnyService;

/** A house that keeps every rule: each planted offence changes one thing of it. */
export const goodHouse: PlainHouse = {
  operation,
  event,
  socket,
  service,
  operations: [operation],
  events: [event],
  sockets: [socket],
  services: [service],
  platformCodes: [],
};

const withOperation =
  (change: Partial<Operation>) =>
  (house: PlainHouse): House => {
    const changed = { ...house.operation, ...change };
    const handler = { operation: changed, run: async () => ({}) };
    return { ...house, operations: [changed], services: [{ ...house.service, operations: [handler] }] };
  };
const withEvent =
  (change: Partial<EventContract>) =>
  (house: PlainHouse): House => {
    const changed = { ...house.event, ...change };
    return { ...house, events: [changed], services: [{ ...house.service, announces: [changed] }] };
  };
const withSocket =
  (change: Partial<SocketContract>) =>
  (house: PlainHouse): House => {
    const changed = { ...house.socket, ...change };
    return { ...house, sockets: [changed], services: [{ ...house.service, sockets: [{ socket: changed } as never] }] };
  };
const withService =
  (change: Partial<AnyService>) =>
  (house: PlainHouse): House => {
    return { ...house, services: [{ ...house.service, ...change }] };
  };
const nameOf = (one: Operation) => `${one.service}.${one.name}`;
// 502 to 504: what stands behind us does not answer.
const isProblemStatus = (status: number) => (status >= 400 && status < 500) || (status >= 502 && status <= 504);
const isTwice = <Value>(values: readonly Value[]) => values.filter((value, at) => values.indexOf(value) !== at);

export const houseRules: readonly HouseRule[] = [
  {
    says: "every operation of a contract is carried out by its service, and by no other",
    find: ({ operations, services }) => [
      ...operations
        .filter(
          (one) =>
            !services.some(({ name, operations: own }) => name === one.service && own.some((h) => h.operation === one)),
        )
        .map((one) => `${nameOf(one)} is carried out by nobody`),
      ...services.flatMap(({ name, operations: own }) =>
        own
          .filter((handler) => handler.operation.service !== name || !operations.includes(handler.operation))
          .map((handler) => `${name} carries out ${nameOf(handler.operation)}, which is not in its contract`),
      ),
    ],
    planted: [
      withService({ operations: [] }),
      (house) => ({ ...house, operations: [] }),
      withOperation({ service: "cart" }),
    ],
  },
  {
    says: "no two operations have one name or one route, and what only services may call stands below /internal/",
    find: ({ operations }) => [
      ...isTwice(operations.map(nameOf)).map((name) => `${name} exists twice`),
      ...isTwice(operations.map(({ method, path }) => `${method} ${path.replaceAll(/:\w+/g, ":")}`)),
      ...operations
        .filter(({ access, path }) => (access === "service") !== path.startsWith("/internal/"))
        .map((one) => `${nameOf(one)} at ${one.path} is for ${String(one.access)}`),
    ],
    planted: [
      (house) => ({ ...house, operations: [house.operation, house.operation] }),
      withOperation({ access: "service" }),
      withOperation({ path: "/internal/orders" }),
    ],
  },
  {
    says: "a GET takes no idempotency key, for a browser may send it again by itself",
    find: ({ operations }) =>
      operations.filter(({ method, idempotency }) => method === "GET" && idempotency === "key").map(nameOf),
    planted: [withOperation({ method: "GET" })],
  },
  {
    says: "names in a path are fields of the input",
    find: ({ operations }) =>
      operations.flatMap((one) =>
        [...one.path.matchAll(/:(\w+)/g)]
          .filter((found) => !Object.hasOwn(one.input.properties, found[1]!))
          .map((found) => `${nameOf(one)}: ${found[0]} is no field of its input`),
      ),
    planted: [withOperation({ path: "/orders/:orderId" })],
  },
  {
    says: "every problem code of a contract has one entry in a problems.ts, and every entry is used by a contract",
    find: ({ operations, services, platformCodes }) => {
      const listed = services.flatMap(({ problems }) => Object.keys(problems));
      const used = new Set(operations.flatMap(({ problems }) => [...problems]));
      return [
        ...isTwice(listed).map((code) => `${code} is listed by two services`),
        ...[...used]
          .filter((code) => !listed.includes(code) && !platformCodes.includes(code))
          .map((code) => `${code} stands in no problems.ts`),
        ...listed.filter((code) => !used.has(code)).map((code) => `${code} is answered by no operation`),
      ];
    },
    planted: [withOperation({ problems: ["order.empty", "order.gone"] }), withOperation({ problems: [] })],
  },
  {
    says: "a problem is the client's or a gateway's, never a fault of ours, and has a text in both languages",
    find: ({ services }) =>
      services.flatMap(({ problems }) =>
        Object.entries(problems)
          .filter(([, { status, ko, en }]) => !isProblemStatus(status) || ko === "" || en === "" || !/[가-힣]/.test(ko))
          .map(([code]) => code),
      ),
    planted: [
      withService({ problems: { "order.empty": { status: 500, ko: "비었습니다", en: "It is empty" } } }),
      withService({ problems: { "order.empty": { status: 422, ko: "It is empty", en: "It is empty" } } }),
    ],
  },
  {
    says: "every event of a contract is announced by its service, and nothing else is",
    find: ({ events, services }) => [
      ...events
        .filter((one) => !services.some(({ name, announces }) => name === one.service && announces.includes(one)))
        .map(({ type }) => `${type} is announced by nobody`),
      ...services.flatMap(({ name, announces }) =>
        announces
          .filter((one) => !events.includes(one))
          .map(({ type }) => `${name} announces ${type}, which is in no contract`),
      ),
    ],
    planted: [withService({ announces: [] }), (house) => ({ ...house, events: [] })],
  },
  {
    says: "an event is named aggregate.fact.vN, once",
    find: ({ events }) => [
      ...isTwice(events.map(({ type }) => type)),
      ...events.map(({ type }) => type).filter((type) => !/^[a-z]+(-[a-z]+)*\.[a-z]+(-[a-z]+)*\.v[1-9]\d*$/.test(type)),
    ],
    planted: [withEvent({ type: "OrderPlaced" }), (house) => ({ ...house, events: [house.event, house.event] })],
  },
  {
    says: "the example of an event is valid by its schema",
    find: ({ events }) =>
      events
        .filter(({ data, example }) => !Check(data, example))
        .map(({ type, data, example }) => `${type}: ${JSON.stringify(Errors(data, example).slice(0, 3))}`),
    planted: [withEvent({ example: { orderId: 1 } }), withEvent({ example: {} })],
  },
  {
    says: "every socket of a contract is opened by its service, asks for operations of that one, and shows valid frames",
    find: ({ sockets, services }) =>
      sockets.flatMap(({ service, name, operations, says }) => [
        ...(services.some((one) => one.name === service && one.sockets?.some((opened) => opened.socket.name === name))
          ? []
          : [`${name} is opened by nobody`]),
        ...operations.filter((one) => one.service !== service).map((one) => `${name} asks for ${nameOf(one)}`),
        ...Object.entries(says)
          .filter(([, { fields, example }]) => !Check(fields, example))
          .map(([type]) => `${name}: the example of ${type} is not valid`),
      ]),
    planted: [
      withService({ sockets: [] }),
      withSocket({ operations: [{ ...operation, service: "cart" }] }),
      withSocket({ says: { placed: { ...socket.says.placed!, example: { n: "one" } } } }),
    ],
  },
  {
    says: "operations and events say in both languages what they mean",
    find: ({ operations, events }) =>
      [
        ...operations.map((one) => ({ name: nameOf(one), ...one.summary })),
        ...events.map((one) => ({ name: one.type, ...one.summary })),
      ]
        .filter(({ ko, en }) => !/[가-힣]/.test(ko) || !/[A-Za-z]/.test(en))
        .map(({ name }) => name),
    planted: [withOperation({ summary: { ko: "Place", en: "Place" } }), withEvent({ summary: { ko: "주문", en: "" } })],
  },
  {
    says: "what a service hears of others is in their contracts",
    find: ({ events, services }) =>
      services.flatMap(({ name, reactions = [], views = [], tails = [], operations: own }) =>
        [
          ...[...reactions, ...tails, ...views.flatMap(({ projections }) => projections)],
          ...own.flatMap(({ watch }) => watch?.hears ?? []),
        ]
          .filter(({ on }) => !events.includes(on))
          .map(({ on }) => `${name} hears ${on.type}, which nobody says`),
      ),
    planted: [withService({ tails: [{ on: { ...event, type: "order.lost.v1" }, hear: () => {} }] })],
  },
  {
    says: "an operation that says something is a watch, and a watch says something",
    find: ({ services }) =>
      services.flatMap(({ operations: own }) =>
        own
          .filter(({ operation, watch }) => (operation.says === undefined) !== (watch === undefined))
          .map(({ operation }) => nameOf(operation)),
      ),
    planted: [withOperation({ says: {} })],
  },
];
