// Entities of MikroORM, under the names of its UnderscoreNamingStrategy.
import type { TableStack } from '../../../contract/tables.ts';
import { snakeCase } from '../../case.ts';
import type { Part } from '../../change.ts';
import { type Declared, tablesOf } from '../../declared.ts';
import { type Column, plainColumn } from '../../model.ts';
import { classesIn, classNamed, type Decorator, type Member, type WrittenClass } from '../code/classes.ts';
import { dialectOf } from '../code/dialect.ts';
import { bagOf, dotted, flagOf, listOf, placeOf, type Spot, sourceOf, textOf, textsOf } from '../code/spot.ts';
import { innerType, type Mikro, optionsOf, type PropertySeen, propertyOf } from './property.ts';

interface Entity {
  readonly class: WrittenClass;
  readonly table: string;
  readonly own: readonly { readonly member: Member; readonly seen: PropertySeen }[];
}
type Find = (name: string) => Entity | undefined;

function plainProperties(
  mikro: Mikro,
  o: { readonly members: readonly Member[]; readonly prefix: string; readonly table: string },
  depth = 0,
): Entity['own'] {
  return o.members.flatMap((member): Entity['own'] => {
    const embedded = member.decorators.find(({ name }) => name === 'Embedded');
    if (embedded !== undefined && depth < 5) {
      const bag = optionsOf(mikro, embedded);
      const type = innerType(member);
      const of =
        classNamed(mikro.reading, bag.get('entity') ?? embedded.arguments[0]) ??
        (type?.spot.node.type === 'TSTypeReference'
          ? classNamed(mikro.reading, { unit: type.spot.unit, node: type.spot.node.typeName })
          : undefined);
      if (
        flagOf(mikro.reading, bag.get('object')) === true ||
        flagOf(mikro.reading, bag.get('array')) === true ||
        member.type?.array === true
      ) {
        const seen = propertyOf(mikro, {
          ...o,
          member: { ...member, type: undefined, value: undefined },
          decorator: { ...embedded, arguments: [] },
        });
        return seen === undefined
          ? []
          : [{ member, seen: { ...seen, column: { ...seen.column, type: mikro.dialect === 'postgresql' ? 'jsonb' : 'json' } } }];
      }
      if (of === undefined || typeof of === 'string') {
        mikro.unclear(member.spot, 'the class that is embedded is not known here');
        return [];
      }
      const given = bag.get('prefix');
      const prefix = flagOf(mikro.reading, given) === false ? '' : (textOf(mikro.reading, given) ?? `${snakeCase(member.name)}_`);
      const inner = plainProperties(mikro, { members: of.members, prefix: `${o.prefix}${prefix}`, table: o.table }, depth + 1);
      const optional = flagOf(mikro.reading, bag.get('nullable')) === true || (mikro.reflects && member.optional);
      return optional
        ? inner.map((one) => ({ ...one, seen: { ...one.seen, column: { ...one.seen.column, nullable: true } } }))
        : inner;
    }
    const decorator = member.decorators.find(({ name }) => name === 'Property' || name === 'PrimaryKey' || name === 'Enum');
    const seen = decorator === undefined ? undefined : propertyOf(mikro, { member, decorator, prefix: o.prefix, table: o.table });
    return seen === undefined ? [] : [{ member, seen }];
  });
}

function entityOf(mikro: Mikro, written: WrittenClass): Entity {
  const root = [...written.parents]
    .reverse()
    .find((one) => one.decorators.some(({ name }) => name === 'Entity') && !isAbstract(mikro, one));
  const at = root ?? written;
  const decorator = at.decorators.find(({ name }) => name === 'Entity');
  const bag = decorator === undefined ? undefined : optionsOf(mikro, decorator);
  const schema = textOf(mikro.reading, bag?.get('schema'));
  const name = textOf(mikro.reading, bag?.get('tableName') ?? bag?.get('collection')) ?? snakeCase(at.name);
  const table = schema === undefined || schema === 'public' ? name : `${schema}.${name}`;
  return { class: written, table, own: plainProperties(mikro, { members: written.members, prefix: '', table }) };
}
const isAbstract = (mikro: Mikro, one: WrittenClass): boolean => {
  const decorator = one.decorators.find(({ name }) => name === 'Entity');
  return decorator !== undefined && flagOf(mikro.reading, optionsOf(mikro, decorator).get('abstract')) === true;
};

const keysOf = (entity: Entity): readonly Column[] =>
  entity.own.filter(({ seen }) => seen.primary).map(({ seen }) => seen.column);

