// Column types of Knex's schema builder as each database prints them: lib/dialects/*/schema/*-columncompiler.js (3).
import type { Dialect } from '../../model.ts';
import { postgresType } from '../../postgres-type.ts';
import { mysqlType } from '../../sql/ddl/column.ts';

export interface TypeGiven {
  readonly name: string;
  readonly numbers: readonly number[];
  readonly text: string | undefined;
  readonly values: readonly string[] | undefined;
  /** `{ useTz: false }`. */
  readonly plain: boolean;
}
const postgresql: Readonly<Record<string, (o: TypeGiven) => string>> = {
  increments: () => 'integer',
  bigIncrements: () => 'bigint',
  smallincrements: () => 'smallint',
  integer: () => 'integer',
  int: () => 'integer',
  tinyint: () => 'smallint',
  smallint: () => 'smallint',
  mediumint: () => 'integer',
  bigInteger: () => 'bigint',
  bigint: () => 'bigint',
  text: () => 'text',
  string: (o) => `character varying(${o.numbers[0] ?? 255})`,
  varchar: (o) => `character varying(${o.numbers[0] ?? 255})`,
  char: (o) => `character(${o.numbers[0] ?? 255})`,
  float: () => 'real',
  double: () => 'double precision',
  decimal: (o) => postgresType(`numeric(${o.numbers[0] ?? 8},${o.numbers[1] ?? 2})`),
  boolean: () => 'boolean',
  bool: () => 'boolean',
  date: () => 'date',
  datetime: (o) => `timestamp ${o.plain ? 'without' : 'with'} time zone`,
  dateTime: (o) => `timestamp ${o.plain ? 'without' : 'with'} time zone`,
  timestamp: (o) => `timestamp ${o.plain ? 'without' : 'with'} time zone`,
  time: () => 'time without time zone',
  binary: () => 'bytea',
  enum: () => 'text',
  enu: () => 'text',
  json: () => 'json',
  jsonb: () => 'jsonb',
  uuid: () => 'uuid',
  geometry: () => 'geometry',
  geography: () => 'geography',
  point: () => 'point',
};
const mysql: Readonly<Record<string, (o: TypeGiven) => string>> = {
  increments: () => 'int unsigned',
  bigIncrements: () => 'bigint unsigned',
  integer: () => 'int',
  int: () => 'int',
  tinyint: () => 'tinyint',
  smallint: () => 'smallint',
  mediumint: () => 'mediumint',
  bigInteger: () => 'bigint',
  bigint: () => 'bigint',
  text: (o) => o.text ?? 'text',
  string: (o) => `varchar(${o.numbers[0] ?? 255})`,
  varchar: (o) => `varchar(${o.numbers[0] ?? 255})`,
  char: (o) => `char(${o.numbers[0] ?? 255})`,
  float: (o) => `float(${o.numbers[0] ?? 8},${o.numbers[1] ?? 2})`,
  double: () => 'double',
  decimal: (o) => `decimal(${o.numbers[0] ?? 8},${o.numbers[1] ?? 2})`,
  boolean: () => 'tinyint(1)',
  bool: () => 'tinyint(1)',
  date: () => 'date',
  datetime: () => 'datetime',
  dateTime: () => 'datetime',
  timestamp: () => 'timestamp',
  time: () => 'time',
  binary: (o) => (o.numbers[0] === undefined ? 'blob' : `varbinary(${o.numbers[0]})`),
  enum: (o) => `enum(${(o.values ?? []).map((one) => `'${one}'`).join(',')})`,
  enu: (o) => `enum(${(o.values ?? []).map((one) => `'${one}'`).join(',')})`,
  json: () => 'json',
  jsonb: () => 'json',
  uuid: () => 'char(36)',
};
const sqlite: Readonly<Record<string, (o: TypeGiven) => string>> = {
  ...mysql,
  increments: () => 'integer',
  bigIncrements: () => 'integer',
  integer: () => 'integer',
  int: () => 'integer',
  bigInteger: () => 'bigint',
  text: () => 'text',
  float: () => 'float',
  double: () => 'float',
  decimal: () => 'float',
  boolean: () => 'boolean',
  bool: () => 'boolean',
  timestamp: () => 'datetime',
  binary: () => 'blob',
  enum: () => 'text',
  enu: () => 'text',
};
export const isType = (name: string): boolean => postgresql[name] !== undefined || name === 'specificType';

export function typeOf(dialect: Dialect, given: TypeGiven): string {
  if (given.name === 'specificType') {
    const text = given.text ?? '';
    return dialect === 'postgresql' ? postgresType(text) : dialect === 'mysql' ? mysqlType(text) : text.toLowerCase();
  }
  const table = dialect === 'mysql' ? mysql : dialect === 'sqlite' ? sqlite : postgresql;
  return table[given.name]?.(given) ?? given.name;
}
