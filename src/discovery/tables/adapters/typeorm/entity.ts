// One entity of TypeORM as a table.
import type { Part } from '../../change.ts';
import type { Declared } from '../../declared.ts';
import { type Column, plainColumn } from '../../model.ts';
import type { Member, WrittenClass } from '../code/classes.ts';
import { bagOf, flagOf, listOf, meaning, placeOf, spotOf, textOf, textsOf } from '../code/spot.ts';
import { type Context, columnDecorator, columnOf, embeddedOf, type Made } from './columns.ts';
import { joinColumns, joinTable } from './relations.ts';

export interface Entity {
  readonly class: WrittenClass;
  readonly table: string;
  /** Without prefix and schema: what names of join tables are made of. */
  readonly bare: string;
  readonly isView: boolean;
  /** Columns of the primary key. */
  keys(): readonly Column[];
  /** By the name of its property. */
  column(property: string): Column | undefined;
}

interface Nested {
  readonly member: Member;
  readonly embedded: readonly string[];
}
/** Members of a class, those of embedded classes included, with the prefixes of their columns. */
function nested(context: Context, members: readonly Member[], embedded: readonly string[] = []): readonly Nested[] {
  if (embedded.length > 6) return [];
  return members.flatMap((member): readonly Nested[] => {
    const decorator = columnDecorator(member);
    const inner = decorator === undefined ? undefined : embeddedOf(context, decorator);
    if (inner === undefined) return [{ member, embedded }];
    const prefix = inner.prefix === false ? [] : [inner.prefix ?? member.name];
    return nested(context, inner.of.members, [...embedded, ...prefix.filter((one) => one !== '')]);
  });
}

export function entityOf(context: Context, written: WrittenClass): Entity {
  const decorator = written.decorators.find(({ name }) => /^(Entity|ViewEntity|ChildEntity)$/.test(name));
  const root =
    decorator?.name === 'ChildEntity'
      ? written.parents.find((one) => one.decorators.some(({ name }) => name === 'Entity'))
      : undefined;
  if (root !== undefined) return { ...entityOf(context, root), class: written };
  const bag = decorator?.arguments.map((one) => bagOf(context.reading, one)).find((one) => one !== undefined);
  const given = textOf(context.reading, decorator?.arguments[0]) ?? textOf(context.reading, bag?.get('name'));
  const bare = given ?? context.naming.table(written.name);
  const schema = textOf(context.reading, bag?.get('schema'));
  const table = `${schema === undefined || schema === 'public' ? '' : `${schema}.`}${context.naming.prefix}${bare}`;
  let made: readonly Made[] | undefined;
  const all = (): readonly Made[] => {
    made ??= columnsOf(context, { class: written, table }).map(({ made: one }) => one);
    return made;
  };
  return {
    class: written,
    table,
    bare,
    isView: decorator?.name === 'ViewEntity',
    keys: () =>
      all()
        .filter(({ primary }) => primary)
        .map(({ column }) => column),
    column: (property) => all().find((one) => one.property === property)?.column,
  };
}

interface MemberColumn {
  readonly made: Made;
  readonly member: Member;
}
function columnsOf(context: Context, o: { readonly class: WrittenClass; readonly table: string }): readonly MemberColumn[] {
  const found = nested(context, o.class.members).flatMap(({ member, embedded }): readonly MemberColumn[] => {
    const decorator = columnDecorator(member);
    return decorator === undefined ? [] : [{ made: columnOf(context, { member, decorator, embedded, table: o.table }), member }];
  });
  const id = o.class.members.find((one) => one.name === 'id' && columnDecorator(one) === undefined);
  if (id === undefined || found.some(({ made }) => made.primary)) return found;
  // Some projects decorate the key of a base class when they start; there is one all the same.
  context.unclear(id.spot, 'what makes it the primary key, and its type, is decided while it runs');
  const column: Column = { ...plainColumn('id', '', placeOf(id.spot)), nullable: false };
  return [{ made: { column, property: 'id', primary: true, parts: [], enumValues: undefined }, member: id }, ...found];
}

/** A decorator of the project may make a column, as `@Money()` does in shops. */
function sayUnknownDecorators(context: Context, member: Member): void {
  for (const { spot, name } of member.decorators) {
    const callee = spot.node.type === 'CallExpression' ? spotOf(spot.unit, spot.node.callee) : spot;
    if (meaning(context.reading, callee)?.kind === 'function')
      context.unclear(member.spot, `the decorator ${name} of the project may make a column of ${member.name}`);
  }
}

export interface DeclaredEntity {
  readonly declared: readonly Declared[];
  readonly enums: readonly { readonly name: string; readonly values: readonly string[] }[];
}

