import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';
import type { Outputs } from '../../src/plugin-api.ts';
import { testContext } from '../../src/testing.ts';
import plugin from './index.ts';
import type { manifest } from './manifest.ts';

async function mapped(candidate: Readonly<Record<string, string | Uint8Array>>, inputs = {}) {
  const seen = await testContext(plugin, { candidate, with: inputs });
  const outputs = seen.result?.outputs as Outputs<typeof manifest> | undefined;
  if (outputs === undefined) throw new Error(seen.failure?.message ?? 'no result');
  return { outputs, brief: seen.result?.brief ?? [], log: seen.log };
}
const table = (outputs: Outputs<typeof manifest>, name: string) => outputs.tables.find((one) => one.name === name);

it('maps the example service', async () => {
  const folder = path.resolve(import.meta.dirname, '../../examples/orders-api/migrations');
  const files = readdirSync(folder).map((file) => [`migrations/${file}`, readFileSync(path.join(folder, file), 'utf8')]);
  const { outputs, brief } = await mapped(Object.fromEntries(files));
  expect(outputs.tables.map(({ name }) => name)).toEqual(['customers', 'order_items', 'orders', 'payments']);
  expect(table(outputs, 'order_items')?.['foreign-keys']).toEqual([
    {
      name: 'order_items_order_id_fkey',
      columns: ['order_id'],
      table: 'orders',
      references: ['id'],
      'on-delete': 'cascade',
      'on-update': 'no action',
    },
  ]);
  expect(outputs.migrations.map(({ does }) => does)).toContainEqual([
    'creates table payments (5 columns)',
    'updates rows of orders',
    'creates index orders_status on orders (status)',
  ]);
  expect(outputs['not-understood']).toEqual([]);
  expect(brief[0]?.text).toContain('  customer_id integer not null → customers.id');
});

const create = 'CREATE TABLE orders (id int PRIMARY KEY);';
const column = (name: string) => `ALTER TABLE orders ADD COLUMN ${name} text;`;
const columnsOf = (outputs: Outputs<typeof manifest>) => table(outputs, 'orders')?.columns.map(({ name }) => name);

it('applies migrations in the order of their numbers', async () => {
  const { outputs } = await mapped({
    'migrations/2_b.sql': column('second'),
    'migrations/10_c.sql': column('tenth'),
    'migrations/1_a.sql': create,
    'migrations/20250102030405_d.sql': column('last'),
  });
  expect(columnsOf(outputs)).toEqual(['id', 'second', 'tenth', 'last']);
  expect(outputs['not-understood']).toEqual([]);
});

it.each([
  [
    'Prisma',
    { 'prisma/migrations/20240101_a/migration.sql': create, 'prisma/migrations/20240102_b/migration.sql': column('x') },
    null,
  ],
  [
    'Flyway',
    {
      'src/main/resources/db/migration/V1__a.sql': create,
      'src/main/resources/db/migration/V1_1__b.sql': column('x'),
      'src/main/resources/db/migration/U1_1__b.sql': 'DROP TABLE orders;',
    },
    'src/main/resources/db/migration/U1_1__b.sql',
  ],
  [
    'golang-migrate',
    { 'migrations/1_a.up.sql': create, 'migrations/2_b.up.sql': column('x'), 'migrations/2_b.down.sql': 'DROP TABLE orders;' },
    'migrations/2_b.down.sql',
  ],
  [
    'folders with up.sql and down.sql',
    { 'migrations/9/up.sql': create, 'migrations/10/up.sql': column('x'), 'migrations/10/down.sql': 'DROP TABLE orders;' },
    'migrations/10/down.sql',
  ],
  [
    'dbmate',
    {
      'db/migrations/1_a.sql': create,
      'db/migrations/2_b.sql': `-- migrate:up\n${column('x')}\n-- migrate:down\nDROP TABLE orders;`,
    },
    'db/migrations/2_b.sql',
  ],
  [
    'goose',
    { 'migrations/1.sql': create, 'migrations/2.sql': `-- +goose Up\n${column('x')}\n-- +goose Down\nDROP TABLE orders;` },
    'migrations/2.sql',
  ],
  [
    'node-pg-migrate',
    {
      'migrations/1_a.sql': create,
      'migrations/2_b.sql': `-- Up Migration\n${column('x')}\n-- Down Migration\nDROP TABLE orders;`,
    },
    'migrations/2_b.sql',
  ],
  [
    'Postgrator',
    {
      'migrations/001.do.start.sql': create,
      'migrations/001.undo.start.sql': 'DROP TABLE orders;',
      'migrations/002.do.x.sql': column('x'),
      'migrations/002.undo.without-x.sql': 'DROP TABLE orders;',
    },
    'migrations/002.undo.without-x.sql',
  ],
  [
    'db-migrate',
    {
      'migrations/1-a.js': 'exports.up = 1;',
      'migrations/sqls/1-a-up.sql': create,
      'migrations/sqls/2-b-up.sql': column('x'),
      'migrations/sqls/2-b-down.sql': 'DROP TABLE orders;',
    },
    'migrations/sqls/2-b-down.sql',
  ],
  [
    'Drizzle',
    {
      'drizzle/0000_a.sql': create,
      'drizzle/0001_b.sql': `${column('x')}\n--> statement-breakpoint\nCREATE INDEX i ON orders (x);`,
    },
    null,
  ],
] as const)('knows the way up in the files of %s', async (_, files, down) => {
  const { outputs } = await mapped(files);
  expect(columnsOf(outputs)).toEqual(['id', 'x']);
  expect(outputs.migrations.at(-1)?.down).toBe(down);
  expect(outputs['not-understood']).toEqual([]);
});

