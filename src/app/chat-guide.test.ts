import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { Compile } from "typebox/compile";
import { chatSocket } from "#contracts/chat/socket.ts";
import { closed } from "#platform/http/schema.ts";
import { CLOSE } from "#platform/socket/close-codes.ts";
import { framesOf } from "#platform/socket/frames.ts";
import { TICKET_PATTERN } from "#platform/socket/tickets.ts";
import { allServices } from "./services.ts";

const guide = readFileSync(join(import.meta.dirname, "../../docs/how-to/chat.md"), "utf8");
type Frame = Record<string, unknown> & { type: string };

function framesBy(side: "client" | "server"): Frame[] {
  const blocks = guide.matchAll(new RegExp(`^\`\`\`json ${side}\\n([\\s\\S]*?)^\`\`\`$`, "gm"));
  return [...blocks].map((found) => JSON.parse(found[1] ?? "") as Frame);
}

test("every frame that the guide sends would be taken, and all kinds of frames are shown", () => {
  const frames = framesOf(chatSocket, () => async () => ({}));
  const sent = framesBy("client");
  for (const { type, ref: _, ...fields } of sent) {
    if (type === "renew") assert.match(String(fields.ticket), new RegExp(TICKET_PATTERN));
    else assert.ok("input" in (frames.get(type)?.read(fields, "en") ?? {}), type);
  }
  assert.deepEqual(new Set(sent.map(({ type }) => type)), new Set([...frames.keys(), "renew"]));
});

test("every frame that the guide hears is what the contract says, and all kinds of them are shown", () => {
  const heard = framesBy("server");
  const ours = ["welcome", "answer", "refused"];
  for (const { type, ...fields } of heard) {
    const said = chatSocket.says[type as keyof typeof chatSocket.says];
    const ofHears = chatSocket.hears[fields.to as keyof typeof chatSocket.hears];
    if (said) assert.ok(Compile(closed(said.fields)).Check(fields), type);
    else assert.ok(ours.includes(type), type);
    if (ofHears) assert.ok(Compile(closed(ofHears.output)).Check(fields.answer), type);
  }
  assert.deepEqual(new Set(heard.map(({ type }) => type)), new Set([...ours, ...Object.keys(chatSocket.says)]));
});

test("the refusal in the guide is one that is listed, and every close code of ours is explained", () => {
  const refused = framesBy("server").find(({ type }) => type === "refused")?.problem as Record<string, unknown>;
  const listed = allServices.find(({ name }) => name === "chat")?.problems[String(refused.code)];
  assert.deepEqual([listed?.status, listed?.ko], [refused.status, refused.detail]);
  for (const code of Object.values(CLOSE)) assert.ok(guide.includes(String(code)), String(code));
});
