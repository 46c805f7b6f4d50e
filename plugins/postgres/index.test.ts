import path from 'node:path';
import { Client } from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ServiceHandle } from '../../src/plugin-api.ts';
import { testService } from '../../src/testing.ts';
import plugin from './index.ts';
import { linesOf } from './log.ts';

type Service = Awaited<ReturnType<typeof testService>>;

const socketOf = (handle: ServiceHandle): string => {
  if (!('socketPath' in handle.address)) throw new Error('the embedded server listens on a socket');
  return handle.address.socketPath;
};
const urlOf = (handle: ServiceHandle) => new URL(handle.url({ host: 'in-the-pod', port: 1234 }));

const folderOf = (handle: ServiceHandle) => path.dirname(socketOf(handle));
async function copyOf(handle: ServiceHandle): Promise<ServiceHandle> {
  const copy = await handle.copy?.();
  if (copy === undefined) throw new Error('a database can be copied');
  return copy;
}

/** A session as the code under test would have it, but through the socket itself. */
async function connect(handle: ServiceHandle, more: { readonly password?: string } = {}): Promise<Client> {
  const { username: user, password, pathname } = urlOf(handle);
  const client = new Client({ host: folderOf(handle), user, password, database: pathname.slice(1), ...more });
  client.on('error', () => undefined);
  await client.connect();
  return client;
}
async function query<Row>(handle: ServiceHandle, sql: string, values: readonly unknown[] = []): Promise<Row[]> {
  const client = await connect(handle);
  try {
    return (await client.query(sql, [...values])).rows as Row[];
  } finally {
    await client.end();
  }
}

