import { posix } from "node:path";
import { offence, type Rule, type SourceFile } from "./repo.ts";

interface Link {
  readonly at: number;
  readonly target: string;
}

const isMarkdown = ({ path }: SourceFile) => path.endsWith(".md");

/** The links of a page that lead into this repository. Code is no place for links. */
function linksIn({ text }: SourceFile): readonly Link[] {
  const prose = text.replaceAll(/```[\s\S]*?```|`[^`\n]*`/g, (code) => code.replaceAll(/[^\n]/g, " "));
  return [...prose.matchAll(/\[[^\]]*\]\(\s*<?([^)\s>]+)>?[^)]*\)/g)]
    .map((found) => ({ at: found.index, target: found[1]! }))
    .filter(({ target }) => !/^[a-z][a-z0-9+.-]*:/i.test(target));
}

/** Headings as GitHub names them: lower case, signs left out, spaces as hyphens. */
function anchorsIn(text: string): Set<string> {
  const headings = [...text.matchAll(/^#{1,6}\s+(.+?)\s*#*$/gm)].map((found) => found[1]!);
  return new Set(
    headings.map((heading) =>
      heading
        .toLowerCase()
        .replaceAll(/[^\p{L}\p{N}\s_-]/gu, "")
        .replaceAll(" ", "-"),
    ),
  );
}

function brokenLinks(page: SourceFile, files: ReadonlyMap<string, SourceFile>): string[] {
  const folders = new Set([...files.keys()].flatMap((path) => foldersOf(path)));
  return linksIn(page).flatMap(({ at, target }) => {
    const [path = "", anchor] = decodeURI(target).split("#");
    const place =
      path === "" ? page.path : posix.normalize(posix.join(posix.dirname(page.path), path)).replace(/\/$/, "");
    const found = files.get(place);
    const isThere = found !== undefined || folders.has(place);
    const isAnchored = anchor === undefined || (found !== undefined && anchorsIn(found.text).has(anchor));
    return isThere && isAnchored ? [] : [offence(page, at, `${target} leads nowhere`)];
  });
}

function foldersOf(path: string): string[] {
  const parts = path.split("/").slice(0, -1);
  return parts.map((_, at) => parts.slice(0, at + 1).join("/"));
}

const readme = (text: string): SourceFile => ({ path: "README.md", text });
const lineLimits = [
  { pattern: /^ARCHITECTURE\.md$/, lines: 200 },
  { pattern: /^docs\/why\/[^/]+\.md$/, lines: 60 },
  { pattern: /^src\/services\/[^/]+\/README\.md$/, lines: 80 },
];

export const documentRules: readonly Rule[] = [
  {
    says: "every link of a page leads to a file, a folder or a heading that is there",
    find: (files) => {
      const byPath = new Map(files.map((file) => [file.path, file]));
      return files.filter(isMarkdown).flatMap((page) => brokenLinks(page, byPath));
    },
    planted: ["[why](docs/none.md)", "[part](#no-such-part)", "![picture](none.png)"].map(readme),
    allowed: ["# The life of an order\n[life](#the-life-of-an-order)", "[site](https://x.example)", "`[a](b.md)`"].map(
      readme,
    ),
  },
  {
    says: "a page that should be read in one sitting is short enough for it",
    find: (files) =>
      files.flatMap(({ path, text }) => {
        const limit = lineLimits.find(({ pattern }) => pattern.test(path))?.lines;
        const lines = text.replace(/\n$/, "").split("\n").length;
        return limit !== undefined && lines > limit ? [`${path}:${limit + 1} has ${lines} lines`] : [];
      }),
    planted: [{ path: "docs/why/kafka.md", text: "x\n".repeat(61) }],
    allowed: [{ path: "docs/why/kafka.md", text: "x\n".repeat(60) }],
  },
  {
    says: "every service has a README",
    find: (files) => {
      const paths = new Set(files.map(({ path }) => path));
      const services = files.flatMap(({ path }) => /^src\/services\/[^/]+(?=\/)/.exec(path)?.[0] ?? []);
      return [...new Set(services)]
        .filter((folder) => !paths.has(`${folder}/README.md`))
        .map((folder) => `${folder}:1 has none`);
    },
    planted: [{ path: "src/services/order/service.ts", text: "" }],
    allowed: [{ path: "src/services/order/README.md", text: "" }],
  },
];
