// The map against what a real PostgreSQL has after the same migrations. fixtures/shop.json is what PostgreSQL printed; the full tier asks a
// server again.
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { Client } from 'pg';
import { describe, expect, it } from 'vitest';
import type { Outputs } from '../../src/plugin-api.ts';
import { testContext, testService } from '../../src/testing.ts';
import postgres from '../postgres/index.ts';
import plugin from './index.ts';
import type { manifest } from './manifest.ts';

type Map = Outputs<typeof manifest>;
const folder = path.resolve(import.meta.dirname, 'fixtures/shop');
const migrations = readdirSync(folder).map((file) => [`db/migrations/${file}`, readFileSync(path.join(folder, file), 'utf8')]);
const printed = JSON.parse(readFileSync(`${folder}.json`, 'utf8')) as Record<string, unknown>;

const letters: Readonly<Record<string, string>> = {
  'no action': 'a',
  restrict: 'r',
  cascade: 'c',
  'set null': 'n',
  'set default': 'd',
};
interface CatalogueRow {
  readonly table?: string;
  readonly name?: string;
}
const compare = (a = '', b = ''): number => (a === b ? 0 : a < b ? -1 : 1);
const byTable = <T extends CatalogueRow>(rows: readonly T[]): readonly T[] => [...rows].sort((a, b) => compare(a.table, b.table));
const inOrder = <T extends CatalogueRow>(rows: readonly T[]): readonly T[] =>
  byTable([...rows].sort((a, b) => compare(a.name, b.name)));

/** The map in the words of the catalogue. */
function asCatalogue({ tables, enums, views }: Map): Record<string, unknown> {
  const none = { references: null, referencedColumns: null, onDelete: null, onUpdate: null };
  const checkedColumns = (expression: string, table: Map['tables'][number]): readonly string[] =>
    table.columns.map(({ name }) => name).filter((name) => new RegExp(`\\b${name}\\b`).test(expression));
  return {
    columns: tables.flatMap((table) =>
      table.columns.map((column) => ({
        table: table.name,
        column: column.name,
        type: column.type,
        nullable: column.nullable,
        hasDefault: column.default !== null,
        generated: column.generated !== null,
      })),
    ),
    constraints: inOrder(
      tables
        .filter((table) => table['partition-of'] === null)
        .flatMap((table) => [
          ...(table['primary-key'] === null ? [] : [{ table: table.name, ...table['primary-key'], kind: 'p', ...none }]),
          ...table.uniques.map((key) => ({ table: table.name, ...key, kind: 'u', ...none })),
          ...table.checks.map((one) => ({
            table: table.name,
            name: one.name,
            kind: 'c',
            columns: checkedColumns(one.expression, table),
            ...none,
          })),
          ...table['foreign-keys'].map((key) => ({
            table: table.name,
            name: key.name,
            kind: 'f',
            columns: key.columns,
            references: key.table,
            referencedColumns: key.references,
            onDelete: letters[key['on-delete']],
            onUpdate: letters[key['on-update']],
          })),
        ]),
    ),
    indexes: inOrder(
      tables.flatMap((table) =>
        table.indexes.map((index) => ({
          table: table.name,
          name: index.name,
          unique: index.unique,
          method: index.method,
          partial: index.where !== null,
          parts: index.columns.length,
        })),
      ),
    ),
    enums,
    views: views.map(({ name, materialized }) => ({ name, materialized })),
  };
}

