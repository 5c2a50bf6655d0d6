/** Only what is there: `{ a: 1, b: undefined }` becomes `{ a: 1 }`, as JSON would have it. */
export function given<Fields extends object>(
  fields: Fields,
): { [Key in keyof Fields]?: Exclude<Fields[Key], undefined> } {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as never;
}
