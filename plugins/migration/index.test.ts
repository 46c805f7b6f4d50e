import path from 'node:path';
import process from 'node:process';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Json } from '../../src/plugin-api.ts';
import { type Files, type Scene, testControls, testGate, testService } from '../../src/testing.ts';
import postgres from '../postgres/index.ts';
import plugin from './index.ts';

/** A migration tool as teams write them: pairs of SQL files, a table of what was applied, one transaction each. */
const tool = `
const fs = require('node:fs');
const { Client } = require('pg');
(async () => {
  const db = new Client({ connectionString: process.env.DATABASE_URL });
  await db.connect();
  await db.query('CREATE TABLE IF NOT EXISTS schema_migrations (id serial PRIMARY KEY, name text UNIQUE, at timestamptz DEFAULT now())');
  const done = (await db.query('SELECT name FROM schema_migrations ORDER BY name')).rows.map((row) => row.name);
  const all = fs.readdirSync('migrations').filter((file) => file.endsWith('.up.sql')).map((file) => file.slice(0, -7)).sort();
  const apply = async (name, half, note) => {
    await db.query('BEGIN');
    await db.query(fs.readFileSync('migrations/' + name + '.' + half + '.sql', 'utf8'));
    await db.query(note, [name]);
    await db.query('COMMIT');
    console.log(half + ' ' + name);
  };
  if (process.argv[2] === 'down') {
    const newest = done.at(-1);
    if (newest) await apply(newest, 'down', 'DELETE FROM schema_migrations WHERE name = $1');
  } else {
    for (const name of all.filter((one) => !done.includes(one))) await apply(name, 'up', 'INSERT INTO schema_migrations (name) VALUES ($1)');
  }
  await db.end();
})().catch((error) => { console.error(error.message); process.exit(1); });
`;
const base: Files = {
  'package.json': JSON.stringify({ scripts: { migrate: 'node migrate.js', 'migrate:down': 'node migrate.js down' } }),
  'migrate.js': tool,
  'seed.js': `
const { Client } = require('pg');
(async () => {
  const db = new Client({ connectionString: process.env.DATABASE_URL });
  await db.connect();
  await db.query("INSERT INTO customers (name) VALUES ('Ada'), ('Bob')");
  await db.query("INSERT INTO orders (customer_id, total, note, status) VALUES (1, 12.50, 'first', 'open'), (2, 3, NULL, 'paid')");
  await db.end();
})();
`,
  'migrations/0001_start.up.sql': `
CREATE TYPE order_status AS ENUM ('open', 'paid');
CREATE TABLE customers (id serial PRIMARY KEY, name varchar(40) NOT NULL);
CREATE TABLE orders (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  customer_id int NOT NULL REFERENCES customers,
  total numeric(10, 2) NOT NULL DEFAULT 0 CHECK (total >= 0),
  note text,
  status order_status NOT NULL
);
CREATE INDEX orders_customer ON orders (customer_id);
`,
  'migrations/0001_start.down.sql': 'DROP TABLE orders; DROP TABLE customers; DROP TYPE order_status;',
};

/** Every point in the full tier; one for each code in the sampled one. */
const full = it.runIf(process.env.BEXPERT_TEST === 'full');

// One server for all scenes that do not look at its log: each has scratch databases of its own on it.
let server: Awaited<ReturnType<typeof testService>>;
let env: Readonly<Record<string, string>> = {};
beforeAll(async () => {
  server = await testService(postgres);
  const { address } = server.handle;
  const url = new URL(server.handle.url({ host: 'localhost', port: 5432 }));
  if ('socketPath' in address) url.searchParams.set('host', path.dirname(address.socketPath));
  env = { DATABASE_URL: url.href };
});
afterAll(async () => server[Symbol.asyncDispose]());

const commands = { up: 'node migrate.js', down: 'node migrate.js down' };
const db = { uses: postgres, migrate: 'node migrate.js', seed: 'node seed.js' };
const outputs = { node_modules: path.resolve(import.meta.dirname, '../../node_modules') };

