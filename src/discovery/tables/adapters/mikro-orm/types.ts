// Types of MikroORM as each database prints them: packages/*/src/*Platform.ts (6).
import type { Dialect } from '../../model.ts';
import { postgresType } from '../../postgres-type.ts';
import { mysqlType } from '../../sql/ddl/column.ts';

export interface TypeWritten {
  readonly name: string;
  readonly length: number | undefined;
  readonly precision: number | undefined;
  readonly scale: number | undefined;
}
const words: Readonly<Record<string, readonly [postgresql: string, mysql: string, sqlite: string]>> = {
  string: ['character varying', 'varchar', 'text'],
  number: ['integer', 'int', 'integer'],
  integer: ['integer', 'int', 'integer'],
  smallint: ['smallint', 'smallint', 'smallint'],
  bigint: ['bigint', 'bigint', 'integer'],
  boolean: ['boolean', 'tinyint(1)', 'integer'],
  float: ['real', 'float', 'real'],
  double: ['double precision', 'double', 'real'],
  decimal: ['numeric', 'decimal', 'numeric'],
  date: ['date', 'date', 'date'],
  text: ['text', 'text', 'text'],
  uuid: ['uuid', 'varchar(36)', 'text'],
  json: ['jsonb', 'json', 'json'],
  object: ['jsonb', 'json', 'json'],
  any: ['jsonb', 'json', 'json'],
  array: ['text[]', 'text', 'text'],
  blob: ['bytea', 'blob', 'blob'],
  Buffer: ['bytea', 'blob', 'blob'],
  enum: ['text', 'enum', 'text'],
};
const same: Readonly<Record<string, string>> = {
  ArrayType: 'array',
  EnumArrayType: 'array',
  JsonType: 'json',
  TextType: 'text',
  BigIntType: 'bigint',
  UuidType: 'uuid',
  DateType: 'date',
  DateTimeType: 'Date',
  BlobType: 'blob',
  DecimalType: 'decimal',
  DoubleType: 'double',
  FloatType: 'float',
  IntegerType: 'integer',
  StringType: 'string',
  BooleanType: 'boolean',
  datetime: 'Date',
  timestamp: 'Date',
  int: 'integer',
  varchar: 'string',
  String: 'string',
  Number: 'number',
  Boolean: 'boolean',
};

export function typeOf(dialect: Dialect, o: TypeWritten): string {
  const name = same[o.name] ?? o.name;
  const index = dialect === 'mysql' || dialect === 'mariadb' ? 1 : dialect === 'sqlite' ? 2 : 0;
  if (name === 'Date') {
    const length = o.length ?? 0;
    if (index === 0) return `timestamp${o.length === undefined ? '' : `(${o.length})`} with time zone`;
    return index === 1 && length > 0 ? `datetime(${length})` : 'datetime';
  }
  const base = words[name]?.[index];
  if (name === 'string' && index < 2) return `${base}(${o.length ?? 255})`;
  if (name === 'decimal') return index === 2 ? 'numeric(10,0)' : `${base}(${o.precision ?? 10},${o.scale ?? 0})`;
  if (base !== undefined) return base;
  return index === 0 ? postgresType(name) : index === 1 ? mysqlType(name) : name.toLowerCase();
}
/** Is it a type, and no entity? */
export const isType = (name: string): boolean => words[name] !== undefined || same[name] !== undefined || name === 'Date';