describe('the embedded server', () => {
  let service: Service;
  beforeAll(async () => {
    service = await testService(plugin);
    await query(service.handle, 'CREATE TABLE orders (id int PRIMARY KEY, note text)');
    await query(service.handle, "INSERT INTO orders VALUES (1, 'first')");
  });
  afterAll(async () => service[Symbol.asyncDispose]());

  it('starts without its install script, also as root, and says what it is', () => {
    expect(service.handle.outputs).toMatchObject({ server: 'embedded', version: '18.4' });
    expect(service.handle.env?.({ host: '127.0.0.1', port: 5555 })).toEqual({
      DATABASE_URL: service.handle.url({ host: '127.0.0.1', port: 5555 }),
    });
    expect(service.handle.url({ host: '127.0.0.1', port: 5555 })).toMatch(
      /^postgresql:\/\/(bexpert_[0-9a-f]{12}):[\w-]{24}@127\.0\.0\.1:5555\/\1$/,
    );
  });
  it('listens on no TCP port, asks for the password, and writes what it is told to write', async () => {
    const [settings] = await query<Record<string, string>>(
      service.handle,
      "SELECT current_setting('listen_addresses') AS listens, current_setting('fsync') AS fsync, current_setting('max_connections') AS connections",
    );
    expect(settings).toEqual({ listens: '', fsync: 'on', connections: '200' });
    await expect(connect(service.handle, { password: 'guess' })).rejects.toThrow('password authentication failed');
  });
  it('treats text as Unicode', async () => {
    expect(await query(service.handle, "SELECT upper('é ж') AS up, current_setting('server_encoding') AS encoding")).toEqual([
      { up: 'É Ж', encoding: 'UTF8' },
    ]);
  });
  it('lets the code under test make extensions and roles, and start no program', async () => {
    await query(service.handle, 'CREATE EXTENSION pgcrypto');
    await query(service.handle, 'CREATE ROLE reader');
    await query(service.handle, 'SET session_replication_role = replica');
    await expect(query(service.handle, "COPY orders FROM PROGRAM 'echo 1'")).rejects.toThrow('permission denied');
  });
  it('gives copies that have the state of now and are independent', async () => {
    await query(service.handle, `ALTER DATABASE ${urlOf(service.handle).pathname.slice(1)} SET search_path TO app, public`);
    await using first = await copyOf(service.handle);
    await using second = await copyOf(service.handle);
    await query(first, "UPDATE orders SET note = 'changed'");
    expect(await query(first, 'SELECT note FROM orders')).toEqual([{ note: 'changed' }]);
    expect(await query(second, 'SELECT note FROM orders')).toEqual([{ note: 'first' }]);
    expect(await query(service.handle, 'SELECT note FROM orders')).toEqual([{ note: 'first' }]);
    expect(await query(second, 'SHOW search_path')).toEqual([{ search_path: 'app, public' }]);
    await query(second, 'ALTER TABLE orders ADD COLUMN mine int');
  });
  it('copies although a session is open, and cuts it', async () => {
    const open = await connect(service.handle);
    const cut = new Promise<Error>((resolve) => open.on('error', resolve));
    await using copy = await copyOf(service.handle);
    expect(await query(copy, 'SELECT count(*)::int AS n FROM orders')).toEqual([{ n: 1 }]);
    expect((await cut).message).toMatch(/terminating connection|Connection terminated/);
  });
  it('drops a copy that is given back, though a session is open on it', async () => {
    const copy = await copyOf(service.handle);
    await connect(copy);
    await copy[Symbol.asyncDispose]();
    expect(await query(service.handle, 'SELECT 1 FROM pg_database WHERE datname = $1', [urlOf(copy).pathname.slice(1)])).toEqual(
      [],
    );
  });
  it('shows each database its own part of the log', async () => {
    await using copy = await copyOf(service.handle);
    await expect(query(copy, 'SELECT\n  no_such_column')).rejects.toThrow('does not exist');
    await expect.poll(() => copy.log()).toContain('STATEMENT:  SELECT\n\t  no_such_column');
    expect(await service.handle.log()).not.toContain('no_such_column');
    expect(await service.handle.log()).toContain('database system is ready to accept connections');
  });
  it("restarts a copy by cutting its sessions, and nobody else's", async () => {
    await using copy = await copyOf(service.handle);
    const [before] = await query<{ at: string }>(service.handle, 'SELECT pg_postmaster_start_time()::text AS at');
    await copy.restart();
    expect(await query(copy, 'SELECT note FROM orders')).toEqual([{ note: 'first' }]);
    expect(await query(service.handle, 'SELECT pg_postmaster_start_time()::text AS at')).toEqual([before]);
  });
  it('counts the CPU time of the server', async () => {
    const before = await service.handle.cpu();
    await query(service.handle, 'SELECT count(*) FROM generate_series(1, 500000) a');
    const after = await service.handle.cpu();
    expect(after.user + after.system).toBeGreaterThan(before.user + before.system);
  });
  it('keeps its data over a restart', async () => {
    const [before] = await query<{ at: string }>(service.handle, 'SELECT pg_postmaster_start_time()::text AS at');
    await service.handle.restart();
    expect(await query(service.handle, 'SELECT note FROM orders')).toEqual([{ note: 'first' }]);
    expect(await query(service.handle, 'SELECT pg_postmaster_start_time()::text AS at')).not.toEqual([before]);
  });
});

it('runs in the sandbox of this machine, and is reached at its socket from outside', async () => {
  await using service = await testService(plugin, { provider: 'best' });
  await query(service.handle, 'CREATE TABLE orders (id int)');
  await using copy = await copyOf(service.handle);
  await copy.restart();
  expect(await query(copy, 'SELECT count(*)::int AS n FROM orders')).toEqual([{ n: 0 }]);
  await service.handle.restart();
  expect(await query(copy, 'SELECT count(*)::int AS n FROM orders')).toEqual([{ n: 0 }]);
});

describe('a server that ends', () => {
  it('leaves no socket and no process behind', async () => {
    const service = await testService(plugin);
    const [{ pid } = { pid: 0 }] = await query<{ pid: number }>(service.handle, 'SELECT pg_backend_pid() AS pid');
    expect(pid).toBeGreaterThan(0);
    const { handle } = service;
    await service[Symbol.asyncDispose]();
    await expect(query(handle, 'SELECT 1')).rejects.toThrow(/ENOENT|ECONNREFUSED/);
    await expect(Promise.resolve(handle.copy?.())).rejects.toMatchObject({ code: 'postgres/server-failed' });
  });
});

