// Column builders of Drizzle as each database prints their types: https://orm.drizzle.team/docs/column-types/pg (0.45).
import type { Dialect } from '../../model.ts';
import { postgresType } from '../../postgres-type.ts';
import { mysqlType } from '../../sql/ddl/column.ts';

export interface Options {
  text(name: string): string | undefined;
  number(name: string): number | undefined;
  flag(name: string): boolean;
}
const postgres: Readonly<Record<string, (o: Options) => string>> = {
  varchar: (o) => `character varying${sized(o.number('length'))}`,
  char: (o) => `character${sized(o.number('length') ?? 1)}`,
  numeric: (o) => postgresType(`numeric${scaled(o)}`),
  decimal: (o) => postgresType(`numeric${scaled(o)}`),
  timestamp: (o) => `timestamp${sized(o.number('precision'))} ${o.flag('withTimezone') ? 'with' : 'without'} time zone`,
  time: (o) => `time${sized(o.number('precision'))} ${o.flag('withTimezone') ? 'with' : 'without'} time zone`,
  doublePrecision: () => 'double precision',
  bigserial: () => 'bigint',
  serial: () => 'integer',
  smallserial: () => 'smallint',
  vector: (o) => `vector${sized(o.number('dimensions'))}`,
  halfvec: (o) => `halfvec${sized(o.number('dimensions'))}`,
  bit: (o) => `bit${sized(o.number('dimensions'))}`,
  geometry: (o) => `geometry(${o.text('type') ?? 'point'})`,
};
const mysql: Readonly<Record<string, (o: Options) => string>> = {
  varchar: (o) => `varchar${sized(o.number('length'))}`,
  char: (o) => `char${sized(o.number('length') ?? 1)}`,
  binary: (o) => `binary${sized(o.number('length'))}`,
  varbinary: (o) => `varbinary${sized(o.number('length'))}`,
  decimal: (o) => mysqlType(`decimal${scaled(o)}`),
  boolean: () => 'tinyint(1)',
  serial: () => 'bigint unsigned',
  datetime: (o) => `datetime${sized(o.number('fsp'))}`,
  timestamp: (o) => `timestamp${sized(o.number('fsp'))}`,
  time: (o) => `time${sized(o.number('fsp'))}`,
  double: (o) => `double${scaled(o)}`,
  float: (o) => `float${scaled(o)}`,
};
const sqlite: Readonly<Record<string, (o: Options) => string>> = {
  text: (o) => `text${sized(o.number('length'))}`,
};
const names = {
  postgresql:
    /^(varchar|char|text|integer|bigint|smallint|serial|bigserial|smallserial|boolean|numeric|decimal|real|doublePrecision|json|jsonb|time|timestamp|date|interval|uuid|inet|cidr|macaddr|macaddr8|point|line|vector|halfvec|sparsevec|bit|geometry|bytea)$/,
  mysql:
    /^(varchar|char|text|tinytext|mediumtext|longtext|int|bigint|smallint|tinyint|mediumint|serial|boolean|decimal|float|double|real|json|time|timestamp|date|datetime|year|binary|varbinary|blob|tinyblob|mediumblob|longblob|mysqlEnum)$/,
  sqlite: /^(integer|int|text|real|blob|numeric)$/,
} as const;

const sized = (length: number | undefined): string => (length === undefined ? '' : `(${length})`);
function scaled(o: Options): string {
  const [precision, scale] = [o.number('precision'), o.number('scale')];
  return precision === undefined ? '' : `(${precision}${scale === undefined ? '' : `,${scale}`})`;
}

export type DrizzleDialect = 'postgresql' | 'mysql' | 'sqlite';
export const dialectOfPackage = (from: string): DrizzleDialect | undefined =>
  from.startsWith('drizzle-orm/pg')
    ? 'postgresql'
    : from.startsWith('drizzle-orm/mysql') || from.startsWith('drizzle-orm/singlestore')
      ? 'mysql'
      : from.startsWith('drizzle-orm/sqlite')
        ? 'sqlite'
        : undefined;
export const isBuilder = (dialect: DrizzleDialect, name: string): boolean => names[dialect].test(name);

export function typeOf(dialect: Dialect, name: string, options: Options): string {
  const unsigned = options.flag('unsigned') ? ' unsigned' : '';
  if (dialect === 'mysql') return `${mysql[name]?.(options) ?? mysqlType(name)}${unsigned}`;
  if (dialect === 'sqlite') return sqlite[name]?.(options) ?? (name === 'int' ? 'integer' : name);
  return postgres[name]?.(options) ?? name;
}