function targetOf(
  mikro: Mikro,
  o: { readonly member: Member; readonly decorator: Decorator; readonly find: Find },
): Entity | undefined {
  const { reading } = mikro;
  const bag = optionsOf(mikro, o.decorator);
  const [first] = o.decorator.arguments;
  const spot = bag.get('entity') ?? (first !== undefined && bagOf(reading, first) === undefined ? first : undefined);
  const named = classNamed(reading, spot);
  if (named !== undefined) return o.find(typeof named === 'string' ? named : named.name);
  const type = innerType(o.member);
  const inside = type?.of?.name ?? type?.name;
  if (inside !== undefined && o.find(inside) !== undefined) return o.find(inside);
  // `new Collection<Article>(this)`
  const value = o.member.value?.node;
  const given =
    value?.type === 'NewExpression' && dotted(value.callee).at(-1) === 'Collection' ? value.typeArguments?.params[0] : undefined;
  return given?.type === 'TSTypeReference' && given.typeName.type === 'Identifier' ? o.find(given.typeName.name) : undefined;
}

function declaredOf(mikro: Mikro, entity: Entity, find: Find): readonly Declared[] {
  const { reading } = mikro;
  const { class: written, table } = entity;
  const columns: Column[] = entity.own.map(({ seen }) => seen.column);
  const parts: Part[] = entity.own.flatMap(({ seen }) => seen.parts);
  const keys = keysOf(entity).map(({ name }) => name);
  const joins: Declared[] = [];
  const fields = new Map<string, readonly string[]>(entity.own.map(({ member, seen }) => [member.name, [seen.column.name]]));
  for (const member of written.members) {
    const decorator = member.decorators.find(({ name }) => name === 'ManyToOne' || name === 'OneToOne' || name === 'ManyToMany');
    if (decorator === undefined) continue;
    const bag = optionsOf(mikro, decorator);
    const second = decorator.arguments[1];
    const inverse =
      bag.has('mappedBy') ||
      (decorator.name !== 'ManyToOne' &&
        second !== undefined &&
        bagOf(reading, second) === undefined &&
        !bag.has('inversedBy') &&
        flagOf(reading, bag.get('owner')) !== true);
    if (inverse) continue;
    const target = targetOf(mikro, { member, decorator, find });
    if (target === undefined) {
      mikro.unclear(member.spot, 'what the relation points to is not known');
      continue;
    }
    if (decorator.name === 'ManyToMany') {
      joins.push(pivotOf(mikro, { entity, target, member, bag }));
      continue;
    }
    const text = (name: string): string | undefined => textOf(reading, bag.get(name));
    const single = text('fieldName') ?? text('name') ?? text('joinColumn');
    const several = textsOf(reading, bag.get('joinColumns') ?? bag.get('fieldNames'));
    const primary = flagOf(reading, bag.get('primary')) === true;
    const nullable =
      !primary &&
      (flagOf(reading, bag.get('nullable')) === true ||
        (flagOf(reading, bag.get('nullable')) !== false &&
          mikro.reflects &&
          (member.optional || member.type?.nullable === true)));
    const to = keysOf(target);
    const own = to.map(
      (key, n): Column => ({
        ...plainColumn(single ?? several?.[n] ?? `${snakeCase(member.name)}_${key.name}`, key.type, placeOf(member.spot)),
        nullable,
      }),
    );
    if (own.length === 0) mikro.unclear(member.spot, `the primary key of ${target.table} is not known`);
    columns.push(...own);
    const names = own.map(({ name }) => name);
    fields.set(member.name, names);
    if (names.length === 0) continue;
    if (primary) keys.push(...names);
    const rule = (...options: readonly string[]): string | undefined =>
      options
        .map((name) => text(name))
        .find((one) => one !== undefined)
        ?.toLowerCase();
    parts.push({
      kind: 'foreign-key',
      key: {
        name: null,
        columns: names,
        table: target.table,
        references: to.map(({ name }) => name),
        onDelete: rule('deleteRule', 'onDelete') ?? (nullable ? 'set null' : 'no action'),
        onUpdate: rule('updateRule', 'onUpdateIntegrity') ?? 'cascade',
      },
    });
    if (decorator.name === 'OneToOne') parts.push({ kind: 'unique', key: { name: null, columns: names } });
  }
  for (const one of [...written.parents.flatMap(({ decorators }) => decorators), ...written.decorators]) {
    if (one.name !== 'Unique' && one.name !== 'Index') continue;
    const bag = optionsOf(mikro, one);
    const names = (
      textsOf(reading, bag.get('properties')) ??
      listOf(reading, bag.get('properties'))?.flatMap((spot) => textOf(reading, spot) ?? []) ??
      []
    ).flatMap((name) => fields.get(name) ?? [name]);
    if (names.length === 0) continue;
    const name = textOf(reading, bag.get('name')) ?? null;
    if (one.name === 'Unique') parts.push({ kind: 'unique', key: { name, columns: names } });
    else parts.push({ kind: 'index', key: { name, columns: names, parts: names, unique: false, method: 'btree', where: null } });
  }
  const entityBag = written.decorators.flatMap((one) => (one.name === 'Entity' ? [optionsOf(mikro, one)] : []))[0];
  const discriminator = textOf(reading, entityBag?.get('discriminatorColumn'));
  if (discriminator !== undefined && !columns.some(({ name }) => name === snakeCase(discriminator)))
    columns.push({
      ...plainColumn(
        snakeCase(discriminator),
        mikro.dialect === 'postgresql' ? 'character varying(255)' : 'varchar(255)',
        placeOf(written.spot),
      ),
      nullable: false,
    });
  if (keys.length > 0) parts.unshift({ kind: 'primary-key', key: { name: null, columns: keys } });
  return [{ name: table, entity: written.name, at: placeOf(written.spot), columns, parts }, ...joins];
}

