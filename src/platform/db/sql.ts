/** Reading one's own schema: one statement a call, named so that PostgreSQL keeps its plan. */
export interface Sql {
  rows<Row>(name: string, text: string, values?: readonly unknown[]): Promise<Row[]>;
}
