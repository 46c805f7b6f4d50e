// Databases of one server: what is done with them, whoever holds the session.
import type { ClientBase } from 'pg';

export const quoted = (name: string): string => `"${name.replaceAll('"', '""')}"`;
export const literal = (text: string): string => `'${text.replaceAll("'", "''")}'`;
/** A session reconnected between its end and the copy (SQLSTATE object_in_use). */
const inUse = (error: unknown): boolean => error instanceof Error && 'code' in error && error.code === '55006';

export async function createDatabase(client: ClientBase, o: { readonly name: string; readonly owner?: string }): Promise<void> {
  // template0 is never connected to, so that no other session can be in the way.
  const owner = o.owner === undefined ? '' : ` OWNER ${quoted(o.owner)}`;
  await client.query(`CREATE DATABASE ${quoted(o.name)}${owner} TEMPLATE template0 ENCODING 'UTF8'`);
}

export async function copyDatabase(
  client: ClientBase,
  o: { readonly from: string; readonly to: string; readonly owner?: string },
): Promise<void> {
  const owner = o.owner === undefined ? '' : ` OWNER ${quoted(o.owner)}`;
  for (let attempt = 1; ; attempt++) {
    await endSessions(client, o.from);
    try {
      await client.query(`CREATE DATABASE ${quoted(o.to)}${owner} TEMPLATE ${quoted(o.from)}`);
      break;
    } catch (error) {
      if (attempt >= 5 || !inUse(error)) throw error;
    }
  }
  await copySettings(client, o);
}

/** `ALTER DATABASE … SET` belongs to the database's name and does not come along with a template. */
async function copySettings(client: ClientBase, o: { readonly from: string; readonly to: string }): Promise<void> {
  const { rows } = await client.query<{ setting: string }>(
    `SELECT unnest(s.setconfig) AS setting FROM pg_db_role_setting s
       JOIN pg_database d ON d.oid = s.setdatabase WHERE d.datname = $1 AND s.setrole = 0`,
    [o.from],
  );
  for (const { setting } of rows) {
    const name = setting.slice(0, setting.indexOf('='));
    // Through the session, because only the server knows which settings are lists.
    await client.query('SELECT set_config($1, $2, false)', [name, setting.slice(name.length + 1)]);
    const parts = name.split('.').map(quoted).join('.');
    await client.query(`ALTER DATABASE ${quoted(o.to)} SET ${parts} FROM CURRENT`);
    await client.query(`RESET ${parts}`);
  }
}

export async function dropDatabase(client: ClientBase, name: string): Promise<void> {
  await client.query(`DROP DATABASE IF EXISTS ${quoted(name)} WITH (FORCE)`);
}

/** Cuts every connection to one database, as a restart of its server would. */
export async function endSessions(client: ClientBase, name: string): Promise<void> {
  await client.query(
    'SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = $1 AND pid <> pg_backend_pid() AND backend_type = $2',
    [name, 'client backend'],
  );
}
