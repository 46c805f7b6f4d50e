// In a schema of its own, so that the other tests keep their tables.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { migrateDown, migrateUp } from '../src/db/migrations.js';
import { openPool } from '../src/db/pool.js';
import { seed } from '../src/db/seed.js';

const schema = 'migrations_test';
let admin;
let pool;
beforeAll(async () => {
  const { DATABASE_URL } = process.env;
  admin = openPool(DATABASE_URL);
  await admin.query(`drop schema if exists ${schema} cascade`);
  await admin.query(`create schema ${schema}`);
  const url = new URL(DATABASE_URL);
  url.searchParams.set('options', `-c search_path=${schema}`);
  pool = openPool(url.href);
});
afterAll(async () => {
  await pool.end();
  await admin.query(`drop schema ${schema} cascade`);
  await admin.end();
});

async function tables() {
  const { rows } = await admin.query('select tablename from pg_tables where schemaname = $1 order by 1', [schema]);
  return rows.map(({ tablename }) => tablename);
}

test('all migrations go up, down and up again', async () => {
  const applied = await migrateUp(pool);
  expect(applied[0]).toBe('0001_customers');
  expect(await tables()).toContain('orders');
  expect(await migrateUp(pool)).toEqual([]);

  expect(await migrateDown(pool, applied.length)).toEqual(applied.toReversed());
  expect(await tables()).toEqual(['schema_migrations']);
  expect(await migrateUp(pool)).toEqual(applied);
});

test('an empty database is seeded once', async () => {
  expect(await seed(pool)).toBe(true);
  expect(await seed(pool)).toBe(false);
  expect((await pool.query('select from orders')).rowCount).toBe(300);
});
