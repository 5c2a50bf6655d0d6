import assert from "node:assert/strict";
import { createHmac, createPrivateKey, createPublicKey, generateKeyPairSync, sign } from "node:crypto";
import { test } from "node:test";
import type { Caller } from "#platform/core/operation.ts";
import { type Instant, instant } from "#platform/core/time.ts";
import { signJwt } from "./jwt.ts";
import { makeServiceTokens, makeServiceTokenVerifier } from "./service-token.ts";
import { makeTokenVerifier } from "./token.ts";

const NOW_S = 1_800_000_000;
const seed = (byte: number) => {
  const der = Buffer.concat([Buffer.from("302e020100300506032b657004220420", "hex"), Buffer.alloc(32, byte)]);
  return createPrivateKey({ key: der, format: "der", type: "pkcs8" });
};
const jwkOf = (kid: string, key: ReturnType<typeof seed>) => {
  const { x } = createPublicKey(key).export({ format: "jwk" });
  return { kid, kty: "OKP", crv: "Ed25519", x: String(x), use: "sig", alg: "EdDSA" };
};
const ours = seed(1);
const theirs = seed(2);
const publicPem = String(createPublicKey(ours).export({ type: "spki", format: "pem" }));
const rsa = generateKeyPairSync("rsa", { modulusLength: 2048 });
const ec = generateKeyPairSync("ec", { namedCurve: "P-256" });

const header = { alg: "EdDSA", typ: "at+jwt", kid: "k1" };
const claims = {
  ...{ iss: "madang", aud: "madang", sub: "acc_1", sid: "ses_1", roles: ["BUYER"] },
  ...{ iat: NOW_S - 60, exp: NOW_S + 600 },
};
const encoded = (value: unknown) => Buffer.from(JSON.stringify(value)).toString("base64url");
const part = (value: unknown) => (typeof value === "string" ? value : encoded(value));
const token = (head: unknown, body: unknown, key = ours) => {
  const input = `${part(head)}.${part(body)}`;
  return `${input}.${sign(null, Buffer.from(input), key).toString("base64url")}`;
};
const hmac = (head: object, secret: string | Buffer) => {
  const input = `${encoded(head)}.${encoded(claims)}`;
  return `${input}.${createHmac("sha256", secret).update(input).digest("base64url")}`;
};
const signedBy = (head: object, key: ReturnType<typeof seed>) => {
  const input = `${encoded(head)}.${encoded(claims)}`;
  return `${input}.${sign("sha256", Buffer.from(input), { key, dsaEncoding: "ieee-p1363" }).toString("base64url")}`;
};
const without = (name: keyof typeof claims) =>
  Object.fromEntries(Object.entries(claims).filter(([key]) => key !== name));

function verifierAt(nowS = NOW_S) {
  let now = instant(nowS * 1000);
  const clock = { now: () => now };
  const keys = [jwkOf("k1", ours)];
  const verifier = makeTokenVerifier({ issuer: "madang", audience: "madang", clock, keys });
  return { ...verifier, turn: (toS: number) => (now = instant(toS * 1000) as Instant) };
}

const good = token(header, claims);
const [goodHead, goodBody, goodSignature] = good.split(".") as [string, string, string];

test("our own token says who, as what, in which session and how long", () => {
  const told = { accountId: "acc_1", sessionId: "ses_1", roles: ["BUYER"], expiresAtMs: (NOW_S + 600) * 1000 };
  assert.deepEqual(verifierAt().verify(good), told);
});

