import { Type } from "typebox";
import { id, oneOf, text } from "#platform/core/fields.ts";

export const roles = ["BUYER", "SELLER", "OPERATOR", "ADMIN"] as const;
export const anyRole = roles;
export const role = oneOf(roles);

/** The pattern of HTML's own e-mail input: no blanks, no line breaks, so an address can never forge a mail header. */
const label = "[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?";
export const email = Type.String({
  maxLength: 254,
  pattern: `^[A-Za-z0-9.!#$%&'*+/=?^_\`{|}~-]{1,64}@${label}(?:\\.${label})+$`,
  description: "대소문자를 가리지 않는다 · compared without regard to case",
});

/** Length is the only rule (ASVS 6.2.1, 6.2.5): the most common passwords are refused by the service. */
export const newPassword = Type.String({ minLength: 8, maxLength: 128, description: "8~128자 · 8 to 128 characters" });
export const password = Type.String({ minLength: 1, maxLength: 128 });

export const nickname = Type.String({
  minLength: 2,
  maxLength: 20,
  pattern: "^[0-9A-Za-z가-힣ㄱ-ㅎㅏ-ㅣ_.-]+$",
  description: "2~20자: 한글, 영문, 숫자, _ . - · letters, digits, _ . -",
});
export const personName = text(50);

export const phone = Type.String({
  maxLength: 13,
  pattern: "^01[016789]-?[0-9]{3,4}-?[0-9]{4}$",
  description: "휴대전화 번호 (010-1234-5678) · Korean mobile number",
});

export const accountView = Type.Object({ accountId: id("account"), roles: Type.Array(role), nickname: text(30) });
export const accountStatus = oneOf(["ACTIVE", "SUSPENDED"]);

/** A closed list, so that no personal data gets into the facts as a free text. */
export const changeReason = oneOf([
  "REQUESTED",
  "HIRED",
  "LEFT",
  "FRAUD",
  "ABUSE",
  "INVESTIGATION",
  "CLEARED",
  "MISTAKE",
]);
