// Canary rows: rows that the schema allows, written before a migration to see what becomes of them.
import type { Client } from 'pg';
import type { Canaries, Flavour } from '../../state.ts';
import { quoted, readTables, type TableFacts } from './tables.ts';
import { canaryValue } from './values.ts';

export interface CanaryOptions {
  readonly rows: number;
  readonly flavour: Flavour;
  readonly leave: readonly string[];
  readonly first: number;
}
type Values = Readonly<Record<string, string | null>>;
/** From the boldest to the one that copies what is there. */
const manners = ['extreme', 'modest', 'literals', 'existing'] as const;
type Manner = (typeof manners)[number];

/** Parents before children; tables that reference each other come as they stand. */
function inOrder(tables: readonly TableFacts[]): readonly TableFacts[] {
  const byName = new Map(tables.map((table) => [table.name, table]));
  const ordered = new Set<TableFacts>();
  const visit = (table: TableFacts, above: readonly string[]) => {
    if (ordered.has(table) || above.includes(table.name)) return;
    for (const { table: parent } of table.foreignKeys) {
      const found = byName.get(parent);
      if (found !== undefined) visit(found, [...above, table.name]);
    }
    ordered.add(table);
  };
  for (const table of tables) visit(table, []);
  return [...ordered];
}

export async function writeCanaries(client: Client, o: CanaryOptions): Promise<Canaries> {
  const inserted: Record<string, number> = {};
  const refused: Record<string, string> = {};
  const tables = (await readTables(client, 'written')).filter(({ plainName }) => !o.leave.includes(plainName));
  await client.query('BEGIN');
  for (const table of inOrder(tables)) {
    const outcome = await fill(client, table, o);
    if (outcome.count > 0) inserted[table.name] = outcome.count;
    else refused[table.name] = outcome.reason;
  }
  await client.query('COMMIT');
  return { inserted, refused };
}

async function fill(client: Client, table: TableFacts, o: CanaryOptions): Promise<{ count: number; reason: string }> {
  const parents = await parentRows(client, table, o.rows);
  const samples = await client.query<Values>(
    `SELECT ${table.columns.map(({ name }) => `${quoted(name)}::text`).join(', ') || '1'} FROM ${table.name} LIMIT ${o.rows}`,
  );
  const existing = [...samples.rows];
  let count = 0;
  let reason: string | undefined;
  for (let index = o.first; index < o.first + o.rows; index++) {
    for (const manner of manners) {
      if (manner === 'extreme' && o.flavour === 'modest') continue;
      const values = valuesFor({ table, index, manner, parents, sample: existing[index % Math.max(1, existing.length)] });
      if (typeof values === 'string') reason ??= values;
      else {
        const problem = await insert(client, table, values);
        if (problem === undefined) {
          count++;
          // A table that was empty has its first canary rows as examples.
          if (samples.rows.length === 0) existing.push(values);
          break;
        }
        reason = problem;
      }
    }
    // A table that refuses its first three rows refuses the others for the same reason.
    if (count === 0 && index >= o.first + 2) break;
  }
  return { count, reason: reason ?? 'it was asked for none' };
}

/** Rows of the tables that this one references, per foreign key. */
async function parentRows(client: Client, table: TableFacts, rows: number): Promise<readonly (readonly Values[])[]> {
  const found: Values[][] = [];
  for (const { table: parent, columns, references } of table.foreignKeys) {
    const selected = references.map((name, at) => `${quoted(name)}::text AS ${quoted(columns[at] ?? name)}`).join(', ');
    const { rows: seen } = await client.query<Values>(
      `SELECT ${selected} FROM ${parent} WHERE (${references.map(quoted).join(', ')}) IS NOT NULL ORDER BY ${references.map(quoted).join(', ')} DESC LIMIT ${Math.max(rows, 1)}`,
    );
    found.push(seen);
  }
  return found;
}

/** Values by column, or why there are none. */
function valuesFor(o: {
  readonly table: TableFacts;
  readonly index: number;
  readonly manner: Manner;
  readonly parents: readonly (readonly Values[])[];
  readonly sample: Values | undefined;
}): Values | string {
  const { table, index, manner, parents, sample } = o;
  if (manner === 'existing' && sample === undefined) return 'no value that its constraints allow was found';
  const values: Record<string, string | null> = {};
  for (const column of table.columns) {
    if (column.generated) continue;
    const unique = table.unique.includes(column.name);
    if (manner === 'existing' && !unique && sample !== undefined) {
      values[column.name] = sample[column.name] ?? null;
      continue;
    }
    const flavour = manner === 'extreme' ? 'extreme' : 'modest';
    const value =
      (manner === 'literals' ? literalFor(table, column.name, index) : undefined) ??
      canaryValue(column, { index, unique, flavour });
    if (value !== undefined) values[column.name] = value;
    else if (column.notNull && column.default === null)
      return `there is no canary value for its column ${column.name} of type ${column.type}`;
  }
  for (const [at, key] of table.foreignKeys.entries()) {
    const rows = parents[at] ?? [];
    const parent = rows[index % Math.max(1, rows.length)];
    for (const name of key.columns) {
      if (parent !== undefined) values[name] = parent[name] ?? null;
      else if (table.columns.find((column) => column.name === name)?.notNull !== true) values[name] = null;
      else return `${key.table}, which it references, has no rows`;
    }
  }
  return values;
}

/** A value that stands in a CHECK of the column or of its domain: one of a list, or a limit and its neighbours. */
function literalFor(table: TableFacts, column: string, index: number): string | undefined {
  const literals = [...table.checks, ...table.domainChecks]
    .filter(({ columns }) => columns.includes(column))
    .flatMap(({ definition }) => [...definition.matchAll(/'((?:[^']|'')*)'|(?<![\w.])(-?\d+(?:\.\d+)?)(?![\w.])/g)])
    .flatMap((match) => {
      const limit = match[2] === undefined ? Number.NaN : Number(match[2]);
      return Number.isNaN(limit)
        ? [(match[1] ?? '').replaceAll("''", "'")]
        : [String(limit + 1), String(limit), String(limit - 1)];
    });
  return literals[index % Math.max(1, literals.length)];
}

/** Why the server refuses it, or undefined. */
async function insert(client: Client, table: TableFacts, values: Values): Promise<string | undefined> {
  const columns = table.columns.filter(({ name }) => name in values);
  if (columns.length === 0) return 'it has no column to write';
  await client.query('SAVEPOINT canary');
  try {
    await client.query(
      `INSERT INTO ${table.name} (${columns.map(({ name }) => quoted(name)).join(', ')}) OVERRIDING SYSTEM VALUE VALUES (${columns
        .map(({ type }, at) => `($${at + 1}::text)::${type}`)
        .join(', ')})`,
      columns.map(({ name }) => values[name]),
    );
    await client.query('RELEASE SAVEPOINT canary');
    return undefined;
  } catch (error) {
    await client.query('ROLLBACK TO SAVEPOINT canary');
    return error instanceof Error ? error.message : String(error);
  }
}
