// One model of a Prisma schema as a table.
import type { Attribute, BlockAttribute, Field, Model } from '@mrleebo/prisma-ast';
import type { Relation } from '../../../contract/tables.ts';
import type { IndexWritten, Part } from '../../change.ts';
import type { Declared } from '../../declared.ts';
import type { Column, Dialect, Place } from '../../model.ts';
import { type AnyAttribute, argument, isCall, itemsOf, listed, type PlacedBlock, textArgument, unquoted } from './schema.ts';
import { isScalar, typeOf } from './types.ts';

export interface PrismaModel {
  readonly model: Model;
  readonly placed: PlacedBlock;
  readonly table: string;
  readonly fields: readonly Field[];
  readonly attributes: readonly BlockAttribute[];
}
export interface PrismaEnum {
  /** In the database. */
  readonly name: string;
  readonly values: readonly string[];
  /** By the name in the schema. */
  readonly mapped: ReadonlyMap<string, string>;
}
export interface Names {
  readonly models: ReadonlyMap<string, PrismaModel>;
  readonly enums: ReadonlyMap<string, PrismaEnum>;
  readonly dialect: Dialect;
  /** False with `relationMode = "prisma"`. */
  readonly keys: boolean;
}

export const named = (field: Field, name: string): Attribute | undefined =>
  (field.attributes ?? []).find((one) => one.name === name && one.group === undefined);
export const columnName = (field: Field): string => textArgument(named(field, 'map'), 'name', 0) ?? field.name;
export const typeName = (field: Field): string => (typeof field.fieldType === 'string' ? field.fieldType : field.fieldType.name);

export function prismaModel(placed: PlacedBlock, model: Model): PrismaModel {
  const attributes = model.properties.filter((one): one is BlockAttribute => one.type === 'attribute');
  const of = (name: string): string | undefined =>
    textArgument(
      attributes.find((one) => one.name === name),
      'name',
      0,
    ) ??
    textArgument(
      attributes.find((one) => one.name === name),
      'map',
      0,
    );
  const schema = of('schema');
  const name = of('map') ?? model.name;
  return {
    model,
    placed,
    table: schema === undefined || schema === 'public' ? name : `${schema}.${name}`,
    fields: model.properties.filter((one): one is Field => one.type === 'field'),
    attributes,
  };
}

const placeOf = (placed: PlacedBlock, line: number | undefined): Place => ({
  file: placed.file,
  line: line === undefined ? null : line + placed.offset,
});
const base = (table: string): string => table.split('.').at(-1) ?? table;

/** Undefined: a relation, which is no column. */
export function columnOf(names: Names, model: PrismaModel, field: Field): Column | undefined {
  const type = typeName(field);
  const made = names.enums.get(type);
  const unsupported = type === 'Unsupported';
  const composite = names.dialect === 'mongodb' && !names.models.has(type);
  if (!isScalar(type) && made === undefined && !unsupported && !composite) return undefined;
  const native = (field.attributes ?? []).find((one) => one.group === 'db');
  const args = (native?.args ?? []).flatMap(
    ({ value }) => unquoted(value) ?? itemsOf(value)?.map((one) => unquoted(one) ?? '') ?? [],
  );
  const written = unsupported && typeof field.fieldType !== 'string' ? unquoted(field.fieldType.params?.[0]) : undefined;
  const single =
    written ??
    (made !== undefined
      ? names.dialect === 'mysql'
        ? `enum(${made.values.map((one) => `'${one}'`).join(',')})`
        : names.dialect === 'sqlite'
          ? 'text'
          : made.name
      : typeOf(names.dialect, type, native === undefined ? undefined : { name: native.name, args }));
  const value = argument(named(field, 'default'), 'value', 0);
  const increments = isCall(value) && value.name === 'autoincrement';
  return {
    name: columnName(field),
    type: `${single}${field.array === true ? '[]' : ''}`,
    // Prisma makes columns of lists without NOT NULL.
    nullable: field.optional === true || field.array === true,
    default: increments
      ? names.dialect === 'postgresql'
        ? `nextval('${base(model.table)}_${columnName(field)}_seq')`
        : null
      : defaultOf(value, made),
    generated:
      increments && names.dialect !== 'postgresql' ? (names.dialect === 'mysql' ? 'auto_increment' : 'autoincrement') : null,
    enum: made?.name ?? null,
    at: placeOf(model.placed, field.location?.startLine),
  };
}