const forged: Record<string, string> = {
  "nothing at all": "",
  "one part": goodHead,
  "two parts": `${goodHead}.${goodBody}`,
  "four parts": `${good}.${goodSignature}`,
  "an empty signature": `${goodHead}.${goodBody}.`,
  "a cut signature": good.slice(0, -10),
  "a cut body": `${goodHead}.${goodBody.slice(0, -8)}.${goodSignature}`,
  "a signature of zeros": `${goodHead}.${goodBody}.${Buffer.alloc(64).toString("base64url")}`,
  "a signature twice as long": `${goodHead}.${goodBody}.${goodSignature}${goodSignature}`,
  "another token's signature": `${goodHead}.${encoded({ ...claims, sub: "acc_2" })}.${goodSignature}`,
  "a role put in afterwards": `${goodHead}.${encoded({ ...claims, roles: ["ADMIN"] })}.${goodSignature}`,
  "a header changed afterwards": `${encoded({ ...header, x: 1 })}.${goodBody}.${goodSignature}`,
  "a foreign key under our kid": token(header, claims, theirs),
  "alg none, no signature": `${encoded({ ...header, alg: "none" })}.${goodBody}.`,
  "alg none, our signature": token({ ...header, alg: "none" }, claims),
  "alg None": token({ ...header, alg: "None" }, claims),
  "alg eddsa in small letters": token({ ...header, alg: "eddsa" }, claims),
  "no alg": token({ typ: "at+jwt", kid: "k1" }, claims),
  "alg as a list": token({ ...header, alg: ["EdDSA"] }, claims),
  "HS256 with our public key as its secret": hmac({ ...header, alg: "HS256" }, publicPem),
  "HS256 with the raw public key": hmac({ ...header, alg: "HS256" }, Buffer.from(jwkOf("k1", ours).x, "base64url")),
  "HS256 with an empty secret": hmac({ ...header, alg: "HS256" }, ""),
  "HMAC that calls itself EdDSA": hmac(header, publicPem),
  "RS256 with a key of its own": signedBy({ ...header, alg: "RS256" }, rsa.privateKey),
  "RSA that calls itself EdDSA": signedBy(header, rsa.privateKey),
  "ES256 with a key of its own": signedBy({ ...header, alg: "ES256" }, ec.privateKey),
  "no kid": token({ alg: "EdDSA", typ: "at+jwt" }, claims),
  "an unknown kid": token({ ...header, kid: "k2" }, claims),
  "an empty kid": token({ ...header, kid: "" }, claims),
  "a kid that is a path": token({ ...header, kid: "../../dev/null" }, claims),
  "a kid that is SQL": token({ ...header, kid: "k1' or '1'='1" }, claims),
  "a kid of every object": token({ ...header, kid: "__proto__" }, claims),
  "a kid that is a method": token({ ...header, kid: "constructor" }, claims),
  "a kid as a list": token({ ...header, kid: ["k1"] }, claims),
  "its own key inside (jwk)": token({ ...header, kid: "x", jwk: jwkOf("x", theirs) }, claims, theirs),
  "its own key inside under our kid": token({ ...header, jwk: jwkOf("k1", theirs) }, claims, theirs),
  "an address of keys (jku)": token({ ...header, kid: "x", jku: "http://127.0.0.1:1/jwks" }, claims, theirs),
  "an address of certificates (x5u)": token({ ...header, kid: "x", x5u: "http://127.0.0.1:1/x" }, claims, theirs),
  "a critical extension": token({ ...header, crit: ["b64"], b64: false }, claims),
  "an unknown critical extension": token({ ...header, crit: ["x"], x: 1 }, claims),
  "typ JWT": token({ ...header, typ: "JWT" }, claims),
  "no typ": token({ alg: "EdDSA", kid: "k1" }, claims),
  "the type of a service's token": token({ ...header, typ: "service+jwt" }, claims),
  "another issuer": token(header, { ...claims, iss: "evil" }),
  "issuers as a list": token(header, { ...claims, iss: ["madang"] }),
  "no issuer": token(header, without("iss")),
  "another audience": token(header, { ...claims, aud: "order" }),
  "audiences as a list": token(header, { ...claims, aud: ["madang", "evil"] }),
  "no audience": token(header, without("aud")),
  "no exp": token(header, without("exp")),
  "exp as text": token(header, { ...claims, exp: String(claims.exp) }),
  "exp as null": token(header, { ...claims, exp: null }),
  "exp in ms": token(header, { ...claims, exp: claims.exp * 1000 }),
  "exp without end": token(header, `{"iss":"madang","exp":1e999}`),
  "good for a year": token(header, { ...claims, exp: NOW_S + 365 * 86400 }),
  "no iat": token(header, without("iat")),
  "from the future": token(header, { ...claims, iat: NOW_S + 60 }),
  "not yet (nbf)": token(header, { ...claims, nbf: NOW_S + 1 }),
  "nbf as text": token(header, { ...claims, nbf: "0" }),
  nobody: token(header, without("sub")),
  "somebody as a list": token(header, { ...claims, sub: ["acc_1"] }),
  "a name that is no id": token(header, { ...claims, sub: "acc_1 or true" }),
  "no session": token(header, without("sid")),
  "no roles": token(header, without("roles")),
  "roles as text": token(header, { ...claims, roles: "ADMIN" }),
  "a role that does not exist": token(header, { ...claims, roles: ["BUYER", "GOD"] }),
  "a list instead of claims": token(header, [claims]),
  "text instead of claims": token(header, encoded("claims")),
  "no JSON in the header": token(Buffer.from("{").toString("base64url"), claims),
  "no JSON in the claims": token(header, Buffer.from("{").toString("base64url")),
  "more than anybody needs": token(header, { ...claims, pad: "x".repeat(4000) }),
  "a line break": `${good}\n`,
  "blanks around it": ` ${good} `,
  "plain base64 letters": `${goodHead}.${goodBody}.${"+/".repeat(43)}`,
};

for (const [name, shape] of Object.entries(forged)) {
  test(`no way in with a token that is forged or broken: ${name}`, () => {
    assert.equal(verifierAt().verify(shape), null);
  });
}

