import { accept, type Task } from "#platform/facts/change.ts";
import { writeInvitationToken } from "./crypto/invitation-token.ts";
import type { Deps } from "./deps.ts";
import { type InvitationMail, invitationMailRow } from "./rows.ts";

/** Work that follows an invitation. Sent again if we crash before it is settled: the same letter twice does no harm. */
export async function mailInvitation(task: Task, deps: Deps): Promise<void> {
  const key = invitationMailRow(task.stream);
  const mail = (await deps.records.read([key])).get<InvitationMail>(key);
  if (mail !== undefined) await deps.mail(letter(mail, writeInvitationToken(task.stream, deps.secrets), deps));
  const { traceparent, ref } = task;
  await deps.records.change({ traceparent, keys: [key], settles: ref, decide: () => accept() });
}

function letter({ email, locale }: InvitationMail, token: string, { invitation }: Deps) {
  // After the #, so that the token reaches no server log on the way.
  const link = `${invitation.page}#token=${token}`;
  const hours = invitation.validMs / 3_600_000;
  const [subject, ...lines] =
    locale === "ko"
      ? [
          "[마당] 운영자 초대",
          `마당 운영자로 초대받으셨어요. ${hours}시간 안에 아래 주소에서 가입해 주세요.`,
          link,
          `초대 코드: ${token}`,
        ]
      : [
          "[Madang] Operator invitation",
          `You are invited to become an operator of Madang. Please accept within ${hours} hours.`,
          link,
          `Invitation code: ${token}`,
        ];
  return { to: email, subject: subject ?? "", text: `${lines.join("\n\n")}\n` };
}
