import type { TValidationError } from "typebox/error";
import { fill } from "#platform/i18n/fill.ts";
import type { Locale } from "#platform/i18n/locale.ts";

interface Message {
  readonly code: string;
  readonly ko: string;
  readonly en: string;
}

const MESSAGES: Readonly<Record<string, Message>> = {
  required: { code: "required", ko: "꼭 필요해요.", en: "is required" },
  additionalProperties: { code: "unknown_field", ko: "알 수 없는 항목이에요.", en: "is not known" },
  type: { code: "wrong_type", ko: "{type} 형식이어야 해요.", en: "must be of type {type}" },
  pattern: { code: "wrong_format", ko: "형식이 올바르지 않아요.", en: "does not have the right form" },
  format: { code: "wrong_format", ko: "{format} 형식이어야 해요.", en: "must be a {format}" },
  enum: { code: "not_in_list", ko: "다음 가운데 하나여야 해요: {allowedValues}", en: "must be one of {allowedValues}" },
  const: { code: "not_in_list", ko: "{allowedValue} 값이어야 해요.", en: "must be {allowedValue}" },
  minimum: { code: "too_small", ko: "{limit} 이상이어야 해요.", en: "must be at least {limit}" },
  exclusiveMinimum: { code: "too_small", ko: "{limit}보다 커야 해요.", en: "must be more than {limit}" },
  maximum: { code: "too_large", ko: "{limit} 이하여야 해요.", en: "must be at most {limit}" },
  exclusiveMaximum: { code: "too_large", ko: "{limit}보다 작아야 해요.", en: "must be less than {limit}" },
  multipleOf: { code: "wrong_step", ko: "{multipleOf}의 배수여야 해요.", en: "must be a multiple of {multipleOf}" },
  minLength: { code: "too_short", ko: "{limit}자 이상이어야 해요.", en: "must have at least {limit} characters" },
  maxLength: { code: "too_long", ko: "{limit}자 이하여야 해요.", en: "must have at most {limit} characters" },
  minItems: { code: "too_few", ko: "{limit}개 이상이어야 해요.", en: "must have at least {limit} entries" },
  maxItems: { code: "too_many", ko: "{limit}개 이하여야 해요.", en: "must have at most {limit} entries" },
  uniqueItems: { code: "duplicate", ko: "같은 값이 두 번 들어 있어요.", en: "names a value twice" },
};

const OTHER: Message = { code: "invalid", ko: "값이 올바르지 않아요.", en: "is not valid" };

/** One fault of one field in words; its code is of a short list that a form can react to. */
export function fieldMessage(error: TValidationError, locale: Locale): { code: string; message: string } {
  const message = MESSAGES[error.keyword] ?? OTHER;
  return { code: message.code, message: fill(message[locale], error.params as Readonly<Record<string, unknown>>) };
}