test("a token holds up to its last moment, and not at it, also when it was seen before", () => {
  const verifier = verifierAt(claims.exp - 1);
  assert.ok(typeof verifier.verify(good) === "object");
  verifier.turn(claims.exp - 0.001);
  assert.ok(typeof verifier.verify(good) === "object");
  for (const s of [0, 1, 86_400]) {
    verifier.turn(claims.exp + s);
    assert.equal(verifier.verify(good), "expired");
  }
});

test("a token with nbf holds from that second on", () => {
  const early = token(header, { ...claims, nbf: NOW_S });
  assert.equal(verifierAt(NOW_S - 1).verify(early), null);
  assert.ok(verifierAt(NOW_S).verify(early));
});

test("keys change while it runs: a new one counts, a dropped one does not, also for tokens seen before", () => {
  const verifier = verifierAt();
  assert.ok(verifier.verify(good));
  verifier.setKeys([jwkOf("k2", theirs)]);
  assert.equal(verifier.verify(good), null);
  assert.ok(verifier.verify(token({ ...header, kid: "k2" }, claims, theirs)));
  verifier.setKeys([jwkOf("k1", ours), jwkOf("k2", theirs)]);
  assert.ok(verifier.verify(good));
});

test("keys of other kinds in the set are passed over", () => {
  const { n, e } = rsa.publicKey.export({ format: "jwk" });
  const verifier = verifierAt();
  verifier.setKeys([{ kid: "r", kty: "RSA", n, e } as never, { ...jwkOf("e", ours), use: "enc" }, jwkOf("k1", ours)]);
  assert.ok(verifier.verify(good));
  assert.equal(verifier.verify(token({ ...header, kid: "e" }, claims)), null);
});

const buyer: Caller = {
  ...{ kind: "account", id: "acc_1", roles: ["BUYER"], sessionId: "ses_1", locale: "ko" },
  traceparent: "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
};

function house() {
  let now = instant(NOW_S * 1000);
  const clock = { now: () => now };
  const keys = [
    { ...jwkOf("order-1", ours), service: "order" },
    { ...jwkOf("cart-1", theirs), service: "cart" },
  ];
  return {
    mint: makeServiceTokens({ service: "order", kid: "order-1", privateKey: ours, clock }),
    stock: makeServiceTokenVerifier({ targets: ["stock"], keys, clock }),
    keys,
    turn: (toS: number) => (now = instant(toS * 1000) as Instant),
  };
}

test("a service's token says which service calls, for whom and in whose name, and only its target takes it", () => {
  const { mint, stock, keys } = house();
  const expected = {
    service: "order",
    target: "stock",
    kind: "account",
    accountId: "acc_1",
    sessionId: "ses_1",
    roles: ["BUYER"],
  };
  assert.deepEqual(stock.verify(mint("stock", buyer)), expected);
  assert.equal(stock.verify(mint("payment", buyer)), null);
  const clock = { now: () => instant(NOW_S * 1000) };
  const both = makeServiceTokenVerifier({ targets: ["payment", "stock"], keys, clock });
  assert.equal(both.verify(mint("stock", buyer))?.target, "stock");
});

test("a service's token is good for a minute, is used again for half of it, and is never a member's token", () => {
  const { mint, stock, turn } = house();
  const first = mint("stock", buyer);
  turn(NOW_S + 29);
  assert.equal(mint("stock", buyer), first);
  assert.notEqual(mint("stock", { ...buyer, id: "acc_2" }), first);
  assert.notEqual(mint("stock", { ...buyer, roles: [] }), first);
  turn(NOW_S + 30);
  assert.notEqual(mint("stock", buyer), first);
  turn(NOW_S + 59);
  assert.ok(stock.verify(first));
  turn(NOW_S + 60);
  assert.equal(stock.verify(first), null);
  assert.equal(verifierAt().verify(first), null);
  assert.equal(stock.verify(good), null);
});

test("no service passes itself off as another, makes a longer token, or signs with a key of its own making", () => {
  const { stock } = house();
  const body = { iss: "order", aud: "stock", kind: "service", roles: [], iat: NOW_S, exp: NOW_S + 60 };
  const shapes = {
    good: signJwt("service+jwt", "order-1", body, ours),
    "cart says it is order": signJwt("service+jwt", "cart-1", body, theirs),
    "an hour long": signJwt("service+jwt", "order-1", { ...body, exp: NOW_S + 3600 }, ours),
    "another key under the kid": signJwt("service+jwt", "order-1", body, theirs),
    "another type": signJwt("at+jwt", "order-1", body, ours),
    "no kind": signJwt("service+jwt", "order-1", { ...body, kind: undefined } as never, ours),
    "an account without an id": signJwt("service+jwt", "order-1", { ...body, kind: "account" } as never, ours),
  };
  for (const [name, shape] of Object.entries(shapes)) assert.equal(stock.verify(shape) !== null, name === "good", name);
});
