// A server that is already there: scratch databases on it, and nothing else is touched.
import { Client } from 'pg';
import { pluginError } from '../../src/plugin-api.ts';
import { copyDatabase, createDatabase, dropDatabase, endSessions } from './databases.ts';
import type { Server } from './server.ts';

const loopback = /^(localhost|127(\.\d{1,3}){3}|\[?::1\]?)$/i;

interface Place {
  readonly url: URL;
  /** A name, or the folder of a Unix socket. */
  readonly host: string;
  readonly port: number;
}

function placeOf(text: string): Place {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || !/^postgres(ql)?:$/.test(url.protocol)) {
    throw pluginError({
      code: 'postgres/bad-url',
      message: 'The address of the database server is no PostgreSQL URL.',
      hint: 'It looks like postgresql://user:password@127.0.0.1:5432/postgres.',
    });
  }
  const host = url.searchParams.get('host') ?? decodeURIComponent(url.hostname);
  return { url, host: host === '' ? 'localhost' : host, port: Number(url.port || url.searchParams.get('port') || 5432) };
}

/** `text`: a PostgreSQL URL. Connects once, to see that it works. */
export async function givenServer(text: string, o: { readonly allowRemote: boolean }): Promise<Server> {
  const { url, host, port } = placeOf(text);
  if (!host.startsWith('/') && !loopback.test(host) && !o.allowRemote) {
    throw pluginError({
      code: 'postgres/remote',
      message: `The database server ${host} is not on this machine, and migrations are going to be tried on it.`,
      hint: 'If it is a server for tests, say `with: { allow-remote: true }`; to use the embedded server although DATABASE_URL is set, say `with: { server: embedded }`.',
    });
  }
  const seen = (address: { readonly host: string; readonly port: number }, database: string): string => {
    const other = new URL(url);
    other.searchParams.delete('host');
    other.searchParams.delete('port');
    // A URL that names its host in the query has none where it is set.
    const named = other.host === '' ? new URL(`${url.protocol}//127.0.0.1/?${other.searchParams}`) : other;
    named.username = url.username;
    named.password = url.password;
    named.hostname = address.host;
    named.port = String(address.port);
    named.pathname = `/${encodeURIComponent(database)}`;
    return named.href;
  };
  const own = decodeURIComponent(url.pathname.slice(1));

  /** A session that is in no scratch database: in `postgres`, or else, only as a place to stand, in the one that the URL names. */
  async function session<T>(use: (client: Client) => Promise<T>): Promise<T> {
    let refused: unknown;
    for (const database of new Set(['postgres', own === '' ? 'template1' : own])) {
      const connectionString = host.startsWith('/') ? undefined : seen({ host, port }, database);
      const client = new Client({
        ...(connectionString === undefined
          ? { host, port, user: decodeURIComponent(url.username), password: decodeURIComponent(url.password), database }
          : { connectionString }),
        connectionTimeoutMillis: 10_000,
      });
      client.on('error', () => undefined);
      try {
        await client.connect();
      } catch (error) {
        refused = error;
        continue;
      }
      try {
        return await use(client);
      } finally {
        await client.end().catch(() => undefined);
      }
    }
    throw pluginError({
      code: 'postgres/unreachable',
      message: `The database server at ${host}:${port} cannot be used: ${reason(refused)}.`,
      hint: 'Start it, correct DATABASE_URL, or say `with: { server: embedded }` to use the embedded server.',
      cause: refused,
    });
  }

  const version = await session(async (client) => {
    const { rows } = await client.query<{ version: string; may: boolean }>(
      "SELECT current_setting('server_version') AS version, rolcreatedb OR rolsuper AS may FROM pg_roles WHERE rolname = current_user",
    );
    if (rows[0]?.may === true) return rows[0].version;
    throw pluginError({
      code: 'postgres/no-permission',
      message: `The user ${decodeURIComponent(url.username)} may not create databases on ${host}:${port}.`,
      hint: 'Let an administrator run ALTER ROLE … CREATEDB, or say `with: { server: embedded }`.',
    });
  });
  const cut = (name: string) => session((client) => endSessions(client, name));
  return {
    kind: 'given',
    version,
    address: host.startsWith('/') ? { socketPath: `${host}/.s.PGSQL.${port}` } : { host, port },
    url: seen,
    create: (name) => session((client) => createDatabase(client, { name })),
    copy: (from, to) => session((client) => copyDatabase(client, { from, to })),
    drop: (name) => session((client) => dropDatabase(client, name)),
    cut,
    log: async () => '',
    cpu: async () => {
      throw pluginError({
        code: 'postgres/no-cpu',
        message: `The CPU time of the database server at ${host}:${port} cannot be read: bexpert did not start it.`,
        hint: 'Say `with: { server: embedded }` where it is to be measured.',
      });
    },
    restart: cut,
    async [Symbol.asyncDispose]() {},
  };
}

/** pg gives an AggregateError without a message where every address refuses. */
function reason(error: unknown): string {
  if (error instanceof AggregateError) return error.errors.map(reason).join(', ');
  return error instanceof Error ? error.message : String(error);
}