/** What Prisma's client fills in (`uuid()`, `cuid()`) is no default of the database. */
function defaultOf(value: unknown, made: PrismaEnum | undefined): string | null {
  if (value === undefined) return null;
  if (isCall(value)) {
    if (value.name === 'now') return 'CURRENT_TIMESTAMP';
    return value.name === 'dbgenerated' ? (unquoted(value.params?.[0]) ?? null) : null;
  }
  const items = itemsOf(value);
  if (items !== undefined) return `ARRAY[${items.map((one) => defaultOf(one, made) ?? '').join(', ')}]`;
  if (typeof value === 'string' && /^"/.test(value)) return `'${unquoted(value)?.replaceAll("'", "''")}'`;
  const text = unquoted(value) ?? null;
  return made !== undefined && text !== null ? `'${made.mapped.get(text) ?? text}'` : text;
}

const actions: Readonly<Record<string, string>> = {
  Cascade: 'cascade',
  Restrict: 'restrict',
  NoAction: 'no action',
  SetNull: 'set null',
  SetDefault: 'set default',
};

export function declaredOf(names: Names, model: PrismaModel): Declared {
  const columns = model.fields.flatMap((field) => columnOf(names, model, field) ?? []);
  const column = (name: string): string => {
    const field = model.fields.find((one) => one.name === name);
    return field === undefined ? name : columnName(field);
  };
  const called = (parts: readonly string[], ending: string): string =>
    [base(model.table), ...parts, ending].join('_').slice(0, 63);
  const parts: Part[] = [];
  const keyed = (attribute: AnyAttribute, own: readonly string[] | undefined): void => {
    const fields = own === undefined ? listed(argument(attribute, 'fields', 0)) : own.map((name) => ({ name, options: {} }));
    const keys = fields.map(({ name }) => column(name));
    const given = textArgument(attribute, 'map');
    if (attribute.name === 'id') {
      parts.push({ kind: 'primary-key', key: { name: given ?? called([], 'pkey'), columns: keys } });
      return;
    }
    const unique = attribute.name === 'unique';
    const key: IndexWritten = {
      name: given ?? called(keys, unique ? 'key' : 'idx'),
      columns: keys,
      parts: keys.map((one, n) => (fields[n]?.options['sort' as never] === 'Desc' ? `${one} DESC` : one)),
      unique,
      method: (textArgument(attribute, 'type') ?? (attribute.name === 'fulltext' ? 'fulltext' : 'btree')).toLowerCase(),
      where: null,
    };
    parts.push({ kind: 'index', key });
  };
  for (const field of model.fields) {
    const own = [field.name];
    for (const attribute of field.attributes ?? [])
      if (attribute.group === undefined && (attribute.name === 'id' || attribute.name === 'unique')) keyed(attribute, own);
    const target = names.models.get(typeName(field));
    const relation = named(field, 'relation');
    const from = listed(argument(relation, 'fields')).map(({ name }) => column(name));
    if (target === undefined || from.length === 0 || !names.keys) continue;
    const to = listed(argument(relation, 'references')).map(({ name }) => {
      const pointed = target.fields.find((one) => one.name === name);
      return pointed === undefined ? name : columnName(pointed);
    });
    parts.push({
      kind: 'foreign-key',
      key: {
        name: textArgument(relation, 'map') ?? called(from, 'fkey'),
        columns: from,
        table: target.table,
        references: to,
        onDelete: actions[textArgument(relation, 'onDelete') ?? ''] ?? (field.optional === true ? 'set null' : 'restrict'),
        onUpdate: actions[textArgument(relation, 'onUpdate') ?? ''] ?? 'cascade',
      },
    });
  }
  for (const attribute of model.attributes) if (/^(id|unique|index|fulltext)$/.test(attribute.name)) keyed(attribute, undefined);
  return {
    name: model.table,
    entity: model.model.name,
    kind: names.dialect === 'mongodb' ? 'collection' : 'table',
    at: placeOf(model.placed, model.model.location?.startLine),
    columns,
    parts,
  };
}

/** Relations that no foreign key holds, as with MongoDB and with `relationMode = "prisma"`. */
export function relationsOf(names: Names, model: PrismaModel): readonly Relation[] {
  return model.fields.flatMap((field): readonly Relation[] => {
    const target = names.models.get(typeName(field));
    const from = listed(argument(named(field, 'relation'), 'fields')).map(({ name }) => name);
    if (target === undefined || from.length === 0) return [];
    const keys = model.fields.filter((one) => from.includes(one.name));
    const single = keys.every((one) => named(one, 'unique') !== undefined || named(one, 'id') !== undefined);
    return [
      {
        from: model.table,
        to: target.table,
        kind: single ? 'one-to-one' : 'many-to-one',
        columns: keys.map(columnName),
        optional: field.optional === true,
        through: null,
        names: [field.name],
      },
    ];
  });
}
