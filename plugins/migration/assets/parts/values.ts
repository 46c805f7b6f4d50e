// Values for canary rows, by type.
import { createHash } from 'node:crypto';
import type { Flavour } from '../../state.ts';
import type { ColumnFacts } from './tables.ts';

/** Letters beyond ASCII, beyond the basic plane, combined, right to left; a quote and a backslash. */
const unicode = `Zoë's \\ Ünïcode 漢字 👩‍🚀 e\u0301 שלום`;

interface Place {
  /** Number of the row. */
  readonly index: number;
  /** Must it differ from every other row's? */
  readonly unique: boolean;
  readonly flavour: Flavour;
}

/** The value as text for a cast, null for NULL, undefined where the type is not known. */
export function canaryValue(column: ColumnFacts, place: Place): string | null | undefined {
  const { index, unique, flavour } = place;
  if (!column.notNull && !unique && index % 4 === 3) return null;
  const value = scalar(column, place);
  if (!column.array || value === undefined) return value;
  if (index % 4 === 2 || flavour === 'modest') return index % 2 === 0 ? '{}' : `{${quote(value)}}`;
  return `{${quote(value)},${quote(value)},NULL}`;
}

const quote = (value: string): string => `"${value.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`;

function scalar(column: ColumnFacts, place: Place): string | undefined {
  const { index, unique, flavour } = place;
  if (column.labels.length > 0) return column.labels[index % column.labels.length];
  const pick = (modest: readonly string[], extreme: readonly string[]): string | undefined => {
    const from = flavour === 'extreme' ? [...modest, ...extreme] : modest;
    return from[index % from.length];
  };
  switch (column.base) {
    case 'int2':
      return unique ? String(20_000 + index) : pick(['1', '7', '0'], ['32767', '-32768']);
    case 'int4':
    case 'oid':
      return unique ? String(1_000_000 + index) : pick(['1', '42', '0'], ['2147483647', '-2147483648']);
    case 'int8':
      return unique
        ? String(1_000_000 + index)
        : pick(['1', '42', '9007199254740993'], ['9223372036854775807', '-9223372036854775808']);
    case 'numeric':
      return decimal(column, place);
    case 'float4':
    case 'float8':
      return unique ? String(1_000_000 + index) : pick(['1.5', '0.1', '-2.25'], ['1e30', '-1e-30']);
    case 'money':
      return unique ? `${1_000_000 + index}.25` : pick(['12.34', '0.00'], ['92233720368547758.07']);
    case 'bool':
      return index % 2 === 0 ? 'true' : 'false';
    case 'text':
    case 'varchar':
    case 'bpchar':
    case 'citext':
    case 'name':
      return text(column, place);
    case 'timestamp':
    case 'timestamptz':
      return unique
        ? new Date(Date.UTC(2001, 0, 1) + index * 86_400_000).toISOString()
        : pick(['2024-02-29 12:34:56.789012', '1999-12-31 23:59:59'], ['0001-01-01 00:00:00', '9999-12-31 23:59:59.999999']);
    case 'date':
      return unique
        ? new Date(Date.UTC(2001, 0, 1) + index * 86_400_000).toISOString().slice(0, 10)
        : pick(['2024-02-29', '1999-12-31'], ['0001-01-01', '9999-12-31']);
    case 'time':
    case 'timetz':
      return `${String(index % 24).padStart(2, '0')}:59:59.5`;
    case 'interval':
      return `${index + 1} days 03:04:05`;
    case 'uuid':
      return createHash('md5').update(`canary ${index}`).digest('hex');
    case 'json':
    case 'jsonb':
      return JSON.stringify(unique || index % 2 === 0 ? { canary: index, text: unicode, list: [1, null, { deep: true }] } : []);
    case 'bytea':
      return unique || index % 2 === 0 ? `\\xdead00${index.toString(16).padStart(8, '0')}` : '\\x';
    case 'inet':
    case 'cidr':
      return `10.${(index >> 16) & 255}.${(index >> 8) & 255}.${index & 255}`;
    case 'macaddr':
      return `08:00:2b:00:${((index >> 8) & 255).toString(16)}:${(index & 255).toString(16)}`;
    case 'tsvector':
      return `canary ${index}`;
    case 'tsquery':
      return `canary & c${index}`;
    case 'xml':
      return `<canary index="${index}"/>`;
    case 'point':
      return `(${index},2.5)`;
    case 'int4range':
    case 'int8range':
    case 'numrange':
      return `[${index},${index + 10})`;
    case 'daterange':
    case 'tsrange':
    case 'tstzrange':
      return '[2024-01-01,2024-02-01)';
    case 'bit':
      return (index % 2 === 0 ? '1' : '0').repeat(Math.max(1, column.modifier));
    case 'varbit':
      return '101';
    case 'hstore':
      return `"canary"=>"${index}"`;
    case 'ltree':
      return `canary.c${index}`;
    default:
      return undefined;
  }
}

/** Length of varchar(n) and char(n): the modifier holds four more. */
function text(column: ColumnFacts, { index, unique, flavour }: Place): string {
  const limit = column.modifier > 4 && column.base !== 'citext' ? column.modifier - 4 : undefined;
  const long = flavour === 'extreme' && index % 5 === 4;
  const whole = unique
    ? `c${index.toString(36)} ${limit === undefined || limit > 40 ? unicode : ''}`.trim()
    : index % 5 === 2
      ? ''
      : long
        ? unicode.repeat(limit === undefined ? 20 : Math.ceil(limit / 10))
        : unicode;
  return limit === undefined ? whole : [...whole].slice(0, limit).join('');
}

/** numeric(precision, scale): the modifier is (precision << 16 | scale) + 4. */
function decimal(column: ColumnFacts, { index, unique, flavour }: Place): string {
  const bits = column.modifier - 4;
  const precision = column.modifier < 4 ? 30 : (bits >> 16) & 0xffff;
  const scale = column.modifier < 4 ? 9 : bits & 0x7ff;
  const digits = precision - scale;
  const fraction = (text: string) => (scale === 0 ? '' : `.${text.repeat(scale).slice(0, scale)}`);
  if (unique) return `${(1_000_000 + index) % 10 ** Math.min(digits, 15)}`;
  const whole = digits >= 2 ? '12' : digits === 1 ? '1' : '0';
  const modest = [`${whole}${fraction('50')}`, '0', `${digits >= 1 ? '3' : '0'}${fraction('07')}`];
  const nines = `${digits === 0 ? '0' : '9'.repeat(digits)}${fraction('9')}`;
  const from = flavour === 'extreme' ? [...modest, nines, `-${nines}`] : modest;
  return from[index % from.length] ?? '0';
}
