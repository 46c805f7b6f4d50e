// Types of columns as the drivers of GORM make them: gorm.io/driver/postgres v1.5 and gorm.io/driver/mysql v1.5.
import type { Dialect } from '../../model.ts';
import { postgresType } from '../../postgres-type.ts';
import { mysqlType } from '../../sql/ddl/column.ts';

const kinds: Readonly<Record<string, string>> = {
  int8: 'small',
  int16: 'small',
  uint8: 'small',
  uint16: 'small',
  byte: 'small',
  int32: 'int',
  rune: 'int',
  uint32: 'int',
  int: 'big',
  int64: 'big',
  uint: 'big',
  uint64: 'big',
  string: 'text',
  bool: 'bool',
  float32: 'float',
  float64: 'float',
  'time.Time': 'time',
  'gorm.DeletedAt': 'time',
  'sql.NullString': 'text',
  'sql.NullInt64': 'big',
  'sql.NullInt32': 'int',
  'sql.NullBool': 'bool',
  'sql.NullTime': 'time',
  'sql.NullFloat64': 'float',
  'null.String': 'text',
  'null.Int': 'big',
  'null.Bool': 'bool',
  'null.Time': 'time',
  'uuid.UUID': 'uuid',
  'datatypes.JSON': 'json',
  'datatypes.Date': 'date',
  'decimal.Decimal': 'number',
  'pq.StringArray': 'texts',
};
const printed: Readonly<Record<string, readonly [postgresql: string, mysql: string, sqlite: string]>> = {
  small: ['smallint', 'smallint', 'integer'],
  int: ['integer', 'int', 'integer'],
  big: ['bigint', 'bigint', 'integer'],
  text: ['text', 'longtext', 'text'],
  bool: ['boolean', 'tinyint(1)', 'numeric'],
  float: ['numeric', 'double', 'real'],
  time: ['timestamp with time zone', 'datetime(3)', 'datetime'],
  uuid: ['uuid', 'longtext', 'text'],
  json: ['jsonb', 'json', 'json'],
  date: ['date', 'date', 'date'],
  number: ['numeric', 'decimal', 'numeric'],
  texts: ['text[]', 'longtext', 'text'],
  bytes: ['bytea', 'longblob', 'blob'],
};

/** Undefined: it is no type of a column. */
export function gormType(
  dialect: Dialect,
  o: { readonly name: string; readonly slice: boolean; readonly type: string | undefined; readonly size: string | undefined },
): string | undefined {
  const isMysql = dialect === 'mysql';
  if (o.type !== undefined && o.type !== '') {
    const written = o.type.replace(/\s+(not null|default .*|unsigned)$/i, '');
    return isMysql ? mysqlType(written) : dialect === 'sqlite' ? written.toLowerCase() : postgresType(written);
  }
  const kind = o.slice ? (/^(byte|uint8)$/.test(o.name) ? 'bytes' : undefined) : kinds[o.name];
  if (kind === undefined) return undefined;
  if (kind === 'text' && o.size !== undefined && dialect !== 'sqlite')
    return isMysql ? `varchar(${o.size})` : `character varying(${o.size})`;
  return printed[kind]?.[isMysql ? 1 : dialect === 'sqlite' ? 2 : 0];
}
