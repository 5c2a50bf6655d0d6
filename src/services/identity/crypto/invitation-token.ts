import { isSame, mac, type Secrets } from "./secrets.ts";

const SHAPE = /^(inv_[0-9a-z]{26})\.([\w-]{43})$/;

/**
 * Made of the invitation's id and our key, so that it stands in no table and the letter can be written anew after a
 * crash. That it works once is told by the invitation's row.
 */
export function writeInvitationToken(invitationId: string, secrets: Pick<Secrets, "invitation">): string {
  return `${invitationId}.${mac(secrets.invitation, invitationId).toString("base64url")}`;
}

/** The invitation's id, or undefined for a text that we never sent. */
export function readInvitationToken(token: string, secrets: Pick<Secrets, "invitation">): string | undefined {
  const [, invitationId, proof] = SHAPE.exec(token) ?? [];
  if (invitationId === undefined || proof === undefined) return undefined;
  return isSame(mac(secrets.invitation, invitationId), Buffer.from(proof, "base64url")) ? invitationId : undefined;
}