function scene(added: Files, more: { readonly with?: { readonly [key: string]: Json } } & Omit<Scene, 'with'> = {}): Scene {
  return { base, candidate: { ...base, ...added }, outputs, services: { db }, env, ...more, with: { ...commands, ...more.with } };
}
/** Looks at base with one more migration. */
const look = (up: string, down: string, more: Parameters<typeof scene>[1] = {}) =>
  testGate(plugin, scene({ 'migrations/0002_change.up.sql': up, 'migrations/0002_change.down.sql': down }, more));

describe('a good migration', () => {
  it('is green, and the report says what it does, on canary rows in every table', async () => {
    const seen = await look(
      `ALTER TABLE orders ADD COLUMN created_at timestamptz NOT NULL DEFAULT now();
       CREATE INDEX orders_created ON orders (created_at);
       CREATE TABLE refunds (id uuid PRIMARY KEY DEFAULT gen_random_uuid(), order_id bigint REFERENCES orders);
       INSERT INTO refunds (order_id) SELECT id FROM orders`,
      'DROP TABLE refunds; ALTER TABLE orders DROP COLUMN created_at',
    );
    expect(seen.failure).toBeUndefined();
    expect(seen.result?.findings).toEqual([]);
    expect(seen.result?.examined).toEqual({ unit: 'migrations', count: 1, min: 1 });
    expect(seen.result?.outputs).toEqual({
      migrations: ['0002_change'],
      changes: [
        'column public.orders.created_at: new (timestamp with time zone not null default now())',
        'index public.orders_created: new (CREATE INDEX orders_created ON public.orders USING btree (created_at))',
        'table public.refunds: new',
      ],
      canaries: 40,
    });
    expect(seen.result?.measurements?.map(({ name }) => name)).toEqual(['up', 'down', 'up again', 'canary rows']);
    expect(seen.artifacts['schema-changes.txt']).toContain('table public.refunds: new');
    expect(seen.log.filter(({ level }) => level === 'warn')).toEqual([]);
  });
  it('may be two, which down takes back one by one, with the default commands', async () => {
    const seen = await testGate(plugin, {
      ...scene({
        'migrations/0002_a.up.sql': 'CREATE TABLE a (id int)',
        'migrations/0002_a.down.sql': 'DROP TABLE a',
        'migrations/0003_b.up.sql':
          'ALTER TABLE a ADD COLUMN name text; CREATE FUNCTION f() RETURNS int LANGUAGE sql AS $$ SELECT 1 $$',
        'migrations/0003_b.down.sql': 'DROP FUNCTION f; ALTER TABLE a DROP COLUMN name',
      }),
      with: {},
    });
    expect(seen.result?.findings).toEqual([]);
    expect(seen.result?.outputs).toMatchObject({ migrations: ['0002_a', '0003_b'] });
    expect(seen.result?.examined.count).toBe(2);
  });
  full('may keep what it takes away until it is put back', async () => {
    const seen = await look(
      'CREATE TABLE old_notes AS SELECT id, note FROM orders; ALTER TABLE orders DROP COLUMN note',
      `ALTER TABLE orders ADD COLUMN note text;
       UPDATE orders SET note = old_notes.note FROM old_notes WHERE old_notes.id = orders.id; DROP TABLE old_notes`,
    );
    expect(seen.failure).toBeUndefined();
    expect(seen.result?.findings).toEqual([]);
    expect(seen.result?.outputs).toMatchObject({
      changes: expect.arrayContaining(['column public.orders.note: gone (was text)']),
    });
  });
});

