/** What the person wants to follow; the rest of the flags are settings. */
export interface WatchFlags {
  /** E-mail of who follows. */
  readonly account?: string;
  /** A store by its name or id; the first of the own ones unless told. */
  readonly store?: string;
  readonly kitchen: boolean;
  /** An order by its id or number, or `last`. */
  readonly order?: string;
  readonly settings: readonly string[];
}

const OWN = ["account", "store", "order"] as const;

/** Takes out what is ours. A value may stand behind `=` or as the next word. */
export function readWatchFlags(args: readonly string[]): WatchFlags {
  const own: { account?: string; store?: string; order?: string } = {};
  const settings: string[] = [];
  let kitchen = false;
  for (let at = 0; at < args.length; at++) {
    const arg = args[at] ?? "";
    const [flag = "", ...rest] = arg.split("=");
    const name = OWN.find((one) => flag === `--${one}`);
    if (flag === "--kitchen") kitchen = true;
    else if (name === undefined) settings.push(arg);
    else if (rest.length > 0) own[name] = rest.join("=");
    else {
      at += 1;
      own[name] = args[at] ?? "";
    }
  }
  return { ...own, kitchen, settings };
}
