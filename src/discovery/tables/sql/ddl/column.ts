// Column definitions of MySQL and SQLite.
import type { Part } from '../../change.ts';
import { type Column, plainColumn } from '../../model.ts';
import type { Cursor } from './cursor.ts';
import { referenceOf } from './part.ts';
import type { Token } from './tokens.ts';

export type Sql = 'mysql' | 'sqlite';
export interface ColumnWritten {
  readonly column: Column;
  readonly parts: readonly Part[];
  /** Where MySQL's ALTER puts it. */
  readonly after: string | null;
}

/** Words that end a type, a default or an expression. */
const options =
  /^(not|null|default|primary|unique|key|references|check|constraint|collate|generated|as|auto_increment|autoincrement|comment|on|character|charset|visible|invisible|stored|virtual|first|after|column_format|storage|engine_attribute|deferrable|initially|conflict)$/i;
const isOption = (token: Token): boolean => token.kind === 'word' && options.test(token.text);

const mysqlNames: Readonly<Record<string, string>> = {
  integer: 'int',
  bool: 'tinyint(1)',
  boolean: 'tinyint(1)',
  numeric: 'decimal',
  dec: 'decimal',
  fixed: 'decimal',
  'character varying': 'varchar',
  nvarchar: 'varchar',
  'double precision': 'double',
  real: 'double',
  float8: 'double',
  float4: 'float',
  int1: 'tinyint',
  int2: 'smallint',
  int3: 'mediumint',
  int4: 'int',
  int8: 'bigint',
  middleint: 'mediumint',
  character: 'char',
  nchar: 'char',
};

/** As MySQL 8 prints it: without widths of integers, with the precision that a decimal has by default. */
export function mysqlType(written: string): string {
  const [, words = '', modifiers, rest = ''] = /^([A-Za-z][\w ]*?)\s*(?:\((.*?)\))?((?:\s+\w+)*)$/s.exec(written.trim()) ?? [];
  const flags = `${words} ${rest}`.toLowerCase();
  const name = words
    .toLowerCase()
    .replace(/\s+(unsigned|zerofill|signed|binary|character set.*|charset.*)\b.*$/, '')
    .trim();
  const base = mysqlNames[name] ?? name;
  const signs = /\b(unsigned|zerofill)\b/.test(flags) ? ' unsigned' : '';
  if (/^(tinyint|smallint|mediumint|int|bigint)$/.test(base))
    return `${base}${base === 'tinyint' && modifiers?.trim() === '1' ? '(1)' : ''}${signs}`;
  if (base === 'decimal')
    return `decimal(${/,/.test(modifiers ?? '') ? modifiers?.replace(/\s/g, '') : `${modifiers ?? 10},0`})${signs}`;
  if (base === 'char' && modifiers === undefined) return 'char(1)';
  if (base === 'year') return 'year';
  if (base === 'enum' || base === 'set') return `${base}(${(modifiers ?? '').replace(/'\s*,\s*'/g, "','").trim()})`;
  return `${base}${modifiers === undefined ? '' : `(${modifiers.replace(/\s/g, '')})`}${signs}`;
}

function typeOf(cursor: Cursor, sql: Sql): string {
  const written = cursor.upTo((token, taken) => isOption(token) && !(taken === 0 && /^character$/i.test(token.text)));
  return sql === 'mysql'
    ? mysqlType(written)
    : written
        .toLowerCase()
        .replace(/\s*\(\s*/g, '(')
        .replace(/\s*,\s*/g, ',');
}

export function columnOf(cursor: Cursor, sql: Sql): ColumnWritten {
  const at = cursor.place();
  const name = cursor.name();
  const written = cursor.peek()?.kind === 'word' && /^serial$/i.test(cursor.peek()?.text ?? '');
  const first = typeOf(cursor, sql);
  const serial = written && sql === 'mysql';
  let column: Column = {
    ...plainColumn(name, serial ? 'bigint unsigned' : first, at),
    nullable: !serial,
    generated: serial ? 'auto_increment' : null,
  };
  const parts: Part[] = [];
  let after: string | null = null;
  let named: string | null = null;
  const key = () => ({ name: named, columns: [name] });
  if (serial) parts.push({ kind: 'unique', key: key() });
  for (
    let token = cursor.peek();
    token !== undefined && !(token.kind === 'sign' && /[,)]/.test(token.text));
    token = cursor.peek()
  ) {
    if (cursor.takes('CONSTRAINT')) {
      named = cursor.sees('CHECK') ? null : cursor.name();
      continue;
    }
    if (cursor.takes('NOT NULL')) column = { ...column, nullable: false };
    else if (cursor.takes('NULL')) column = { ...column, nullable: true };
    else if (cursor.takes('DEFAULT')) column = { ...column, default: defaultOf(cursor) };
    else if (cursor.takes('AUTO_INCREMENT')) column = { ...column, generated: 'auto_increment' };
    else if (cursor.takes('AUTOINCREMENT')) column = { ...column, generated: 'autoincrement' };
    else if (cursor.takes('PRIMARY KEY', 'KEY')) {
      cursor.takes('ASC', 'DESC');
      parts.push({ kind: 'primary-key', key: key() });
    } else if (cursor.takes('UNIQUE KEY', 'UNIQUE')) parts.push({ kind: 'unique', key: key() });
    else if (cursor.takes('REFERENCES')) {
      // MySQL parses such a reference and ignores it up to version 8; MariaDB and MySQL 9 keep it.
      parts.push({ kind: 'foreign-key', key: { ...key(), ...referenceOf(cursor) } });
    } else if (cursor.takes('CHECK')) parts.push({ kind: 'check', key: { ...key(), expression: cursor.group() } });
    else if (cursor.takes('GENERATED ALWAYS AS', 'AS')) column = { ...column, generated: cursor.group() };
    else if (cursor.takes('COLLATE', 'CHARACTER SET', 'CHARSET', 'COMMENT', 'COLUMN_FORMAT', 'STORAGE')) cursor.next();
    else if (cursor.takes('ON UPDATE')) cursor.upTo((one) => isOption(one));
    else if (cursor.takes('ON CONFLICT')) cursor.next();
    else if (cursor.takes('AFTER')) after = cursor.name();
    else if (cursor.takes('FIRST')) after = '';
    else cursor.next();
    named = null;
  }
  return { column, parts, after };
}

function defaultOf(cursor: Cursor): string {
  return cursor.upTo((token, taken) => taken > 0 && isOption(token));
}