describe('nothing to examine', () => {
  it('is said, where the candidate has no new migration', async () => {
    const seen = await testGate(plugin, scene({ 'server.js': '' }));
    expect(seen.result).toMatchObject({ examined: { count: 0, min: 1 }, findings: [] });
  });
  it('is an error, where no file is a migration', async () => {
    const seen = await testGate(plugin, scene({}, { with: { files: ['sql/**'] } }));
    expect(seen.failure).toMatchObject({ code: 'migration/no-files', hint: expect.stringContaining('files') });
  });
  full('is not the case where a migration hides outside the files: what up changes is examined', async () => {
    const hidden = tool.replace(
      'await db.end()',
      "if (process.argv[2] !== 'down') await db.query('CREATE TABLE IF NOT EXISTS hidden (id int)');\n  await db.end()",
    );
    const seen = await testGate(plugin, scene({ 'migrate.js': hidden }));
    expect(seen.result?.examined.count).toBe(1);
    expect(seen.codes).toContain('migration/down-schema');
  });
});

describe('up', () => {
  it('that fails on data is migration/up-failed, with the statement', async () => {
    // On a server of its own, whose log the gate can read.
    const seen = await look(
      'ALTER TABLE orders ALTER COLUMN note SET NOT NULL',
      'ALTER TABLE orders ALTER COLUMN note DROP NOT NULL',
      { env: {} },
    );
    expect(seen.codes).toEqual(['migration/up-failed']);
    expect(seen.result?.findings[0]).toMatchObject({
      severity: 'error',
      location: { file: 'migrations/0002_change.up.sql' },
      message: expect.stringContaining('exit code 1'),
      evidence: expect.stringMatching(
        /contains null values[\s\S]*STATEMENT: {2}ALTER TABLE orders ALTER COLUMN note SET NOT NULL/,
      ),
    });
    expect(seen.result?.examined.count).toBe(1);
  });
  it('that fails only on values of no ordinary day is the warning migration/up-extreme', async () => {
    const seen = await look(
      'ALTER TABLE orders ALTER COLUMN total TYPE numeric(10, 4)',
      'ALTER TABLE orders ALTER COLUMN total TYPE numeric(10, 2)',
    );
    expect(seen.result?.findings).toMatchObject([
      { code: 'migration/up-extreme', severity: 'warning', evidence: expect.stringContaining('numeric field overflow') },
      { code: 'migration/up-loses-data', severity: 'warning', subject: 'public.orders.total values' },
    ]);
  });
  it('that changes nothing is migration/no-effect', async () => {
    const seen = await look('SELECT 1', 'SELECT 1');
    expect(seen.codes).toEqual(['migration/no-effect']);
    expect(seen.result?.findings[0]?.message).toContain('0002_change is new');
  });
  it('that deletes rows is migration/up-loses-data, also where down is perfect', async () => {
    const seen = await look(
      'CREATE TABLE kept AS SELECT * FROM orders WHERE note IS NULL; DELETE FROM orders WHERE note IS NULL',
      'INSERT INTO orders OVERRIDING SYSTEM VALUE SELECT * FROM kept; DROP TABLE kept',
    );
    expect(seen.result?.findings).toMatchObject([
      {
        code: 'migration/up-loses-data',
        severity: 'error',
        message: expect.stringMatching(/public\.orders has lost 6 of 22 rows \(key 2; /),
      },
    ]);
  });
  full('that changes values of a column that stays is a warning', async () => {
    const seen = await look(
      "UPDATE customers SET name = 'x' WHERE name = 'Ada'",
      "UPDATE customers SET name = 'Ada' WHERE name = 'x'",
    );
    expect(seen.result?.findings).toMatchObject([
      {
        code: 'migration/up-loses-data',
        severity: 'warning',
        message: 'After up the table public.customers has other values in the column name in 1 of 22 rows (key 1).',
      },
    ]);
  });
});

describe('down', () => {
  full('without a command is migration/no-down', async () => {
    const seen = await look('CREATE TABLE a (id int)', '', { with: { down: '' } });
    expect(seen.codes).toEqual(['migration/no-down']);
  });
  full('by a script that package.json does not have is migration/no-down', async () => {
    const seen = await look('CREATE TABLE a (id int)', 'DROP TABLE a', { with: { down: 'npm run rollback' } });
    expect(seen.result?.findings).toMatchObject([
      { code: 'migration/no-down', message: expect.stringContaining('no script rollback') },
    ]);
  });
  it('that is empty is migration/no-down', async () => {
    const seen = await look('CREATE TABLE a (id int)', '-- nothing');
    expect(seen.result?.findings).toMatchObject([
      { code: 'migration/no-down', severity: 'error', location: { file: 'migrations/0002_change.down.sql' } },
    ]);
  });
  it('that fails is migration/down-failed, with the statement', async () => {
    const seen = await look('CREATE TABLE a (id int)', 'DROP TABLE b');
    expect(seen.result?.findings).toMatchObject([
      {
        code: 'migration/down-failed',
        evidence: expect.stringContaining('table "b" does not exist'),
        repro: 'node migrate.js && node migrate.js down',
      },
    ]);
  });
  it('that leaves a part of the schema behind is migration/down-schema', async () => {
    const seen = await look(
      'ALTER TABLE orders ADD COLUMN a int; CREATE INDEX orders_total ON orders (total)',
      'ALTER TABLE orders DROP COLUMN a',
    );
    expect(seen.result?.findings).toMatchObject([
      {
        code: 'migration/down-schema',
        subject: 'index public.orders_total',
        hint: 'Let down drop the index public.orders_total.',
      },
      { code: 'migration/up-again' },
    ]);
  });
  full('that brings a column back with another definition is migration/down-schema', async () => {
    const seen = await look(
      'ALTER TABLE orders ALTER COLUMN total DROP DEFAULT',
      'ALTER TABLE orders ALTER COLUMN total SET DEFAULT 1',
    );
    expect(seen.result?.findings[0]).toMatchObject({
      code: 'migration/down-schema',
      message: expect.stringContaining('numeric(10,2) not null default 0 → numeric(10,2) not null default 1'),
    });
  });
  it('that brings a column back empty is migration/down-loses-data, and says which column and how many rows', async () => {
    const seen = await look('ALTER TABLE orders DROP COLUMN note', 'ALTER TABLE orders ADD COLUMN note text');
    const finding = seen.result?.findings.find(({ code }) => code === 'migration/down-loses-data');
    expect(finding).toMatchObject({ severity: 'error', subject: 'public.orders.note values' });
    expect(finding?.message).toMatch(
      /^After down the table public\.orders has lost the values of the column note in 16 of 22 rows \(key 1; /,
    );
    expect(seen.codes).toEqual(['migration/down-loses-data', 'migration/up-loses-data']);
  });
  full('may lose data where the playbook says why', async () => {
    const seen = await look('ALTER TABLE orders DROP COLUMN note', 'ALTER TABLE orders ADD COLUMN note text', {
      with: { 'allow-data-loss': 'Notes are unused since March.' },
    });
    expect(seen.result?.findings.map(({ severity }) => severity)).toEqual(['warning', 'warning']);
    expect(seen.result?.findings[1]?.message).toContain('Allowed: Notes are unused since March.');
  });
  full('that takes a table of base along loses it', async () => {
    const seen = await look('CREATE TABLE a (id int)', 'DROP TABLE a; DROP TABLE orders');
    expect(new Set(seen.codes)).toEqual(new Set(['migration/down-loses-data', 'migration/down-schema']));
    expect(seen.result?.findings.map(({ message }) => message)).toContainEqual(
      expect.stringContaining('is gone with its 22 rows'),
    );
  });
  it('that leaves rows which up added is the warning migration/down-leaves-data', async () => {
    const seen = await look(
      "CREATE TABLE a (id int); INSERT INTO customers (id, name) VALUES (99, 'Legacy') ON CONFLICT DO NOTHING",
      'DROP TABLE a',
    );
    expect(seen.result?.findings).toMatchObject([{ code: 'migration/down-leaves-data', severity: 'warning' }]);
  });
});

describe('up again', () => {
  it('that fails is migration/up-again', async () => {
    const seen = await look('CREATE TABLE a (id int)', 'ALTER TABLE a RENAME TO b; CREATE TYPE a AS (id int)');
    expect(seen.codes).toContain('migration/up-again');
    expect(seen.result?.findings.find(({ code }) => code === 'migration/up-again')?.evidence).toContain('already exists');
  });
  full('that gives another result is migration/up-again', async () => {
    const seen = await look(
      "CREATE TABLE a (id int DEFAULT 1, v int); INSERT INTO a (v) SELECT nextval('customers_id_seq')",
      'DROP TABLE a',
    );
    expect(seen.result?.findings).toMatchObject([
      { code: 'migration/up-again', message: expect.stringContaining('public.a has other values') },
    ]);
  });
});

it('works in the sandbox of this machine, with its own server', async () => {
  const seen = await look('ALTER TABLE orders DROP COLUMN note', 'ALTER TABLE orders ADD COLUMN note text', {
    env: {},
    provider: 'best',
  });
  expect(seen.codes).toEqual(['migration/down-loses-data', 'migration/up-loses-data']);
});

it('an applied migration that was changed is migration/applied-changed', async () => {
  const seen = await testGate(
    plugin,
    scene({ 'migrations/0001_start.up.sql': `${base['migrations/0001_start.up.sql']}-- tidied\n` }),
  );
  expect(seen.result?.findings).toMatchObject([
    {
      code: 'migration/applied-changed',
      location: { file: 'migrations/0001_start.up.sql' },
      message: expect.stringContaining('was changed'),
    },
  ]);
});

it('a command that does not exist is an error of the step, not a finding', async () => {
  const seen = await look('CREATE TABLE a (id int)', 'DROP TABLE a', { with: { up: 'no-such-tool up' } });
  expect(seen.failure).toMatchObject({ code: 'migration/command-not-found', message: expect.stringContaining('no-such-tool') });
});

describe('the negative controls', () => {
  const writable = (files: Record<string, string>) => ({
    glob: async () =>
      Object.keys(files)
        .filter((file) => file.endsWith('.sql'))
        .sort(),
    read: async (file: string) => files[file] ?? '',
    write: async (file: string, content: string) => {
      files[file] = content;
    },
  });
  const controls = plugin.kind === 'gate' ? plugin.prove : [];
  it.runIf(process.env.BEXPERT_TEST === 'full')(
    'turn the gate red',
    async () => {
      const seen = await testControls(plugin, scene({}));
      expect(seen.map(({ name, turned }) => `${name}: ${turned}`)).toEqual(controls.map(({ name }) => `${name}: red`));
    },
    180_000,
  );
  it.each([
    [
      'db/migrate/20240101_x.sql',
      '-- migrate:up\nCREATE TABLE x (id int);\n-- migrate:down\nDROP TABLE x;',
      'db/migrate/20240102_bexpert_control.sql',
    ],
    ['migrations/01-x/up.sql', 'CREATE TABLE x (id int)', 'migrations/02-bexpert_control/up.sql'],
  ])('fit the layout of %s', async (file, content, expected) => {
    const files: Record<string, string> = { [file]: content };
    expect(await controls[0]?.apply(writable(files) as unknown as Parameters<(typeof controls)[0]['apply']>[0])).toBe('applied');
    expect(Object.keys(files)).toContain(expected);
  });
  it('say where they do not apply', async () => {
    const seen = await testControls(plugin, { candidate: { 'migrations/1.js': '' } });
    expect(seen.map((one) => (one.turned === 'not-applicable' ? one.why : one.turned))).toEqual(
      controls.map(() => 'there are no numbered SQL migrations with a way back'),
    );
  });
});
