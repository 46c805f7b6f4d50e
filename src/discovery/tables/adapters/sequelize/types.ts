// Data types of Sequelize as each database prints them: src/dialects/*/data-types.js (6).
import type { Dialect } from '../../model.ts';

const names: Readonly<Record<'postgresql' | 'mysql' | 'sqlite', Readonly<Record<string, string>>>> = {
  postgresql: {
    STRING: 'character varying(255)',
    CHAR: 'character(255)',
    TEXT: 'text',
    CITEXT: 'citext',
    INTEGER: 'integer',
    BIGINT: 'bigint',
    SMALLINT: 'smallint',
    TINYINT: 'smallint',
    MEDIUMINT: 'integer',
    FLOAT: 'double precision',
    REAL: 'real',
    DOUBLE: 'double precision',
    DECIMAL: 'numeric',
    NUMERIC: 'numeric',
    BOOLEAN: 'boolean',
    DATE: 'timestamp with time zone',
    DATEONLY: 'date',
    TIME: 'time without time zone',
    NOW: 'timestamp with time zone',
    UUID: 'uuid',
    UUIDV1: 'uuid',
    UUIDV4: 'uuid',
    JSON: 'json',
    JSONB: 'jsonb',
    BLOB: 'bytea',
    HSTORE: 'hstore',
    GEOMETRY: 'geometry',
    GEOGRAPHY: 'geography',
    INET: 'inet',
    CIDR: 'cidr',
    MACADDR: 'macaddr',
    TSVECTOR: 'tsvector',
  },
  mysql: {
    STRING: 'varchar(255)',
    CHAR: 'char(255)',
    TEXT: 'text',
    INTEGER: 'int',
    BIGINT: 'bigint',
    SMALLINT: 'smallint',
    TINYINT: 'tinyint',
    MEDIUMINT: 'mediumint',
    FLOAT: 'float',
    REAL: 'double',
    DOUBLE: 'double',
    DECIMAL: 'decimal(10,0)',
    NUMERIC: 'decimal(10,0)',
    BOOLEAN: 'tinyint(1)',
    DATE: 'datetime',
    DATEONLY: 'date',
    TIME: 'time',
    UUID: 'char(36)',
    UUIDV1: 'char(36)',
    UUIDV4: 'char(36)',
    JSON: 'json',
    BLOB: 'blob',
    GEOMETRY: 'geometry',
  },
  sqlite: {
    STRING: 'varchar(255)',
    CHAR: 'char(255)',
    TEXT: 'text',
    INTEGER: 'integer',
    BIGINT: 'bigint',
    SMALLINT: 'smallint',
    TINYINT: 'tinyint',
    MEDIUMINT: 'mediumint',
    FLOAT: 'float',
    REAL: 'real',
    DOUBLE: 'double precision',
    DECIMAL: 'decimal',
    NUMERIC: 'decimal',
    BOOLEAN: 'tinyint(1)',
    DATE: 'datetime',
    DATEONLY: 'date',
    TIME: 'time',
    UUID: 'uuid',
    UUIDV1: 'uuid',
    UUIDV4: 'uuid',
    JSON: 'json',
    JSONB: 'jsonb',
    BLOB: 'blob',
  },
};

export interface SequelizeType {
  /** `STRING`. */
  readonly name: string;
  readonly arguments: readonly string[];
  /** `BINARY`, `UNSIGNED`. */
  readonly flags: readonly string[];
}
export const isType = (name: string): boolean =>
  names.postgresql[name] !== undefined || /^(ENUM|ARRAY|VIRTUAL|RANGE|NUMBER)$/.test(name);

/** ENUM and ARRAY are told apart before. */
export function typeOf(dialect: Dialect, { name, arguments: given, flags }: SequelizeType): string {
  const table = names[dialect === 'mysql' || dialect === 'mariadb' ? 'mysql' : dialect === 'sqlite' ? 'sqlite' : 'postgresql'];
  const base = table[name] ?? names.postgresql[name] ?? name.toLowerCase();
  const numbers = given.filter((one) => /^\d+$/.test(one));
  const sized = /^(STRING|CHAR|DECIMAL|NUMERIC|DATE|FLOAT|DOUBLE|REAL)$/.test(name) && numbers.length > 0;
  const integer = /INT/.test(name);
  const unsigned = dialect !== 'postgresql' && flags.includes('UNSIGNED') ? ' unsigned' : '';
  if (flags.includes('BINARY') && dialect === 'postgresql') return 'bytea';
  if (name === 'TEXT' && given[0] !== undefined && dialect !== 'postgresql') return `${given[0].toLowerCase()}text`;
  if (name === 'BLOB' && given[0] !== undefined && dialect === 'mysql') return `${given[0].toLowerCase()}blob`;
  if (name === 'UUID' && flags.includes('BINARY')) return 'char(36) binary';
  if (!sized || integer) return `${base}${unsigned}`;
  if (/^(FLOAT|DOUBLE|REAL)$/.test(name) && dialect === 'postgresql') return base;
  const [head = base, ...rest] = base.replace(/\(.*\)/, '').split(/(?= with)/);
  const scaled = /^(numeric|decimal)$/.test(head) && numbers.length === 1 && dialect !== 'sqlite' ? [...numbers, '0'] : numbers;
  return `${head}(${scaled.join(',')})${rest.join('')}${unsigned}`;
}
