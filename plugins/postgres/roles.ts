// One role for each database of the embedded server: code under test that looks around on the server finds no other database that it
// may enter, change or drop, base's template and the copies of other steps among them.
import type { ClientBase } from 'pg';
import { literal, quoted } from './databases.ts';

/** What the code under test may do: make databases, roles and trusted extensions, and nothing outside its database. */
export async function createRole(client: ClientBase, o: { readonly name: string; readonly password: string }): Promise<void> {
  const role = quoted(o.name);
  await client.query(`CREATE ROLE ${role} LOGIN CREATEDB CREATEROLE PASSWORD ${literal(o.password)}`);
  await client.query(`GRANT pg_monitor TO ${role}`);
  // Seeds and fixtures use it to load tables in any order.
  await client.query(`GRANT SET ON PARAMETER session_replication_role TO ${role}`);
}

/** Whoever is not its owner stays outside. */
export async function closeDatabase(client: ClientBase, name: string): Promise<void> {
  await client.query(`REVOKE ALL ON DATABASE ${quoted(name)} FROM PUBLIC`);
}

/** Makes what is in a copied database the new role's. `client`: a session of a superuser in the copy. */
export async function handOver(client: ClientBase, o: { readonly from: string; readonly to: string }): Promise<void> {
  const [from, to] = [quoted(o.from), quoted(o.to)];
  const owned = await client.query<{ name: string }>(
    'SELECT datname AS name FROM pg_database WHERE datdba = (SELECT oid FROM pg_roles WHERE rolname = $1)',
    [o.from],
  );
  const roles = await client.query<{ name: string; admin: boolean; inherit: boolean; set: boolean }>(
    `SELECT r.rolname AS name, bool_or(m.admin_option) AS admin, bool_or(m.inherit_option) AS inherit, bool_or(m.set_option) AS set
       FROM pg_auth_members m JOIN pg_roles r ON r.oid = m.roleid JOIN pg_roles u ON u.oid = m.member
      WHERE u.rolname = $1 AND r.rolname !~ '^pg_' GROUP BY r.rolname`,
    [o.from],
  );
  await client.query('BEGIN');
  await client.query(`REASSIGN OWNED BY ${from} TO ${to}`);
  // It takes databases along, which belong to the whole server.
  for (const { name } of owned.rows) await client.query(`ALTER DATABASE ${quoted(name)} OWNER TO ${from}`);
  await client.query(`ALTER DATABASE ${to} OWNER TO ${to}`);
  // Default privileges of a role are not reassigned.
  await client.query(
    'UPDATE pg_default_acl SET defaclrole = (SELECT oid FROM pg_roles WHERE rolname = $2) WHERE defaclrole = (SELECT oid FROM pg_roles WHERE rolname = $1)',
    [o.from, o.to],
  );
  for (const { name, admin, inherit, set } of roles.rows) {
    await client.query(`GRANT ${quoted(name)} TO ${to} WITH ADMIN ${admin}, INHERIT ${inherit}, SET ${set}`);
  }
  await client.query('COMMIT');
}

/** A role that others depend on stays, without a way in. */
export async function dropRole(client: ClientBase, name: string): Promise<void> {
  const role = quoted(name);
  const { rowCount } = await client.query('SELECT 1 FROM pg_roles WHERE rolname = $1', [name]);
  if (rowCount === 0) return;
  // Takes back what the whole server gave to it; its database is gone.
  await client.query(`DROP OWNED BY ${role}`);
  await client.query(`DROP ROLE ${role}`).catch(() => client.query(`ALTER ROLE ${role} NOLOGIN`));
}
