import { json, type Reply } from "../shared/serve.ts";

/**
 * Why KakaoPay says no. Only −780 is documented in what was found (PAYMENT-GATEWAYS.md §2); the other numbers are the
 * fake's own choice, so a connector must not tell one from another by them.
 */
export const kakaoErrors = {
  unauthorized: { status: 401, error_code: -401, error_message: "인증에 실패했습니다." },
  invalid_request: { status: 400, error_code: -2, error_message: "잘못된 요청입니다." },
  unknown_path: { status: 404, error_code: -404, error_message: "존재하지 않는 API 입니다." },
  not_authenticated: { status: 400, error_code: -701, error_message: "결제 인증이 완료되지 않았습니다." },
  already_approved: { status: 400, error_code: -702, error_message: "이미 완료된 결제입니다." },
  wrong_order: { status: 400, error_code: -706, error_message: "가맹점 주문번호가 일치하지 않습니다." },
  wrong_user: { status: 400, error_code: -707, error_message: "가맹점 회원 id가 일치하지 않습니다." },
  wrong_token: { status: 400, error_code: -708, error_message: "잘못된 pg_token 입니다." },
  amount_not_available: { status: 400, error_code: -710, error_message: "취소 가능 금액을 초과했습니다." },
  unknown_tid: { status: 400, error_code: -721, error_message: "존재하지 않는 결제입니다." },
  wrong_amount: { status: 400, error_code: -722, error_message: "금액 정보가 일치하지 않습니다." },
  expired: { status: 400, error_code: -723, error_message: "결제 유효 시간이 지났습니다." },
  declined: { status: 400, error_code: -780, error_message: "approval failure!" },
  internal: { status: 500, error_code: -500, error_message: "일시적인 오류가 발생했습니다." },
  slow_down: { status: 429, error_code: -10, error_message: "요청 한도를 초과했습니다." },
} as const;

export type KakaoErrorName = keyof typeof kakaoErrors;

/** A no. `methodResult` is what the payment method itself said, such as USER_LOCKED. */
export type KakaoRefusal = { error: KakaoErrorName; methodResult?: string; errorCode?: number };

/** `{error_code, error_message, extras}`; extras only when the payment method spoke. */
export function refuse(refusal: KakaoRefusal): Reply {
  const { status, error_code, error_message } = kakaoErrors[refusal.error];
  const extras = {
    method_result_code: refusal.methodResult,
    method_result_message: "결제 수단에서 승인이 거절되었습니다.",
  };
  return json(status, {
    error_code: refusal.errorCode ?? error_code,
    error_message,
    ...(refusal.methodResult === undefined ? {} : { extras }),
  });
}

/** The refusal behind the fault `decline:<CODE>`: a number is an error_code, a word what the method answered. */
export function declineOf(code: string): KakaoRefusal {
  const errorCode = Number(code);
  if (Number.isSafeInteger(errorCode)) return { error: "declined", errorCode };
  return { error: "declined", methodResult: code };
}
