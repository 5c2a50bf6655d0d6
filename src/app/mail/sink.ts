import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { SMTPServer, type SMTPServerDataStream, type SMTPServerSession } from "smtp-server";
import type { Clock, Instant } from "#platform/core/time.ts";
import type { Log } from "#platform/telemetry/log.ts";

/** A letter as the sink's page shows it. */
export interface Letter {
  readonly id: number;
  readonly receivedAt: Instant;
  readonly from: string;
  readonly to: string;
  readonly subject: string;
  readonly text: string;
}

export interface MailSink {
  /** Where a mailer sends to: `smtp://127.0.0.1:40123`. */
  readonly smtpUrl: string;
  /** What is kept, oldest first. */
  letters(): readonly Letter[];
  close(): Promise<void>;
}

export interface MailSinkOptions {
  readonly clock: Clock;
  readonly log: Log;
  readonly host?: string;
  /** 0: any free one. */
  readonly smtpPort?: number;
}

const KEPT_LETTERS = 500;
const LETTER_BYTES = 1024 * 1024;
const CLIENTS = 50;

/** The SMTP server of the one-command run: it takes every letter, delivers none, and keeps the last 500 in memory. */
export async function startMailSink(options: MailSinkOptions): Promise<MailSink> {
  const { clock, log, host = "127.0.0.1", smtpPort = 0 } = options;
  const letters: Letter[] = [];
  let received = 0;
  const keep = async (stream: SMTPServerDataStream, session: SMTPServerSession) => {
    const letter = await readLetter(stream, session);
    received += 1;
    letters.push({ id: received, receivedAt: clock.now(), ...letter });
    if (letters.length > KEPT_LETTERS) letters.shift();
  };
  const server = new SMTPServer({
    size: LETTER_BYTES,
    maxClients: CLIENTS,
    // It is reached on this machine only: neither secrets nor certificates are worth their trouble.
    disabledCommands: ["AUTH", "STARTTLS"],
    disableReverseLookup: true,
    closeTimeout: 500,
    onData: (stream, session, done) => {
      keep(stream, session).then(() => done(), done);
    },
  });
  server.on("error", (error) => log.warn({ code: "mail.sink_failed", error }));
  const listening = server.listen(smtpPort, host);
  await once(listening, "listening");
  const { port } = listening.address() as AddressInfo;
  return {
    smtpUrl: `smtp://${host.includes(":") ? `[${host}]` : host}:${port}`,
    letters: () => letters,
    close: () => new Promise((resolve) => server.close(() => resolve())),
  };
}

async function readLetter(stream: SMTPServerDataStream, { envelope }: SMTPServerSession) {
  const parts: Buffer[] = [];
  let bytes = 0;
  for await (const part of stream as AsyncIterable<Buffer>) {
    bytes += part.length;
    // The rest is read and forgotten, as the client only hears the answer after its last byte.
    if (bytes <= LETTER_BYTES) parts.push(part);
  }
  if (stream.sizeExceeded) throw Object.assign(new Error("the letter is too large"), { responseCode: 552 });
  const { default: PostalMime } = await import("postal-mime");
  const parsed = await PostalMime.parse(Buffer.concat(parts));
  return {
    from: envelope.mailFrom === false ? "" : envelope.mailFrom.address,
    to: envelope.rcptTo.map(({ address }) => address).join(", "),
    subject: parsed.subject ?? "",
    text: (parsed.text ?? "").trim(),
  };
}
