// Which database a project talks to: by its drivers, and where it has several by what its configuration names.
import type { Reading } from '../../../contract/reading.ts';
import { stringOf } from '../../../ecma/node.ts';
import type { Dialect } from '../../model.ts';

const drivers: Readonly<Record<string, Dialect>> = {
  pg: 'postgresql',
  postgres: 'postgresql',
  'pg-promise': 'postgresql',
  '@neondatabase/serverless': 'postgresql',
  '@vercel/postgres': 'postgresql',
  '@electric-sql/pglite': 'postgresql',
  '@mikro-orm/postgresql': 'postgresql',
  mysql: 'mysql',
  mysql2: 'mysql',
  mariadb: 'mysql',
  '@planetscale/database': 'mysql',
  '@mikro-orm/mysql': 'mysql',
  '@mikro-orm/mariadb': 'mysql',
  sqlite3: 'sqlite',
  'better-sqlite3': 'sqlite',
  '@libsql/client': 'sqlite',
  'sql.js': 'sqlite',
  '@mikro-orm/sqlite': 'sqlite',
  '@mikro-orm/better-sqlite': 'sqlite',
  '@mikro-orm/libsql': 'sqlite',
  mssql: 'mssql',
  tedious: 'mssql',
};
const words: Readonly<Record<string, Dialect>> = {
  postgres: 'postgresql',
  postgresql: 'postgresql',
  pg: 'postgresql',
  cockroachdb: 'postgresql',
  mysql: 'mysql',
  mysql2: 'mysql',
  mariadb: 'mysql',
  sqlite: 'sqlite',
  sqlite3: 'sqlite',
  'better-sqlite3': 'sqlite',
  sqljs: 'sqlite',
  mssql: 'mssql',
  mongodb: 'mongodb',
};
const keys = /^(dialect|type|client|driver|provider)$/;

/** `packages`: whose users name the dialect in their configuration. */
export function dialectOf(reading: Reading, packages: readonly string[]): Dialect {
  const counts = new Map<Dialect, number>();
  for (const file of new Set(packages.flatMap((name) => reading.marked(name)))) {
    const unit = reading.ecma(file);
    for (const property of unit?.nodes('Property') ?? []) {
      if (property.key.type !== 'Identifier' || !keys.test(property.key.name)) continue;
      const found = words[stringOf(property.value) ?? ''];
      if (found !== undefined) counts.set(found, (counts.get(found) ?? 0) + 1);
    }
  }
  const known = new Set([...reading.packages.keys()].flatMap((name) => drivers[name] ?? []));
  const [only, ...more] = [...known];
  if (only !== undefined && more.length === 0) return only;
  const among = [...counts].filter(([one]) => known.size === 0 || known.has(one)).sort((a, b) => b[1] - a[1]);
  return among[0]?.[0] ?? (known.has('postgresql') ? 'postgresql' : (only ?? 'postgresql'));
}
