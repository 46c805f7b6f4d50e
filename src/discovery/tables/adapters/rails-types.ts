import type { Dialect } from '../../contract/tables.ts';

export interface Given {
  readonly limit: number | null;
  readonly precision: number | null | 'none';
  readonly scale: number | null;
  readonly isArray: boolean;
  /** `ActiveRecord::Schema[7.0]` and later have times to the microsecond. */
  readonly precise: boolean;
}

const integers = (limit: number | null): string =>
  limit === null || limit === 4 || limit === 3 ? 'integer' : limit > 4 ? 'bigint' : 'smallint';
const numbers = ({ precision, scale }: Given): string => (typeof precision === 'number' ? `(${precision},${scale ?? 0})` : '');
const times = (o: Given): string => {
  const digits = o.precision === null ? (o.precise ? 6 : null) : o.precision === 'none' ? null : o.precision;
  return digits === null ? '' : `(${digits})`;
};

/** https://github.com/rails/rails/blob/v8.0.0/activerecord/lib/active_record/connection_adapters/postgresql_adapter.rb */
function postgresql(type: string, o: Given): string {
  switch (type) {
    case 'string':
      return o.limit === null ? 'character varying' : `character varying(${o.limit})`;
    case 'integer':
      return integers(o.limit);
    case 'serial':
      return 'integer';
    case 'bigserial':
      return 'bigint';
    case 'float':
      return 'double precision';
    case 'decimal':
    case 'numeric':
      return `numeric${numbers(o)}`;
    case 'datetime':
    case 'timestamp':
      return `timestamp${times(o)} without time zone`;
    case 'timestamptz':
      return `timestamp${times(o)} with time zone`;
    case 'time':
      return `time${times({ ...o, precise: false })} without time zone`;
    case 'binary':
      return 'bytea';
    case 'bit':
      return `bit(${o.limit ?? 1})`;
    default:
      return type;
  }
}
/** https://github.com/rails/rails/blob/v8.0.0/activerecord/lib/active_record/connection_adapters/abstract_mysql_adapter.rb */
function mysql(type: string, o: Given): string {
  switch (type) {
    case 'string':
      return `varchar(${o.limit ?? 255})`;
    case 'integer':
      return o.limit === null || o.limit === 4
        ? 'int'
        : o.limit > 4
          ? 'bigint'
          : o.limit === 1
            ? 'tinyint'
            : o.limit === 2
              ? 'smallint'
              : 'mediumint';
    case 'boolean':
      return 'tinyint(1)';
    case 'decimal':
    case 'numeric':
      return `decimal${numbers(o) || '(10,0)'}`;
    case 'datetime':
    case 'timestamp':
      return `${type}${times(o)}`;
    case 'text':
      return o.limit !== null && o.limit > 16_777_215 ? 'longtext' : o.limit !== null && o.limit > 65_535 ? 'mediumtext' : 'text';
    case 'binary':
      return o.limit === null ? 'blob' : `varbinary(${o.limit})`;
    default:
      return type;
  }
}
function sqlite(type: string, o: Given): string {
  switch (type) {
    case 'string':
      return o.limit === null ? 'varchar' : `varchar(${o.limit})`;
    case 'bigint':
      return 'bigint';
    case 'decimal':
    case 'numeric':
      return `decimal${numbers(o)}`;
    case 'datetime':
    case 'timestamp':
      return `datetime${times(o)}`;
    case 'binary':
      return 'blob';
    default:
      return type;
  }
}

/** The type of a column in the words of the database. */
export function railsType(type: string, o: Given & { readonly dialect: Dialect }): string {
  if (o.dialect === 'mysql' || o.dialect === 'mariadb') return mysql(type, o);
  if (o.dialect === 'sqlite') return sqlite(type, o);
  return `${postgresql(type, o)}${o.isArray ? '[]' : ''}`;
}
