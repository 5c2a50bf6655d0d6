import type { Static, TObject } from "typebox";
import type { Operation } from "./operation.ts";

/** What a client may say of the connection itself, beside the operations that it may ask for over it. */
export interface HeardFrame {
  readonly summary: { readonly ko: string; readonly en: string };
  readonly input: TObject;
  readonly output: TObject;
  /** Ceiling of one account's frames of this kind a minute. */
  readonly requestsPerMinute: number;
}

/** What the service says by itself: `{type: "message", …fields}`. */
export interface SaidFrame<Fields extends TObject = TObject> {
  readonly summary: { readonly ko: string; readonly en: string };
  readonly fields: Fields;
  readonly example: Static<Fields>;
}

/**
 * A WebSocket of a service: the single source of what is checked, sent and documented. Both sides send JSON objects
 * with a `type`; a client's frame may carry a `ref`, which its answer repeats.
 */
export interface SocketContract<
  Heard extends Readonly<Record<string, HeardFrame>> = Readonly<Record<string, HeardFrame>>,
  Said extends Readonly<Record<string, SaidFrame>> = Readonly<Record<string, SaidFrame>>,
> {
  readonly service: string;
  readonly name: string;
  /** `/chat/socket`; the ticket stands in its query. */
  readonly path: string;
  readonly summary: { readonly ko: string; readonly en: string };
  /** Asked as `{type: "sendMessage", ref, …input}`, with the very rules that they have over HTTP. */
  readonly operations: readonly Operation[];
  readonly hears: Heard;
  readonly says: Said;
}

export type SaidFields<Contract extends SocketContract, Type extends keyof Contract["says"]> = Static<
  Contract["says"][Type]["fields"]
>;
export type HeardInput<Contract extends SocketContract, Type extends keyof Contract["hears"]> = Static<
  Contract["hears"][Type]["input"]
>;
export type HeardOutput<Contract extends SocketContract, Type extends keyof Contract["hears"]> = Static<
  Contract["hears"][Type]["output"]
>;

export function said<Fields extends TObject>(frame: SaidFrame<Fields>): SaidFrame<Fields> {
  return frame;
}

export function socket<
  Heard extends Readonly<Record<string, HeardFrame>>,
  Said extends Readonly<Record<string, SaidFrame>>,
>(contract: SocketContract<Heard, Said>): SocketContract<Heard, Said> {
  return contract;
}