export function declaredOf(context: Context, entity: Entity, find: (name: string) => Entity | undefined): DeclaredEntity {
  const { reading } = context;
  const { class: written, table } = entity;
  const columns = columnsOf(context, { class: written, table }).map(({ made }) => made);
  const child = written.decorators.some(({ name }) => name === 'ChildEntity');
  const parts: Part[] = columns.flatMap((one) => one.parts);
  const listed: Column[] = columns.map(({ column }) => column);
  const joins: Declared[] = [];
  const keys = columns.filter(({ primary }) => primary).map(({ column }) => column.name);
  const joined = new Map<string, readonly string[]>();
  for (const { member, embedded } of nested(context, written.members)) {
    const made = joinColumns(context, { member, embedded, find, entity });
    for (const one of made.columns) if (!listed.some(({ name }) => name === one.name)) listed.push(one);
    joined.set(
      member.name,
      made.columns.map(({ name }) => name),
    );
    for (const part of made.parts) {
      if (part.kind === 'primary-key') keys.push(...part.key.columns.filter((one) => !keys.includes(one)));
      else parts.push(part);
    }
    sayUnknownDecorators(context, member);
    const between = joinTable(context, { member, find, entity });
    if (between !== undefined) joins.push(between);
  }
  if (keys.length > 0) parts.unshift({ kind: 'primary-key', key: { name: null, columns: keys } });
  const columnNames = (names: readonly string[]): readonly string[] =>
    names.flatMap((name) => joined.get(name)?.filter(() => true) ?? []).length > 0 ||
    names.some((name) => columns.some(({ property }) => property === name))
      ? names.flatMap(
          (name) =>
            columns.find(({ property }) => property === name)?.column.name ??
            (joined.get(name)?.length ? (joined.get(name) ?? []) : [name]),
        )
      : names;
  for (const one of [...written.parents.flatMap(({ decorators }) => decorators), ...written.decorators]) {
    const list = one.arguments.map((argument) => listOf(reading, argument)).find((found) => found !== undefined);
    const options = one.arguments.map((argument) => bagOf(reading, argument)).find((found) => found !== undefined);
    const called = textOf(reading, one.arguments[0]) ?? null;
    const names = columnNames(list?.flatMap((item) => textOf(reading, item) ?? []) ?? []);
    if (one.name === 'Unique' && names.length > 0) parts.push({ kind: 'unique', key: { name: called, columns: names } });
    if (one.name === 'Index' && names.length > 0)
      parts.push({
        kind: 'index',
        key: {
          name: called,
          columns: names,
          parts: names,
          unique: flagOf(reading, options?.get('unique')) === true,
          method: 'btree',
          where: textOf(reading, options?.get('where')) ?? null,
        },
      });
    if (one.name === 'Check') {
      const texts = one.arguments.flatMap((argument) => textsOf(reading, argument) ?? []);
      parts.push({
        kind: 'check',
        key: { name: texts.length > 1 ? (texts[0] ?? null) : null, columns: [], expression: texts.at(-1) ?? '' },
      });
    }
    if (one.name === 'TableInheritance') {
      const column = bagOf(reading, bagOf(reading, one.arguments[0])?.get('column'));
      listed.push({
        ...plainColumn(
          textOf(reading, column?.get('name')) ?? 'type',
          context.dialect === 'mysql' ? 'varchar(255)' : context.dialect === 'sqlite' ? 'varchar' : 'character varying',
          placeOf(written.spot),
        ),
        nullable: false,
      });
    }
  }
  const tree = textOf(reading, written.decorators.find(({ name }) => name === 'Tree')?.arguments[0]);
  if (tree === 'materialized-path')
    listed.push(plainColumn('mpath', context.dialect === 'mysql' ? 'varchar(255)' : 'character varying', placeOf(written.spot)));
  if (tree === 'nested-set')
    for (const name of ['nsleft', 'nsright'])
      listed.push({ ...plainColumn(name, 'integer', placeOf(written.spot)), nullable: false });
  if (tree === 'closure-table') {
    const at = placeOf(written.spot);
    const ends = ['ancestor', 'descendant'].map((end) =>
      columns
        .filter(({ primary }) => primary)
        .map(({ column }) => ({ ...plainColumn(`${column.name}_${end}`, column.type, at), nullable: false })),
    );
    joins.push({
      name: `${table}_closure`,
      entity: null,
      at,
      columns: ends.flat(),
      parts: [{ kind: 'primary-key', key: { name: null, columns: ends.flat().map(({ name }) => name) } }],
    });
  }
  const inherited = written.parents.flatMap(({ members }) => members.map(({ name }) => name));
  const enums = columns.flatMap(({ column, enumValues }) =>
    column.enum === null ? [] : [{ name: column.enum, values: enumValues ?? [] }],
  );
  return {
    // Rows of other classes of the same table have no value in columns of a child.
    declared: [
      {
        name: table,
        entity: written.name,
        at: placeOf(written.spot),
        columns: child
          ? listed.map((one) =>
              columns.some(({ column, property }) => column === one && inherited.includes(property))
                ? one
                : { ...one, nullable: true },
            )
          : listed,
        parts,
      },
      ...joins,
    ],
    enums,
  };
}
