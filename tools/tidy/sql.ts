import { isTypeScript, offence, type Rule, type SourceFile, scanned } from "./repo.ts";

const migrationPath = /^src\/services\/([^/]+)\/db\/([^/]+\.sql)$/;
const migrationName = /^(\d{3})-[a-z0-9]+(-[a-z0-9]+)*\.sql$/;

/** What is SQL in a file: all of an .sql file, and the strings that read like a statement. */
function statementsIn(file: SourceFile): readonly { readonly at: number; readonly text: string }[] {
  if (file.path.endsWith(".sql")) return [{ at: 0, text: withoutComments(file.text) }];
  if (!isTypeScript(file)) return [];
  return scanned(file).strings.filter(({ text }) =>
    /\b(select|insert\s+into|update|delete\s+from|with)\b[\s\S]*\b(from|values|set|select)\b/i.test(text),
  );
}

function withoutComments(sql: string): string {
  return sql.replaceAll(/--[^\n]*/g, (comment) => " ".repeat(comment.length));
}

/** Schema names that stand where SQL wants a table, an index or a function. */
function foreignSchemas(file: SourceFile, others: readonly string[]): string[] {
  const schema = `"?(${others.join("|")})"?\\s*\\.`;
  const beforeTable = "\\b(?:from|join|into|update|table|references|only|on|exists|view|sequence|truncate)\\s+";
  const named = new RegExp(`${beforeTable}${schema}|${schema}"?[a-z_]+"?\\s*\\(`, "gi");
  return statementsIn(file).flatMap(({ at, text }) =>
    [...text.matchAll(named)].map((found) => offence(file, at + found.index, `${found[0].trim()} is another's schema`)),
  );
}

function servicesOf(files: readonly SourceFile[]): string[] {
  const names = files.map(({ path }) => /^src\/services\/([^/]+)\//.exec(path)?.[1]);
  return [...new Set(names.filter((name) => name !== undefined))].sort();
}

const own = { path: "src/services/stock/service.ts", text: "" };
const hole = "$" + "{key}";
const inOrder = (text: string): SourceFile => ({ path: "src/services/order/views/prices.ts", text });

export const sqlRules: readonly Rule[] = [
  {
    says: "migrations are numbered from 001 without a gap and named in kebab-case",
    find: (files) =>
      servicesOf(files).flatMap((service) => {
        const found = files
          .filter(({ path }) => migrationPath.exec(path)?.[1] === service)
          .map(({ path }) => path)
          .sort();
        return found.flatMap((path, at) => {
          const number = migrationName.exec(migrationPath.exec(path)![2]!)?.[1];
          return number === String(at + 1).padStart(3, "0") ? [] : [`${path}:1 should be number ${at + 1}`];
        });
      }),
    planted: ["002-late.sql", "1-early.sql", "001-Order.sql"].map((name) => {
      return { path: `src/services/order/db/${name}`, text: "" };
    }),
    allowed: [{ path: "src/services/order/db/001-orders.sql", text: "" }],
  },
  {
    says: "a service's SQL names its own schema only",
    find: (files) => {
      const services = new Set([...servicesOf(files), own.path.split("/")[2]!]);
      return files.flatMap((file) => {
        const service = /^src\/services\/([^/]+)\//.exec(file.path)?.[1];
        if (service === undefined) return [];
        const others = [...services].filter((name) => name !== service);
        return others.length === 0 ? [] : foreignSchemas(file, others);
      });
    },
    planted: [
      inOrder("const text = `select s.data from stock.states s where s.key = $1`;"),
      inOrder(`const text = "insert into \\"stock\\".states select 1";`.replaceAll('\\"', "")),
      { path: "src/services/order/db/001-x.sql", text: "create table x (id text references stock.states (key));" },
    ],
    allowed: [
      inOrder("const text = `select stock.key from states stock -- own`;"),
      inOrder(`const code = reject("stock.sold_out"); const from = "stock.reserved.v1";`),
      { path: "src/services/order/db/001-x.sql", text: "-- from stock.states comes nothing\nselect 1;" },
    ],
  },
  {
    says: "no value is written into SQL: it is a parameter",
    find: (files) =>
      files
        .filter((file) => file.path.startsWith("src/services/") && isTypeScript(file))
        .flatMap((file) =>
          statementsIn(file).flatMap(({ at, text }) =>
            /(=|<|>|\blike|\bin\s*\(|\bvalues\s*\()\s*'?\?/i.test(text)
              ? [offence(file, at, "a value is put into the text of a statement")]
              : [],
          ),
        ),
    planted: [inOrder(`const text = \`select 1 from states where key = '${hole}'\`;`)],
    allowed: [inOrder(`const text = \`select ${hole} from states where key = $1\`;`)],
  },
];
