// Types in words that PostgreSQL takes, as its format_type prints them.
const printed: Readonly<Record<string, string>> = {
  int: 'integer',
  int2: 'smallint',
  int4: 'integer',
  int8: 'bigint',
  integer: 'integer',
  serial: 'integer',
  serial4: 'integer',
  bigserial: 'bigint',
  serial8: 'bigint',
  smallserial: 'smallint',
  float: 'double precision',
  float4: 'real',
  float8: 'double precision',
  double: 'double precision',
  bool: 'boolean',
  decimal: 'numeric',
  dec: 'numeric',
  varchar: 'character varying',
  'char varying': 'character varying',
  char: 'character',
  varbit: 'bit varying',
  timestamp: 'timestamp without time zone',
  timestamptz: 'timestamp with time zone',
  'timestamp with time zone': 'timestamp with time zone',
  time: 'time without time zone',
  timetz: 'time with time zone',
  datetime: 'timestamp without time zone',
};

export function postgresType(written: string): string {
  const text = written.trim().replace(/\s+/g, ' ');
  const array = /((?:\[\d*\])+)$/.exec(text)?.[1] ?? '';
  const [, words = text, modifiers = '', tail = ''] =
    /^([^(]+?)\s*(\([^)]*\))?\s*((?:with|without) .*)?$/i.exec(array === '' ? text : text.slice(0, -array.length)) ?? [];
  const name = `${words}${tail === '' ? '' : ` ${tail}`}`.toLowerCase();
  const known = printed[name] ?? (/^["A-Z]/.test(words) && !/^[A-Z ]+$/.test(words) ? words.replaceAll('"', '') : name);
  const list = modifiers.replace(/\s/g, '');
  const scaled =
    known === 'numeric' && /^\(\d+\)$/.test(list)
      ? list.replace(')', ',0)')
      : known === 'character' && list === ''
        ? '(1)'
        : list;
  const [head = known, ...rest] = known.split(/(?= with)/);
  return `${head}${/^(integer|smallint|bigint|real|double precision|boolean|text)$/.test(known) ? '' : scaled}${rest.join('')}${array === '' ? '' : '[]'}`;
}