/** Everything in the catalogue that can be compared without PostgreSQL's own way of writing expressions. */
async function truthOf(client: Client): Promise<unknown> {
  const name = (relation: string): string =>
    `case n.nspname when 'public' then ${relation} else n.nspname || '.' || ${relation} end`;
  const rows = async (sql: string): Promise<readonly CatalogueRow[]> => (await client.query<CatalogueRow>(sql)).rows;
  const keys = (o: { readonly of: string; readonly on: string }): string =>
    `(select coalesce(json_agg(a.attname order by k.ord), '[]') from unnest(${o.of}) with ordinality k(num, ord) join pg_attribute a on a.attrelid = ${o.on} and a.attnum = k.num)`;
  const own = `n.nspname not in ('pg_catalog', 'information_schema', 'pg_toast')`;
  return {
    columns: byTable(
      await rows(`
      select ${name('c.relname')} as table, a.attname as column, format_type(a.atttypid, a.atttypmod) as type, not a.attnotnull as nullable,
             a.attgenerated = '' and d.adbin is not null as "hasDefault", a.attidentity <> '' or a.attgenerated <> '' as generated
      from pg_class c join pg_namespace n on n.oid = c.relnamespace join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
      left join pg_attrdef d on d.adrelid = c.oid and d.adnum = a.attnum
      where c.relkind in ('r', 'p') and ${own} order by a.attnum`),
    ),
    constraints: inOrder(
      await rows(`
      select ${name('c.relname')} as table, k.conname as name, k.contype as kind, ${keys({ of: 'k.conkey', on: 'c.oid' })} as columns,
             case when f.oid is not null then (select ${name('f.relname')} from pg_namespace n where n.oid = f.relnamespace) end as references,
             case when f.oid is not null then ${keys({ of: 'k.confkey', on: 'f.oid' })} end as "referencedColumns",
             case when f.oid is not null then k.confdeltype::text end as "onDelete", case when f.oid is not null then k.confupdtype::text end as "onUpdate"
      from pg_constraint k join pg_class c on c.oid = k.conrelid join pg_namespace n on n.oid = c.relnamespace left join pg_class f on f.oid = k.confrelid
      where k.contype in ('p', 'u', 'f', 'c') and not c.relispartition and ${own}`),
    ),
    indexes: inOrder(
      await rows(`
      select ${name('c.relname')} as table, i.relname as name, x.indisunique as unique, m.amname as method, x.indpred is not null as partial, x.indnkeyatts::int as parts
      from pg_index x join pg_class i on i.oid = x.indexrelid join pg_class c on c.oid = x.indrelid join pg_namespace n on n.oid = c.relnamespace join pg_am m on m.oid = i.relam
      where c.relkind in ('r', 'p') and not c.relispartition and ${own} and not exists (select from pg_constraint k where k.conindid = i.oid and k.contype in ('p', 'u'))`),
    ),
    enums: inOrder(
      await rows(`
      select ${name('t.typname')} as name, (select json_agg(e.enumlabel order by e.enumsortorder) from pg_enum e where e.enumtypid = t.oid) as values
      from pg_type t join pg_namespace n on n.oid = t.typnamespace where t.typtype = 'e' and ${own}`),
    ),
    views: inOrder(
      await rows(`
      select ${name('c.relname')} as name, c.relkind = 'm' as materialized from pg_class c join pg_namespace n on n.oid = c.relnamespace
      where c.relkind in ('v', 'm') and ${own}`),
    ),
  };
}

async function mapped(): Promise<Map> {
  const seen = await testContext(plugin, { candidate: Object.fromEntries(migrations) });
  if (seen.result === undefined) throw seen.failure;
  return seen.result.outputs as Map;
}

describe('the map of a schema with all that migrations commonly do', () => {
  it.each(['columns', 'constraints', 'indexes', 'enums', 'views'])('has the %s that PostgreSQL has', async (part) => {
    expect(asCatalogue(await mapped())[part]).toEqual(printed[part]);
  });
  it('leaves nothing out', async () => {
    expect((await mapped())['not-understood']).toEqual([]);
  });
});

it.runIf(process.env.BEXPERT_TEST === 'full')('is compared with what PostgreSQL still prints', async () => {
  await using service = await testService(postgres);
  const { address } = service.handle;
  const url = new URL(service.handle.url({ host: 'localhost', port: 5432 }));
  if ('socketPath' in address) url.searchParams.set('host', path.dirname(address.socketPath));
  const client = new Client(url.href);
  await client.connect();
  try {
    // 10 comes after 2 by number.
    for (const [file, sql] of migrations) if (!file?.endsWith('.down.sql')) await client.query(sql ?? '');
    expect(await truthOf(client)).toEqual(printed);
  } finally {
    await client.end();
  }
});
