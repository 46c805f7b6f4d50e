// Types of Prisma as each database prints them: https://www.prisma.io/docs/orm/reference/prisma-schema-reference (6.16).

import type { Dialect } from '../../model.ts';
import { mysqlType } from '../../sql/ddl/column.ts';

const scalars: Readonly<Partial<Record<Dialect, Readonly<Record<string, string>>>>> = {
  postgresql: {
    String: 'text',
    Boolean: 'boolean',
    Int: 'integer',
    BigInt: 'bigint',
    Float: 'double precision',
    Decimal: 'numeric(65,30)',
    DateTime: 'timestamp(3) without time zone',
    Json: 'jsonb',
    Bytes: 'bytea',
  },
  mysql: {
    String: 'varchar(191)',
    Boolean: 'tinyint(1)',
    Int: 'int',
    BigInt: 'bigint',
    Float: 'double',
    Decimal: 'decimal(65,30)',
    DateTime: 'datetime(3)',
    Json: 'json',
    Bytes: 'longblob',
  },
  sqlite: {
    String: 'text',
    Boolean: 'boolean',
    Int: 'integer',
    BigInt: 'bigint',
    Float: 'real',
    Decimal: 'decimal',
    DateTime: 'datetime',
    Json: 'jsonb',
    Bytes: 'blob',
  },
  mssql: {
    String: 'nvarchar(1000)',
    Boolean: 'bit',
    Int: 'int',
    BigInt: 'bigint',
    Float: 'float',
    Decimal: 'decimal(32,16)',
    DateTime: 'datetime2',
    Json: 'nvarchar(max)',
    Bytes: 'varbinary(max)',
  },
};
export const isScalar = (type: string): boolean => scalars.postgresql?.[type] !== undefined;

const postgresNative: Readonly<Record<string, (args: string) => string>> = {
  VarChar: (n) => `character varying${n}`,
  Char: (n) => `character${n === '' ? '(1)' : n}`,
  Bit: (n) => `bit${n === '' ? '(1)' : n}`,
  VarBit: (n) => `bit varying${n}`,
  Timestamp: (n) => `timestamp${n} without time zone`,
  Timestamptz: (n) => `timestamp${n} with time zone`,
  Time: (n) => `time${n} without time zone`,
  Timetz: (n) => `time${n} with time zone`,
  Decimal: (n) => `numeric${n}`,
  DoublePrecision: () => 'double precision',
  ByteA: () => 'bytea',
};

/** `attribute`: of `@db.VarChar(20)`, the name and the arguments. */
export function typeOf(
  dialect: Dialect,
  type: string,
  native: { readonly name: string; readonly args: readonly string[] } | undefined,
): string {
  if (native === undefined) return scalars[dialect]?.[type] ?? type;
  const args = native.args.length === 0 ? '' : `(${native.args.join(',')})`;
  if (dialect === 'postgresql') return postgresNative[native.name]?.(args) ?? `${native.name.toLowerCase()}${args}`;
  if (dialect === 'mysql') {
    const unsigned = /^Unsigned/.test(native.name);
    return mysqlType(`${native.name.replace(/^Unsigned/, '').toLowerCase()}${args}${unsigned ? ' unsigned' : ''}`);
  }
  return `${native.name.toLowerCase()}${args}`;
}
