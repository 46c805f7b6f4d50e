// Types as PostgreSQL's format_type prints them.
import type { TypeName } from 'libpg-query';
import type { Model } from '../../model.ts';
import { stringsIn } from './expression.ts';
import { qualified } from './names.ts';

const printed: Readonly<Record<string, string>> = {
  int2: 'smallint',
  int4: 'integer',
  int8: 'bigint',
  int: 'integer',
  float4: 'real',
  float8: 'double precision',
  bool: 'boolean',
  decimal: 'numeric',
  varchar: 'character varying',
  bpchar: 'character',
  varbit: 'bit varying',
  timestamptz: 'timestamp with time zone',
  timestamp: 'timestamp without time zone',
  timetz: 'time with time zone',
  time: 'time without time zone',
};
const serials: Readonly<Record<string, string>> = {
  serial: 'integer',
  serial4: 'integer',
  bigserial: 'bigint',
  serial8: 'bigint',
  smallserial: 'smallint',
  serial2: 'smallint',
};

export interface ColumnType {
  readonly type: string;
  readonly serial: boolean;
}

export function typeOf(model: Model, type: TypeName | undefined): ColumnType {
  const names = stringsIn(type?.names);
  const name = names.at(-1) ?? '';
  const own = names.length === 1 ? name : names[0] === 'pg_catalog' ? name : undefined;
  const serial = own === undefined ? undefined : serials[own];
  const known = own === undefined ? undefined : printed[own];
  const base =
    serial ?? known ?? (names[0] === 'pg_catalog' ? name : names.length > 1 ? qualified(model, names) : userType(model, name));
  const array = (type?.arrayBounds ?? []).length > 0 ? '[]' : '';
  return { type: `${withModifiers(base, modifiersOf(type, name))}${array}`, serial: serial !== undefined };
}

/** A type of the search path when the migrations made one of that name, or else a built-in one. */
function userType(model: Model, name: string): string {
  const full = qualified(model, [name]);
  return model.enums.has(full) ? full : name;
}

function modifiersOf(type: TypeName | undefined, name: string): readonly string[] {
  if (name === 'interval') return [];
  const numbers = (type?.typmods ?? []).flatMap((node) =>
    'A_Const' in node && node.A_Const.ival !== undefined
      ? [String(node.A_Const.ival.ival ?? 0)]
      : 'ColumnRef' in node
        ? [stringsIn(node.ColumnRef.fields).join('.')]
        : [],
  );
  // format_type prints the scale always: numeric(10) is numeric(10,0).
  return (name === 'numeric' || name === 'decimal') && numbers.length === 1 ? [...numbers, '0'] : numbers;
}

/** `timestamp(3) with time zone`: the modifier stands after the first word of these. */
function withModifiers(type: string, modifiers: readonly string[]): string {
  if (modifiers.length === 0) return type;
  const [, head, tail] = /^(timestamp|time)( with.*)$/.exec(type) ?? [];
  const list = `(${modifiers.join(',')})`;
  return head === undefined ? `${type}${list}` : `${head}${list}${tail}`;
}