describe('a given server', () => {
  it('is refused where it is not on this machine', async () => {
    const env = { DATABASE_URL: 'postgresql://app:secret@db.example.com:5432/orders' };
    await expect(testService(plugin, { env })).rejects.toMatchObject({
      code: 'postgres/remote',
      message: expect.stringContaining('db.example.com'),
      hint: expect.stringContaining('allow-remote'),
    });
  });
  it('is not asked where the playbook wants the embedded one', async () => {
    const env = { DATABASE_URL: 'postgresql://app:secret@db.example.com:5432/orders' };
    await using service = await testService(plugin, { env, with: { server: 'embedded' } });
    expect(service.handle.outputs).toMatchObject({ server: 'embedded' });
  });
  it('that refuses connections is named with the way out', async () => {
    const env = { DATABASE_URL: 'postgresql://app:secret@127.0.0.1:1/orders' };
    await expect(testService(plugin, { env })).rejects.toMatchObject({
      code: 'postgres/unreachable',
      message: expect.stringContaining('127.0.0.1:1'),
      hint: expect.stringContaining('server: embedded'),
    });
  });
  it('with an address that is no PostgreSQL URL is an error', async () => {
    await expect(testService(plugin, { with: { url: 'mysql://localhost/x' } })).rejects.toMatchObject({
      code: 'postgres/bad-url',
    });
  });
  it('gets scratch databases, and the one in its URL stays as it is', async () => {
    await using mine = await testService(plugin);
    await query(mine.handle, 'CREATE TABLE precious (id int)');
    const url = urlOf(mine.handle);
    url.host = 'localhost:5432';
    url.searchParams.set('host', folderOf(mine.handle));
    {
      await using scratch = await testService(plugin, { env: { DATABASE_URL: url.href } });
      expect(scratch.handle.outputs).toMatchObject({ server: 'given', version: '18.4' });
      expect(urlOf(scratch.handle).pathname).toMatch(/^\/bexpert_[0-9a-f]{12}$/);
      expect(urlOf(scratch.handle).host).toBe('in-the-pod:1234');
      expect(urlOf(scratch.handle).search).toBe('');
      await query(scratch.handle, 'CREATE TABLE precious (id int, mine int)');
      await using copy = await copyOf(scratch.handle);
      expect(
        await query(copy, "SELECT count(*)::int AS n FROM information_schema.columns WHERE table_name = 'precious'"),
      ).toEqual([{ n: 2 }]);
      await expect(scratch.handle.cpu()).rejects.toMatchObject({ code: 'postgres/no-cpu' });
    }
    expect(
      await query(mine.handle, "SELECT count(*)::int AS n FROM information_schema.columns WHERE table_name = 'precious'"),
    ).toEqual([{ n: 1 }]);
    expect(await query(mine.handle, "SELECT count(*)::int AS n FROM pg_database WHERE datname LIKE 'bexpert%'")).toEqual([
      { n: 1 },
    ]);
  });
  it('whose user may not create databases is an error that says so', async () => {
    await using mine = await testService(plugin);
    await query(mine.handle, "CREATE ROLE weak LOGIN PASSWORD 'weak'");
    const host = encodeURIComponent(folderOf(mine.handle));
    const env = { DATABASE_URL: `postgresql://weak:weak@localhost/postgres?host=${host}` };
    await expect(testService(plugin, { env })).rejects.toMatchObject({
      code: 'postgres/no-permission',
      message: expect.stringContaining('weak'),
    });
  });
});

it('a log is told apart by database, with the lines that continue an entry', () => {
  const log = [
    '2026-11-25 13:23:57.652 UTC [1] LOG:  ready',
    '2026-11-25 13:23:58.652 UTC [2] a ERROR:  syntax error at or near "SELCT"',
    '2026-11-25 13:23:58.652 UTC [2] a STATEMENT:  SELCT',
    '\t1',
    '2026-11-25 13:23:59.652 UTC [3] b ERROR:  other',
    '\tcontinued',
  ].join('\n');
  expect(linesOf(log, 'a').split('\n')).toHaveLength(4);
  expect(linesOf(log, 'b')).toBe(
    '2026-11-25 13:23:57.652 UTC [1] LOG:  ready\n2026-11-25 13:23:59.652 UTC [3] b ERROR:  other\n\tcontinued',
  );
});

it('the doctor says which server is going to be used', async () => {
  expect(await plugin.doctor?.({})).toEqual([{ ok: true, what: 'PostgreSQL: the embedded server' }]);
  expect(await plugin.doctor?.({ DATABASE_URL: 'postgresql://a:b@127.0.0.1:1/x' })).toMatchObject([
    { ok: false, todo: expect.stringContaining('DATABASE_URL') },
  ]);
});
