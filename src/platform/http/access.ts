import { type Refusal, reject } from "#platform/core/decision.ts";
import type { Caller, Operation, Role } from "#platform/core/operation.ts";

/** What a member's token says, once its signature, times and audience have been found right. */
export interface AccountClaims {
  readonly accountId: string;
  readonly roles: readonly Role[];
  readonly sessionId: string;
  /** When the token is over, in ms since 1970; a watch ends then. */
  readonly expiresAtMs?: number;
}

/** What a short token between services says: which service calls, and in whose name (A16). */
export interface ServiceClaims {
  readonly service: string;
  /** The one service that it may be shown to. */
  readonly target: string;
  readonly kind: Caller["kind"];
  readonly accountId?: string;
  readonly roles: readonly Role[];
  readonly sessionId?: string;
}

export interface Verifiers {
  /** "unknown": nothing can be said of tokens now, as who signs and ends them has not been heard for too long. */
  readonly verifyToken: (token: string) => AccountClaims | "expired" | "unknown" | null;
  readonly verifyServiceToken: (token: string) => ServiceClaims | null;
  readonly isRevoked: (sessionId: string) => boolean;
}

/** Who calls. `service` is there when another service calls, be it in a member's name or in its own. */
export interface Identity extends Pick<Caller, "kind" | "id" | "roles" | "sessionId"> {
  readonly service?: string;
  readonly expiresAtMs?: number;
}
export type Admission = { readonly identity: Identity } | { readonly refusal: Refusal };

export const NOBODY: Identity = { kind: "anyone", roles: [] };
const ADMITTED_NOBODY: Admission = { identity: NOBODY };
const HIDDEN: Admission = { refusal: reject("route.not_found") };
// The headers of a token of the two kinds: they are never taken for one another, whatever stands inside.
const BEARER = /^Bearer ([A-Za-z0-9._~+/=-]{1,4096})$/i;
export const SERVICE_TOKEN_HEADER = "x-madang-service-token";
/** Says that a request came through the edge, and in nobody's name: who is asking stands in the client's own token. */
export const EDGE_TOKEN_HEADER = "x-madang-edge-token";
export const EDGE = "edge";

export interface AccessHeaders {
  readonly authorization?: string | undefined;
  readonly [SERVICE_TOKEN_HEADER]?: string | string[] | undefined;
  readonly [EDGE_TOKEN_HEADER]?: string | string[] | undefined;
}

/**
 * Decides at the door whether this caller may use the operation: nobody may, unless `access` says so. Operations of the
 * house do not exist for anybody without a service token.
 */
export function admit(operation: Operation, headers: AccessHeaders, verifiers: Verifiers): Admission {
  const serviceToken = headers[SERVICE_TOKEN_HEADER];
  if (serviceToken !== undefined) return admitService(operation, serviceToken, verifiers);
  if (operation.access === "service") return HIDDEN;
  if (headers.authorization === undefined) {
    return operation.access === "anyone" ? ADMITTED_NOBODY : { refusal: reject("auth.required") };
  }
  const identity = identify(headers.authorization, verifiers);
  // What is open to anyone stays open to somebody whose token is over: else they could not even sign in again.
  if (typeof identity === "string")
    return operation.access === "anyone" ? ADMITTED_NOBODY : { refusal: reject(identity) };
  return allowed(operation, identity);
}

/** Whether the edge vouches for the client's address, and has counted the request already. */
export function isFromEdge(operation: Operation, headers: AccessHeaders, verifiers: Verifiers): boolean {
  const token = headers[EDGE_TOKEN_HEADER];
  const claims = typeof token === "string" ? verifiers.verifyServiceToken(token) : null;
  return claims?.service === EDGE && claims.target === operation.service;
}

function admitService(operation: Operation, token: string | string[], verifiers: Verifiers): Admission {
  const claims = typeof token === "string" ? verifiers.verifyServiceToken(token) : null;
  // The edge calls nothing on its own: its token opens no operation, whoever has got hold of it.
  if (claims === null || claims.service === EDGE || claims.target !== operation.service)
    return operation.access === "service" ? HIDDEN : { refusal: reject("auth.token_invalid") };
  const identity = {
    kind: claims.kind,
    id: claims.accountId ?? claims.service,
    roles: claims.roles,
    ...(claims.sessionId === undefined ? {} : { sessionId: claims.sessionId }),
    service: claims.service,
  };
  return claims.kind === "service" || operation.access === "service" ? { identity } : allowed(operation, identity);
}

function allowed(operation: Operation, identity: Identity): Admission {
  const { access } = operation;
  if (access === "anyone") return { identity };
  if (access === "service") return HIDDEN;
  if (identity.kind === "anyone") return { refusal: reject("auth.required") };
  return access.some((role) => identity.roles.includes(role)) ? { identity } : { refusal: reject("auth.forbidden") };
}

function identify(authorization: string, verifiers: Verifiers): Identity | string {
  const token = BEARER.exec(authorization)?.[1];
  const claims = token === undefined ? null : verifiers.verifyToken(token);
  if (claims === null) return "auth.token_invalid";
  if (claims === "expired") return "auth.token_expired";
  if (claims === "unknown") return "server.unreachable";
  if (verifiers.isRevoked(claims.sessionId)) return "auth.token_revoked";
  const { accountId: id, roles, sessionId, expiresAtMs } = claims;
  return { kind: "account", id, roles, sessionId, ...(expiresAtMs === undefined ? {} : { expiresAtMs }) };
}
