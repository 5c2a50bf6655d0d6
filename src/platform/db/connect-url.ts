/** Returns the connection URL for another database of the same server. */
export function withDatabase(url: string, database: string): string {
  const changed = new URL(url);
  changed.pathname = `/${encodeURIComponent(database)}`;
  return changed.href;
}

/** Returns the connection URL for another login of the same server. */
export function withLogin(url: string, login: { user: string; password: string }): string {
  const changed = new URL(url);
  changed.username = encodeURIComponent(login.user);
  changed.password = encodeURIComponent(login.password);
  return changed.href;
}

/** Returns the URL with its password hidden, for logs. */
export function withoutPassword(url: string): string {
  const changed = new URL(url);
  if (changed.password !== "") changed.password = "***";
  return changed.href;
}

/** Quotes a name for SQL. Schemas are named after services, and `order` is a reserved word, so every name is quoted. */
export function quoteName(name: string): string {
  if (name.includes("\0")) throw new RangeError("a name cannot hold U+0000");
  return `"${name.replaceAll('"', '""')}"`;
}

/** Quotes a text for the few statements (create role …) that take no parameters. */
export function quoteText(text: string): string {
  if (/[\\\0]/.test(text)) throw new RangeError("a quoted text cannot hold a backslash or U+0000");
  return `'${text.replaceAll("'", "''")}'`;
}
