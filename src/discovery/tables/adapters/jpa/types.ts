// Types that Hibernate makes of Java's: https://docs.jboss.org/hibernate/orm/6.6/userguide/html_single/Hibernate_User_Guide.html#basic.
import type { Dialect } from '../../model.ts';

/** Names in PostgreSQL and in MySQL. */
const usual: Readonly<Record<string, readonly [string, string]>> = {
  int: ['integer', 'int'],
  Integer: ['integer', 'int'],
  AtomicInteger: ['integer', 'int'],
  Year: ['integer', 'int'],
  long: ['bigint', 'bigint'],
  Long: ['bigint', 'bigint'],
  Duration: ['numeric(21,0)', 'decimal(21,0)'],
  short: ['smallint', 'smallint'],
  Short: ['smallint', 'smallint'],
  byte: ['smallint', 'tinyint'],
  Byte: ['smallint', 'tinyint'],
  boolean: ['boolean', 'bit(1)'],
  Boolean: ['boolean', 'bit(1)'],
  float: ['real', 'float'],
  Float: ['real', 'float'],
  double: ['double precision', 'double'],
  Double: ['double precision', 'double'],
  char: ['character(1)', 'char(1)'],
  Character: ['character(1)', 'char(1)'],
  UUID: ['uuid', 'binary(16)'],
  LocalDate: ['date', 'date'],
  LocalTime: ['time without time zone', 'time(6)'],
  LocalDateTime: ['timestamp(6) without time zone', 'datetime(6)'],
  Date: ['timestamp(6) without time zone', 'datetime(6)'],
  Timestamp: ['timestamp(6) without time zone', 'datetime(6)'],
  Calendar: ['timestamp(6) without time zone', 'datetime(6)'],
  Instant: ['timestamp(6) with time zone', 'datetime(6)'],
  OffsetDateTime: ['timestamp(6) with time zone', 'datetime(6)'],
  ZonedDateTime: ['timestamp(6) with time zone', 'datetime(6)'],
  'byte[]': ['bytea', 'varbinary(255)'],
  'Byte[]': ['bytea', 'varbinary(255)'],
};
const texts = /^(String|URL|Currency|Locale|TimeZone|ZoneId|Class)$/;
const numbers = /^Big(Decimal|Integer)$/;

export interface TypeWritten {
  /** As Java names it: `String`, `byte[]`. */
  readonly name: string;
  readonly length: string | undefined;
  readonly precision: string | undefined;
  readonly scale: string | undefined;
  readonly lob: boolean;
  /** Of an enum: is its name kept, not its number? */
  readonly enum: 'name' | 'number' | null;
  readonly json: boolean;
}

/** Undefined: it is no basic type. */
export function jpaType(dialect: Dialect, o: TypeWritten): string | undefined {
  const isMysql = dialect === 'mysql' || dialect === 'mariadb';
  const text = (): string => `${isMysql ? 'varchar' : 'character varying'}(${o.length ?? '255'})`;
  if (o.json) return isMysql ? 'json' : 'jsonb';
  if (o.enum !== null) return o.enum === 'name' ? text() : isMysql ? 'tinyint' : 'smallint';
  if (texts.test(o.name)) return o.lob ? (isMysql ? 'longtext' : 'oid') : text();
  if (numbers.test(o.name)) {
    const size = `(${o.precision ?? '38'},${o.scale ?? (o.name === 'BigInteger' ? '0' : '2')})`;
    return `${isMysql ? 'decimal' : 'numeric'}${size}`;
  }
  if (/^byte\[\]$/i.test(o.name) && o.lob) return isMysql ? 'longblob' : 'oid';
  return usual[o.name]?.[isMysql ? 1 : 0];
}
