// Code under test has a session on the server that also holds base's template and the copies of other steps.
import path from 'node:path';
import { Client } from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import plugin from '../../plugins/postgres/index.ts';
import type { ServiceHandle } from '../../src/plugin-api.ts';
import { testService } from '../../src/testing.ts';

type Service = Awaited<ReturnType<typeof testService>>;
const nameOf = (handle: ServiceHandle): string => new URL(handle.url({ host: 'x', port: 1 })).pathname.slice(1);

async function session(handle: ServiceHandle, database = nameOf(handle)): Promise<Client> {
  if (!('socketPath' in handle.address)) throw new Error('the embedded server listens on a socket');
  const { username: user, password } = new URL(handle.url({ host: 'x', port: 1 }));
  const client = new Client({ host: path.dirname(handle.address.socketPath), user, password, database });
  client.on('error', () => undefined);
  await client.connect();
  return client;
}
async function ask(handle: ServiceHandle, sql: string, database?: string): Promise<readonly Record<string, unknown>[]> {
  const client = await session(handle, database);
  try {
    return (await client.query(sql)).rows;
  } finally {
    await client.end();
  }
}
async function copyOf(handle: ServiceHandle): Promise<ServiceHandle> {
  const copy = await handle.copy?.();
  if (copy === undefined) throw new Error('a database can be copied');
  return copy;
}

describe('code under test with a copy of a database', () => {
  let service: Service;
  let mine: ServiceHandle;
  let other: ServiceHandle;
  beforeAll(async () => {
    service = await testService(plugin);
    await ask(
      service.handle,
      `CREATE EXTENSION pgcrypto;
       CREATE TYPE mood AS ENUM ('good');
       CREATE SCHEMA shop; CREATE TABLE shop.orders (id serial PRIMARY KEY, mood mood); CREATE INDEX by_mood ON shop.orders (mood);
       CREATE FUNCTION shop.one() RETURNS int LANGUAGE sql AS 'SELECT 1'; CREATE VIEW shop.seen AS SELECT id FROM shop.orders;
       CREATE ROLE reader; GRANT USAGE ON SCHEMA shop TO reader; GRANT reader TO CURRENT_USER;
       ALTER DEFAULT PRIVILEGES IN SCHEMA shop GRANT SELECT ON TABLES TO reader;`,
    );
    [mine, other] = [await copyOf(service.handle), await copyOf(service.handle)];
  });
  afterAll(async () => service[Symbol.asyncDispose]());

  it('enters neither the template nor the copy of another step', async () => {
    for (const target of [nameOf(service.handle), nameOf(other)]) {
      await expect(session(mine, target)).rejects.toThrow('permission denied for database');
    }
  });
  it('drops, renames, takes, copies and resets none of them', async () => {
    for (const target of [nameOf(service.handle), nameOf(other)]) {
      for (const sql of [
        `DROP DATABASE ${target} WITH (FORCE)`,
        `ALTER DATABASE ${target} RENAME TO gone`,
        `ALTER DATABASE ${target} OWNER TO CURRENT_USER`,
        `ALTER DATABASE ${target} SET statement_timeout = '1ms'`,
        `ALTER DATABASE ${target} CONNECTION LIMIT 0`,
        `GRANT CONNECT ON DATABASE ${target} TO CURRENT_USER`,
        `CREATE DATABASE stolen TEMPLATE ${target}`,
        `ALTER ROLE ${target} PASSWORD 'known'`,
        `GRANT ${target} TO CURRENT_USER`,
        `SET ROLE ${target}`,
      ]) {
        // GRANT of what one does not have is a warning in SQL, so that only its effect counts.
        const said = await ask(mine, sql).then(
          () => 'done',
          (error: Error) => error.message,
        );
        if (!sql.startsWith('GRANT CONNECT')) expect(said, sql).toMatch(/must be owner|permission denied/);
      }
      await expect(session(mine, target)).rejects.toThrow('permission denied for database');
    }
  });
  it('ends no session of another step', async () => {
    const victim = await session(other);
    const { rows } = await victim.query('SELECT pg_backend_pid() AS pid');
    await expect(ask(mine, `SELECT pg_terminate_backend(${rows[0]?.pid})`)).rejects.toThrow('permission denied');
    await victim.end();
  });
  it('owns all that is in its own copy, and finds what migrations set up for other roles', async () => {
    expect(
      await ask(
        mine,
        `ALTER TABLE shop.orders ADD COLUMN note text; DROP INDEX shop.by_mood; ALTER TYPE mood ADD VALUE 'bad'; DROP VIEW shop.seen;
         DROP FUNCTION shop.one(); CREATE TABLE shop.later (id int); ALTER EXTENSION pgcrypto UPDATE; DROP EXTENSION pgcrypto;
         ALTER DATABASE ${nameOf(mine)} SET search_path TO shop; SET ROLE reader; SELECT count(*)::int AS n FROM shop.later;`,
      ).catch((error: Error) => error.message),
    ).not.toBeTypeOf('string');
    expect(
      await ask(
        other,
        "SELECT count(*)::int AS n FROM information_schema.columns WHERE table_schema = 'shop' AND table_name = 'orders'",
      ),
    ).toEqual([{ n: 2 }]);
  });
  it('is the same for the copy of a copy, and a copy that goes takes its role along', async () => {
    const again = await copyOf(mine);
    await ask(again, 'ALTER TABLE shop.orders DROP COLUMN mood');
    await expect(session(again, nameOf(mine))).rejects.toThrow('permission denied for database');
    const name = nameOf(again);
    await again[Symbol.asyncDispose]();
    expect(await ask(mine, `SELECT 1 FROM pg_roles WHERE rolname = '${name}'`)).toEqual([]);
  });
});
