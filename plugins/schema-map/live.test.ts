// The catalogue of a database that runs, beside migrations and models.
import path from 'node:path';
import { expect, it } from 'vitest';
import { testContext } from '../../src/testing.ts';
import postgres from '../postgres/index.ts';
import plugin from './index.ts';

const migrate = `
const { Client } = require('pg');
(async () => {
  const db = new Client({ connectionString: process.env.DATABASE_URL });
  await db.connect();
  await db.query(require('node:fs').readFileSync('migrations/1.sql', 'utf8'));
  await db.query('ALTER TABLE orders ADD COLUMN by_hand text');
  await db.end();
})();
`;
const files = {
  'package.json': '{ "dependencies": { "pg": "8", "drizzle-orm": "1" } }',
  'migrate.js': migrate,
  'migrations/1.sql': `CREATE TYPE state AS ENUM ('open', 'paid');
CREATE TABLE customers (id serial PRIMARY KEY, name varchar(40) NOT NULL UNIQUE);
CREATE TABLE orders (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, customer_id int NOT NULL REFERENCES customers ON DELETE CASCADE,
  total numeric(10, 2) NOT NULL DEFAULT 0 CHECK (total >= 0), states state[]);
CREATE INDEX orders_total ON orders (customer_id, total DESC) WHERE total > 10;
CREATE VIEW dear AS SELECT * FROM orders WHERE total > 100;`,
  'schema.ts': `import { integer, pgTable, text, varchar } from 'drizzle-orm/pg-core';
export const customers = pgTable('customers', { id: integer().primaryKey(), name: varchar({ length: 40 }).notNull(), mail: text() });`,
};

it.runIf(process.env.BEXPERT_TEST === 'full')(
  'is read after the migrations ran, and what code and migrations say otherwise is said',
  async () => {
    const seen = await testContext(plugin, {
      candidate: files,
      with: { service: 'db' },
      outputs: { node_modules: path.resolve(import.meta.dirname, '../../node_modules') },
      services: { db: { uses: postgres, with: {}, migrate: 'node migrate.js' } },
    });
    expect(seen.failure).toBeUndefined();
    const outputs = seen.result?.outputs as Record<string, unknown>;
    expect(outputs.sources).toMatchObject([
      { kind: 'live', tables: 2 },
      { kind: 'models', stack: 'drizzle', tables: 1 },
      { kind: 'migrations', stack: 'sql', tables: 2 },
    ]);
    expect(outputs.disagreements).toMatchObject([
      { table: 'customers', column: 'mail', in: ['models'], 'not-in': ['migrations', 'live'], file: 'schema.ts' },
      { table: 'orders', column: null, in: ['migrations', 'live'], 'not-in': ['models'] },
      { table: 'orders', column: 'by_hand', in: ['live'], 'not-in': ['migrations'] },
    ]);
    expect(outputs.tables).toMatchObject([
      { name: 'customers', entity: 'customers', source: 'live', file: 'migrations/1.sql', uniques: [{ columns: ['name'] }] },
      {
        name: 'orders',
        columns: [
          { name: 'id', type: 'bigint', generated: 'always as identity' },
          { name: 'customer_id', nullable: false },
          { name: 'total', type: 'numeric(10,2)' },
          { name: 'states', type: 'state[]' },
          { name: 'by_hand', type: 'text' },
        ],
        'foreign-keys': [{ table: 'customers', references: ['id'], 'on-delete': 'cascade' }],
        indexes: [{ name: 'orders_total', method: 'btree' }],
      },
    ]);
    expect(outputs.views).toMatchObject([{ name: 'dear' }]);
  },
);

it('asks for a database that it can read', async () => {
  const seen = await testContext(plugin, {
    candidate: { 'server.js': "require('node:http').createServer((_, to) => to.end()).listen(process.env.PORT, '127.0.0.1');" },
    with: { service: 'api' },
    services: { api: { run: 'node server.js', env: { PORT: '${{ service.port }}' }, ready: { http: '/' } } },
  });
  expect(seen.failure).toMatchObject({ code: 'schema-map/no-database' });
});
