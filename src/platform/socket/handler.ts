import type { Refusal } from "#platform/core/decision.ts";
import type { Role } from "#platform/core/operation.ts";
import type { HeardInput, HeardOutput, SaidFields, SocketContract } from "#platform/core/socket.ts";

/** In whose name a connection speaks: what the ticket remembers of the session that asked for it. */
export interface TicketHolder {
  readonly accountId: string;
  readonly sessionId?: string;
  readonly roles: readonly Role[];
}

/** One open connection, as its service sees it. */
export interface Connection<Contract extends SocketContract = SocketContract> {
  readonly holder: TicketHolder;
  readonly isOpen: boolean;
  /** Sends a frame; once the connection is closed nothing happens. */
  say<Type extends keyof Contract["says"] & string>(type: Type, fields: SaidFields<Contract, Type>): void;
  /**
   * Resolves when the client has taken most of what was sent, or has gone: whoever sends much waits here between two
   * parts, so that a slow client costs no memory. One that takes nothing is cut (4408) and may resume.
   */
  ready(): Promise<void>;
  close(code: number, reason: string): void;
}

/** What a service keeps for one connection. */
export interface Session<Contract extends SocketContract = SocketContract> {
  readonly hear: {
    readonly [Type in keyof Contract["hears"]]: (
      input: HeardInput<Contract, Type>,
    ) => Promise<HeardOutput<Contract, Type> | Refusal>;
  };
  /** Called once, whoever closed it. */
  readonly closed: () => void;
}

/** A socket with the functions that carry it out. */
export interface SocketHandler<Deps> {
  readonly socket: SocketContract;
  /** Spends the ticket: of two who show it, one gets in. */
  readonly redeem: (ticket: string, deps: Deps) => Promise<TicketHolder | Refusal>;
  readonly open: (connection: Connection<never>, deps: Deps) => Session;
}

export function handleSocket<Contract extends SocketContract, Deps>(
  socket: Contract,
  parts: {
    readonly redeem: SocketHandler<Deps>["redeem"];
    readonly open: (connection: Connection<Contract>, deps: Deps) => Session<Contract>;
  },
): SocketHandler<Deps> {
  return { socket, redeem: parts.redeem, open: parts.open as SocketHandler<Deps>["open"] };
}

/** A socket whose dependencies are inside already. */
export interface BoundSocket {
  readonly socket: SocketContract;
  readonly redeem: (ticket: string) => Promise<TicketHolder | Refusal>;
  readonly open: (connection: Connection) => Session;
}
