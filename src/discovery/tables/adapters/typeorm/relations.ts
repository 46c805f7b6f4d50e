// Join columns and join tables of TypeORM's entities.
import type { Part } from '../../change.ts';
import type { Declared } from '../../declared.ts';
import { type Column, plainColumn } from '../../model.ts';
import { classNamed, type Decorator, type Member } from '../code/classes.ts';
import { bagOf, flagOf, listOf, placeOf, type Spot, textOf } from '../code/spot.ts';
import type { Context } from './columns.ts';
import type { Entity } from './entity.ts';

const actionOf = (text: string | undefined): string => text?.toLowerCase() ?? 'no action';

export interface Joined {
  readonly columns: readonly Column[];
  readonly parts: readonly Part[];
}
type Find = (name: string) => Entity | undefined;

/** The last argument that is an object. */
function optionsOf(context: Context, decorator: Decorator) {
  return decorator.arguments.map((one) => bagOf(context.reading, one)).findLast((one) => one !== undefined);
}
function targetOf(context: Context, decorator: Decorator, find: Find): Entity | undefined {
  const target = classNamed(context.reading, decorator.arguments[0]);
  return target === undefined ? undefined : find(typeof target === 'string' ? target : target.name);
}

/** `@ManyToOne`, and `@OneToOne` with `@JoinColumn`: columns of this table. */
export function joinColumns(
  context: Context,
  o: { readonly member: Member; readonly embedded: readonly string[]; readonly find: Find; readonly entity: Entity },
): Joined {
  const { reading, naming } = context;
  const relation = o.member.decorators.find(({ name }) => name === 'ManyToOne' || name === 'OneToOne' || name === 'TreeParent');
  const joins = o.member.decorators.filter(({ name }) => name === 'JoinColumn');
  if (relation === undefined || (relation.name === 'OneToOne' && joins.length === 0)) return { columns: [], parts: [] };
  const target = relation.name === 'TreeParent' ? o.entity : targetOf(context, relation, o.find);
  if (target === undefined) {
    context.unclear(o.member.spot, 'what the relation points to is not known');
    return { columns: [], parts: [] };
  }
  const options = optionsOf(context, relation);
  const flag = (name: string): boolean | undefined => flagOf(reading, options?.get(name));
  const primary = flag('primary') === true || o.member.decorators.some(({ name }) => name === 'PrimaryColumn');
  const given = joins.flatMap((one) => {
    const list = listOf(reading, one.arguments[0]) ?? one.arguments;
    return list.flatMap((spot): readonly { readonly name?: string | undefined; readonly to?: string | undefined }[] => {
      const bag = bagOf(reading, spot);
      return bag === undefined
        ? []
        : [{ name: textOf(reading, bag.get('name')), to: textOf(reading, bag.get('referencedColumnName')) }];
    });
  });
  const keys = target.keys();
  const wanted = given.some(({ to }) => to !== undefined)
    ? given.map(({ name, to }) => ({ name, key: target.column(to ?? '') ?? keys[0] }))
    : keys.map((key, n) => ({ name: given[n]?.name, key }));
  const at = placeOf(o.member.spot);
  const pairs = wanted.flatMap(({ name, key }) => {
    if (key === undefined) return [];
    const property = [...o.embedded, o.member.name].join('_');
    const column: Column = {
      ...plainColumn(name ?? naming.joinColumn(property, key.name), key.type, at),
      nullable: !primary && flag('nullable') !== false,
    };
    return [{ column, to: key.name }];
  });
  if (pairs.length === 0) context.unclear(o.member.spot, `the primary key of ${target.table} is not known`);
  const columns = pairs.map(({ column }) => column.name);
  const parts: Part[] = [];
  if (pairs.length > 0 && flag('createForeignKeyConstraints') !== false)
    parts.push({
      kind: 'foreign-key',
      key: {
        name: null,
        columns,
        table: target.table,
        references: pairs.map(({ to }) => to),
        onDelete: actionOf(textOf(reading, options?.get('onDelete'))),
        onUpdate: actionOf(textOf(reading, options?.get('onUpdate'))),
      },
    });
  if (relation.name === 'OneToOne' && columns.length > 0) parts.push({ kind: 'unique', key: { name: null, columns } });
  if (primary) parts.push({ kind: 'primary-key', key: { name: null, columns } });
  for (const one of o.member.decorators)
    if (one.name === 'Index' && columns.length > 0)
      parts.push({
        kind: 'index',
        key: {
          name: textOf(reading, one.arguments[0]) ?? null,
          columns,
          parts: columns,
          unique: false,
          method: 'btree',
          where: null,
        },
      });
  return { columns: pairs.map(({ column }) => column), parts };
}

/** `@ManyToMany` with `@JoinTable`: a table of its own. */
export function joinTable(
  context: Context,
  o: { readonly member: Member; readonly find: Find; readonly entity: Entity },
): Declared | undefined {
  const { reading, naming } = context;
  const relation = o.member.decorators.find(({ name }) => name === 'ManyToMany');
  const join = o.member.decorators.find(({ name }) => name === 'JoinTable');
  if (relation === undefined || join === undefined) return undefined;
  const target = targetOf(context, relation, o.find);
  if (target === undefined) {
    context.unclear(o.member.spot, 'what the relation points to is not known');
    return undefined;
  }
  const bag = bagOf(reading, join.arguments[0]);
  const text = (spot: Spot | undefined): string | undefined => textOf(reading, spot);
  const columnName = (name: string): string | undefined => text(bagOf(reading, bag?.get(name))?.get('name'));
  const [own, other] = [o.entity.bare, target.bare];
  const table = `${naming.prefix}${text(bag?.get('name')) ?? naming.joinTable(own, other, o.member.name)}`;
  const at = placeOf(o.member.spot);
  const side = (entity: Entity, given: string | undefined) =>
    entity.keys().map((key) => ({
      column: { ...plainColumn(given ?? naming.joinTableColumn(entity.bare, key.name), key.type, at), nullable: false },
      to: key.name,
    }));
  let [first, second] = [side(o.entity, columnName('joinColumn')), side(target, columnName('inverseJoinColumn'))];
  if (first.some(({ column }) => second.some((one) => one.column.name === column.name))) {
    const numbered = (sides: typeof first, n: number): typeof first =>
      sides.map((one) => ({ ...one, column: { ...one.column, name: `${one.column.name}_${n}` } }));
    [first, second] = [numbered(first, 1), numbered(second, 2)];
  }
  const names = (sides: typeof first): readonly string[] => sides.map(({ column }) => column.name);
  const key = (sides: typeof first, entity: Entity): readonly Part[] => [
    {
      kind: 'foreign-key',
      key: {
        name: null,
        columns: names(sides),
        table: entity.table,
        references: sides.map(({ to }) => to),
        onDelete: 'cascade',
        onUpdate: 'cascade',
      },
    },
    {
      kind: 'index',
      key: { name: null, columns: names(sides), parts: names(sides), unique: false, method: 'btree', where: null },
    },
  ];
  return {
    name: table,
    entity: null,
    at,
    columns: [...first, ...second].map(({ column }) => column),
    parts: [
      { kind: 'primary-key', key: { name: null, columns: [...names(first), ...names(second)] } },
      ...key(first, o.entity),
      ...key(second, target),
    ],
  };
}