it('goes on after a statement that PostgreSQL refuses, and says where it stands', async () => {
  const { outputs, brief } = await mapped({
    'migrations/1.sql': `${create}\n\nCREATE TABEL broken (id int);\n-- a remark; with a semicolon\nCREATE TABLE fine (note text DEFAULT ';');\nENGINE = InnoDB;`,
  });
  expect(outputs.tables.map(({ name }) => name)).toEqual(['fine', 'orders']);
  expect(outputs['not-understood']).toMatchObject([
    {
      file: 'migrations/1.sql',
      line: 3,
      what: 'CREATE TABEL broken (id int);',
      why: expect.stringContaining('syntax error at or near "TABEL"'),
    },
    { line: 6 },
  ]);
  expect(brief.at(-1)?.text).toContain('migrations/1.sql:3');
});

it.each([
  ['code in a DO block', 'DO $$ BEGIN ALTER TABLE orders ADD x int; END $$;', 'a DO block runs code'],
  ['a table from a query', 'CREATE TABLE copy AS SELECT * FROM orders;', 'the columns of copy follow from a query'],
  [
    'a table that no migration made',
    'ALTER TABLE elsewhere ADD COLUMN x int;',
    'no migration before this one makes the table elsewhere',
  ],
  ['a column that no migration made', 'ALTER TABLE orders ALTER COLUMN x SET NOT NULL;', 'makes the column orders.x'],
  ['a table that exists already', create, 'the table orders exists already'],
  ['an exclusion constraint', 'CREATE TABLE r (d daterange, EXCLUDE USING gist (d WITH &&));', 'exclusion constraints'],
])('reports %s with its line', async (_, statement, why) => {
  const { outputs } = await mapped({ 'migrations/1.sql': `${create}\n-- next\n${statement}` });
  expect(outputs['not-understood']).toMatchObject([{ file: 'migrations/1.sql', line: 3, why: expect.stringContaining(why) }]);
});

it('reports migrations in code, binary files, other encodings and huge files, and maps the rest', async () => {
  const { outputs } = await mapped({
    'migrations/1.sql': create,
    'migrations/2_own.js': 'exports.up = (db) => db.make("x");',
    'migrations/3.sql': Uint8Array.of(0, 1, 2),
    'migrations/4.sql': Uint8Array.of(0x2d, 0x2d, 0xff),
    'migrations/5.sql': `-- ${'x'.repeat(1024 * 1024)}`,
    'migrations/6.sql': '',
    'test/migrations/7.sql': 'CREATE TABLE of_a_test (id int);',
  });
  expect(outputs.tables.map(({ name }) => name)).toEqual(['orders']);
  expect(outputs['not-understood'].map(({ file, why }) => `${file} ${why}`)).toEqual([
    'migrations/2_own.js it is a migration in code of a tool that is not known',
    'migrations/3.sql it is a binary file',
    'migrations/4.sql it is not UTF-8 text; it was read as Latin-1, so letters may be wrong',
    'migrations/5.sql it has 1,048,579 bytes; files over 1 MiB are not read',
  ]);
});

it('finds relations: one to one, and many to many through a table', async () => {
  const { outputs } = await mapped({
    'migrations/1.sql': `CREATE TABLE a (id int PRIMARY KEY); CREATE TABLE b (id int PRIMARY KEY, a_id int UNIQUE REFERENCES a);
      CREATE TABLE a_b (a_id int REFERENCES a, b_id int NOT NULL REFERENCES b, PRIMARY KEY (a_id, b_id));`,
  });
  expect(outputs.relations.map(({ from, to, kind, optional, through }) => [from, to, kind, optional, through])).toEqual([
    ['a_b', 'a', 'many-to-one', false, null],
    ['a_b', 'b', 'many-to-one', false, null],
    ['a', 'b', 'many-to-many', true, 'a_b'],
    ['b', 'a', 'one-to-one', true, null],
  ]);
});

it('keeps defaults and checks as they are written, also after a column was renamed', async () => {
  const { outputs } = await mapped({
    'migrations/1.sql': `CREATE TABLE t (é text DEFAULT ('a' || 'b') NOT NULL, n int CHECK (n > 0 AND n < (9)), m int CONSTRAINT d DEFAULT 1 + 2 UNIQUE);
      ALTER TABLE t RENAME COLUMN n TO number;`,
  });
  expect(table(outputs, 't')?.columns.map((one) => one.default)).toEqual(["('a' || 'b')", null, '1 + 2']);
  expect(table(outputs, 't')?.checks).toEqual([{ name: 't_n_check', expression: 'number > 0 AND number < (9)' }]);
});

it('cuts the brief to its budget, keeps what others point to, and says what is left out', async () => {
  const leaves = Array.from(
    { length: 60 },
    (_, n) => `CREATE TABLE leaf_${n} (id int PRIMARY KEY, hub_id int REFERENCES hub, note text);`,
  );
  const { brief } = await mapped(
    { 'migrations/1.sql': ['CREATE TABLE hub (id int PRIMARY KEY);', ...leaves].join('\n') },
    { 'max-tokens': 400 },
  );
  const text = brief.map((item) => item.text).join('\n');
  expect(text.length).toBeLessThan(400 * 4 + 200);
  expect(text.startsWith('hub\n')).toBe(true);
  expect(text).toMatch(/\(\d+ more are left out here\)/);
});

it('says when there is nothing to map', async () => {
  const { outputs, brief, log } = await mapped({ 'readme.md': 'nothing' });
  expect(outputs.tables).toEqual([]);
  expect(brief).toEqual([{ title: 'Database schema', text: 'Neither migrations nor models were found.' }]);
  expect(log.map(({ message }) => message).join()).toContain('Neither migrations nor models were found');
});