function pivotOf(
  mikro: Mikro,
  o: { readonly entity: Entity; readonly target: Entity; readonly member: Member; readonly bag: ReadonlyMap<string, Spot> },
): Declared {
  const text = (name: string): string | undefined => textOf(mikro.reading, o.bag.get(name));
  const at = placeOf(o.member.spot);
  const name = text('pivotTable') ?? `${o.entity.table}_${snakeCase(o.member.name)}`;
  const side = (entity: Entity, given: string | undefined, ending: string): readonly Column[] =>
    keysOf(entity).map((key) => ({
      ...plainColumn(given ?? `${snakeCase(entity.class.name)}${ending}_${key.name}`, key.type, at),
      nullable: false,
    }));
  const self = o.entity.table === o.target.table;
  const [own, other] = [
    side(o.entity, text('joinColumn'), self ? '_1' : ''),
    side(o.target, text('inverseJoinColumn'), self ? '_2' : ''),
  ];
  const key = (columns: readonly Column[], entity: Entity): Part => ({
    kind: 'foreign-key',
    key: {
      name: null,
      columns: columns.map((one) => one.name),
      table: entity.table,
      references: keysOf(entity).map((one) => one.name),
      onDelete: 'cascade',
      onUpdate: 'cascade',
    },
  });
  return {
    name,
    entity: null,
    at,
    columns: [...own, ...other],
    parts: [
      { kind: 'primary-key', key: { name: null, columns: [...own, ...other].map((one) => one.name) } },
      key(own, o.entity),
      key(other, o.target),
    ],
  };
}

const packages = /^@mikro-orm\//;
export const mikroOrm: TableStack = {
  name: 'mikro-orm',
  language: 'ecma',
  marks: ['@Entity', packages],
  knownFrom: 'https://mikro-orm.io/docs/defining-entities (6)',
  present: (reading) => reading.marked(packages).length > 0,
  read(reading, say) {
    const users = new Set(reading.marked(packages));
    const files = reading.marked('@Entity').filter((file) => users.has(file));
    const mikro: Mikro = {
      reading,
      dialect: dialectOf(reading, [...users].length > 0 ? ['@mikro-orm/core', '@mikro-orm/nestjs'] : []),
      reflects: reading.packages.has('@mikro-orm/reflection'),
      unclear: (spot, why) =>
        say({ ...placeOf(spot), what: sourceOf(spot).slice(0, 80), why, about: 'table', stack: 'mikro-orm' }),
    };
    for (const file of users) {
      const unit = reading.ecma(file);
      for (const node of unit?.nodes('NewExpression') ?? [])
        if (unit !== undefined && dotted(node.callee).at(-1) === 'EntitySchema')
          mikro.unclear({ unit, node }, 'an EntitySchema of MikroORM is not in the map');
      for (const node of unit?.nodes('CallExpression') ?? [])
        if (unit !== undefined && dotted(node.callee).at(-1) === 'defineEntity')
          mikro.unclear({ unit, node }, 'an entity of defineEntity is not in the map');
    }
    const classes = classesIn(reading, files).filter(
      (one) => one.decorators.some(({ name }) => name === 'Entity') && !isAbstract(mikro, one),
    );
    const entities = classes.map((one) => entityOf(mikro, one));
    const byName = new Map(entities.map((one) => [one.class.name, one]));
    if (entities.length === 0) return [];
    return [
      {
        source: { kind: 'models', stack: 'mikro-orm', dialect: mikro.dialect, files },
        scope: reading.scope,
        tables: tablesOf(
          entities.flatMap((one) => declaredOf(mikro, one, (name) => byName.get(name))),
          mikro.dialect,
        ),
        enums: [],
        views: [],
        relations: [],
        migrations: [],
      },
    ];
  },
};
