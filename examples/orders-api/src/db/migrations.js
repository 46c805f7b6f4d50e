// Plain SQL migrations: migrations/<version>.up.sql and .down.sql, in the order of their names, each in a transaction of its own.
import { readdir, readFile } from 'node:fs/promises';

const folder = new URL('../../migrations/', import.meta.url);

/** Any number: two migrators of one database wait for each other. */
const lock = 4_815_162;

async function versions() {
  const files = await readdir(folder);
  return files
    .filter((file) => file.endsWith('.up.sql'))
    .map((file) => file.slice(0, -'.up.sql'.length))
    .sort();
}

/**
 * @param {import('pg').Pool} pool
 * @param {(client: import('pg').PoolClient, applied: ReadonlySet<string>) => Promise<string[]>} work
 */
async function withLock(pool, work) {
  const client = await pool.connect();
  try {
    await client.query('select pg_advisory_lock($1)', [lock]);
    await client.query('create table if not exists schema_migrations (version text primary key)');
    const { rows } = await client.query('select version from schema_migrations');
    return await work(client, new Set(rows.map(({ version }) => version)));
  } finally {
    await client.query('select pg_advisory_unlock($1)', [lock]);
    client.release();
  }
}

/**
 * @param {import('pg').PoolClient} client
 * @param {{file: string, version: string, record: string}} step
 */
async function apply(client, { file, version, record }) {
  const sql = await readFile(new URL(file, folder), 'utf8');
  await client.query('begin');
  try {
    await client.query(sql);
    await client.query(record, [version]);
    await client.query('commit');
  } catch (error) {
    await client.query('rollback');
    throw new Error(`${file} failed: ${error instanceof Error ? error.message : error}`, { cause: error });
  }
}

/**
 * Applies what is not applied yet.
 *
 * @param {import('pg').Pool} pool
 * @returns {Promise<string[]>} the versions applied, in order
 */
export function migrateUp(pool) {
  return withLock(pool, async (client, applied) => {
    const todo = (await versions()).filter((version) => !applied.has(version));
    for (const version of todo) {
      await apply(client, { file: `${version}.up.sql`, version, record: 'insert into schema_migrations values ($1)' });
    }
    return todo;
  });
}

/**
 * Takes back the newest migrations.
 *
 * @param {import('pg').Pool} pool
 * @param {number} [count]
 * @returns {Promise<string[]>} the versions taken back, newest first
 */
export function migrateDown(pool, count = 1) {
  return withLock(pool, async (client, applied) => {
    const undo = (await versions())
      .filter((version) => applied.has(version))
      .reverse()
      .slice(0, count);
    for (const version of undo) {
      await apply(client, { file: `${version}.down.sql`, version, record: 'delete from schema_migrations where version = $1' });
    }
    return undo;
  });
}
