/** A place in a list as an opaque text: the sort column and the key of the last row shown. */
export function writeCursor(at: string, key: string): string {
  return Buffer.from(`${at} ${key}`).toString("base64url");
}

/** Null: nothing that we have written. */
export function readCursor(cursor: string): readonly [string, string] | null {
  const match = /^(\d{4}-[-:.TZ\d]{19,20}) ((?:pay|att)_\w{26})$/.exec(Buffer.from(cursor, "base64url").toString());
  return match?.[1] && match[2] ? [match[1], match[2]] : null;
}
