// Types of TypeORM as each database prints them: normalizeType of src/driver/*/…Driver.ts (0.3).
import type { Dialect } from '../../model.ts';
import { postgresType } from '../../postgres-type.ts';
import { mysqlType } from '../../sql/ddl/column.ts';

const usual: Readonly<Record<Dialect | 'other', Readonly<Record<string, string>>>> = (() => {
  const postgresql = {
    string: 'character varying',
    number: 'integer',
    boolean: 'boolean',
    Date: 'timestamp without time zone',
    bigint: 'bigint',
    Buffer: 'bytea',
    'simple-array': 'text',
    'simple-json': 'text',
    increment: 'integer',
    uuid: 'uuid',
    rowid: 'bigint',
    create: 'timestamp without time zone',
    version: 'integer',
  };
  const mysql = {
    string: 'varchar(255)',
    number: 'int',
    boolean: 'tinyint',
    Date: 'datetime',
    bigint: 'bigint',
    Buffer: 'blob',
    'simple-array': 'text',
    'simple-json': 'text',
    increment: 'int',
    uuid: 'varchar(36)',
    create: 'datetime(6)',
    version: 'int',
  };
  const sqlite = {
    string: 'varchar',
    number: 'integer',
    boolean: 'boolean',
    Date: 'datetime',
    bigint: 'bigint',
    Buffer: 'blob',
    'simple-array': 'text',
    'simple-json': 'text',
    'simple-enum': 'varchar',
    increment: 'integer',
    uuid: 'varchar',
    create: 'datetime',
    version: 'integer',
  };
  return { postgresql, mysql, mariadb: mysql, sqlite, mssql: sqlite, oracle: sqlite, mongodb: {}, other: postgresql };
})();

export interface TypeWritten {
  /** `varchar`, `string`, `increment`, `create`. */
  readonly name: string;
  readonly length?: string | undefined;
  readonly precision?: number | undefined;
  readonly scale?: number | undefined;
  readonly array?: boolean | undefined;
  readonly unsigned?: boolean | undefined;
  readonly width?: number | undefined;
}

export function typeOf(dialect: Dialect, o: TypeWritten): string {
  const modifiers =
    o.length !== undefined
      ? `(${o.length})`
      : o.precision !== undefined
        ? `(${o.precision}${o.scale === undefined ? '' : `,${o.scale}`})`
        : '';
  const own = usual[dialect][o.name];
  if (own !== undefined && modifiers !== '') {
    const [head = own, ...rest] = own.replace(/\(\d+\)/, '').split(/(?= with)/);
    return `${head}${modifiers}${rest.join('')}${o.array === true ? '[]' : ''}`;
  }
  if (own !== undefined) return `${own}${o.array === true ? '[]' : ''}`;
  if (dialect === 'mysql' || dialect === 'mariadb') {
    const length = modifiers === '' && /^(varchar|nvarchar)$/i.test(o.name) ? '(255)' : modifiers;
    return mysqlType(`${o.name}${length}${o.unsigned === true ? ' unsigned' : ''}`);
  }
  if (dialect === 'sqlite') return `${o.name.toLowerCase()}${modifiers}`;
  return `${postgresType(`${o.name}${modifiers}`)}${o.array === true ? '[]' : ''}`;
}
