// Digests of rows, made by the server, so that neither values nor the code of any tree take part in the comparison.
import type { Client } from 'pg';
import { nullDigest, type Row, type TableState } from '../../state.ts';
import { type ColumnFacts, quoted, readTables, type TableFacts } from './tables.ts';

const volatileDefault =
  /\b(now|clock_timestamp|statement_timestamp|transaction_timestamp|random|gen_random_uuid|uuid\w*|nextval)\s*\(|\bCURRENT_|\bLOCALTIME/i;
const volatileType = /^(timestamp|timestamptz|date|time|timetz|uuid)$/;

const isVolatile = (column: ColumnFacts): boolean =>
  column.identity || volatileType.test(column.base) || (column.default !== null && volatileDefault.test(column.default));

const digest = ({ name }: ColumnFacts): string =>
  `CASE WHEN ${quoted(name)} IS NULL THEN '${nullDigest}' ELSE substr(md5(${quoted(name)}::text), 1, 8) END`;

export async function readRows(client: Client, rowsInDetail: number): Promise<readonly TableState[]> {
  const states: TableState[] = [];
  for (const table of await readTables(client, 'holding')) states.push(await readTable(client, table, rowsInDetail));
  return states;
}

async function readTable(client: Client, table: TableFacts, rowsInDetail: number): Promise<TableState> {
  const counted = await client.query<{ count: number }>(`SELECT count(*)::int AS count FROM ONLY ${table.name}`);
  const facts = {
    name: table.name,
    columns: table.columns.map((column) => ({ name: column.name, volatile: isVolatile(column) })),
    key: table.key,
    count: counted.rows[0]?.count ?? 0,
  };
  if (table.columns.length === 0) return facts;
  if (facts.count > rowsInDetail) return { ...facts, digests: await readDigests(client, table) };
  const key =
    table.key.length === 0 ? "''" : `json_build_array(${table.key.map((name) => `${quoted(name)}::text`).join(', ')})::text`;
  const { rows } = await client.query<Row>(
    `SELECT ${key} AS key, ARRAY[${table.columns.map(digest).join(', ')}] AS cells FROM ONLY ${table.name}`,
  );
  return { ...facts, rows };
}

/** One digest per column that does not depend on the order of the rows, and on which row a value stands in only through the key. */
async function readDigests(client: Client, table: TableFacts): Promise<readonly string[]> {
  const key = table.key.map((name) => `${quoted(name)}::text`).join(" || '/' || ");
  const sums = table.columns.map((column) => {
    const text = key === '' ? digest(column) : `${digest(column)} || ${key}`;
    return `md5(sum(('x' || substr(md5(${text}), 1, 15))::bit(60)::bigint::numeric)::text)`;
  });
  const { rows } = await client.query<{ digests: string[] }>(
    `SELECT ARRAY[${sums.join(', ')}] AS digests FROM ONLY ${table.name}`,
  );
  return rows[0]?.digests ?? [];
}
