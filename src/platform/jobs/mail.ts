import type { Transporter } from "nodemailer";
import type { Mail } from "../service.ts";
import type { Log } from "../telemetry/log.ts";

export interface MailerOptions {
  /** `smtp://127.0.0.1:2525`, `smtps://user:password@mail.example`. */
  readonly smtpUrl: string;
  readonly from: string;
  readonly log: Log;
  readonly wait: (ms: number) => Promise<void>;
  /** Letters in memory; one more is dropped and logged. */
  readonly queueMax?: number;
  readonly triesMax?: number;
  /** Pause after the first failed try; it doubles with each, up to a minute. */
  readonly firstPauseMs?: number;
}

export interface Mailer {
  /** Takes the letter and returns at once; it never throws. */
  readonly mail: Mail;
  /** Letters not sent yet. */
  waiting(): number;
  /** Lets what is under way end for up to `graceMs`, then drops the rest. Nothing is taken afterwards. */
  close(within: { graceMs: number }): Promise<void>;
}

const PAUSE_MAX_MS = 60_000;
const CONNECTIONS = 2;
const TIMEOUTS = { connectionTimeout: 5_000, greetingTimeout: 5_000, socketTimeout: 15_000, dnsTimeout: 5_000 };

/**
 * Sends letters in the background. They live in memory only: a letter that a crash loses is asked for again by its
 * reader ("send me the code again"), so nothing may depend on its arrival. A definite no of the server (5xx) is final.
 */
export function createMailer(options: MailerOptions): Mailer {
  const { from, log, wait, queueMax = 1_000, triesMax = 8, firstPauseMs = 1_000 } = options;
  let transport: Promise<Transporter> | undefined;
  const underWay = new Set<Promise<void>>();
  let isClosed = false;

  async function deliver(letter: Parameters<Mail>[0]): Promise<void> {
    // An address as an object is one address, whatever commas it contains.
    const message = { from, to: { name: "", address: letter.to }, subject: letter.subject, text: letter.text };
    for (let attempt = 1; ; attempt++) {
      try {
        // A house that has sent no letter yet has no need of what sends them.
        transport ??= open(options.smtpUrl);
        await (await transport).sendMail(message);
        return log.debug({ code: "mail.sent", attempt });
      } catch (error) {
        const reason = reasonOf(error);
        if (isClosed || isDefinite(reason) || attempt === triesMax) {
          return log.error({ code: "mail.dropped", attempt, ...reason });
        }
        log.warn({ code: "mail.retried", attempt, ...reason });
      }
      await wait(Math.min(firstPauseMs * 2 ** (attempt - 1), PAUSE_MAX_MS));
      if (isClosed) return;
    }
  }

  return {
    waiting: () => underWay.size,
    async mail(letter) {
      if (isClosed || underWay.size >= queueMax) return log.error({ code: "mail.dropped", waiting: underWay.size });
      const delivery = deliver(letter).finally(() => underWay.delete(delivery));
      underWay.add(delivery);
    },
    async close({ graceMs }) {
      isClosed = true;
      await Promise.race([Promise.all(underWay), wait(graceMs)]);
      if (underWay.size > 0) log.error({ code: "mail.dropped", waiting: underWay.size });
      (await transport)?.close();
    },
  };
}

/** The error without its text, in which a server likes to repeat the address. */
interface Reason {
  readonly failure: string;
  readonly reply?: number;
}

function reasonOf(error: unknown): Reason {
  const { code, responseCode } = error as { code?: unknown; responseCode?: unknown };
  const failure = typeof code === "string" ? code : error instanceof Error ? error.name : "unknown";
  return { failure, ...(typeof responseCode === "number" ? { reply: responseCode } : {}) };
}

function isDefinite({ reply }: Reason): boolean {
  return reply !== undefined && reply >= 500;
}

async function open(url: string): Promise<Transporter> {
  const { createTransport } = await import("nodemailer");
  return createTransport({ url, pool: true, maxConnections: CONNECTIONS, ...TIMEOUTS });
}
