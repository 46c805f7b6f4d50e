// Columns and tables that associations make: https://sequelize.org/docs/v6/core-concepts/assocs/ and lib/associations/*.js.
import { snakeCase } from '../../case.ts';
import type { Declared } from '../../declared.ts';
import { type Column, plainColumn } from '../../model.ts';
import { type Bag, bagOf, flagOf, placeOf, type Spot, textOf } from '../code/spot.ts';
import type { Written } from './attribute.ts';
import type { Drawn } from './model.ts';
import { typeOf } from './types.ts';

export interface Association {
  readonly kind: 'belongsTo' | 'hasMany' | 'hasOne' | 'belongsToMany';
  readonly source: Drawn;
  readonly target: Drawn;
  readonly options: Bag;
  readonly spot: Spot;
  /** The attribute that points, where another place says it. */
  readonly key?: string;
  readonly otherKey?: string;
  /** Of belongsToMany: the model, or the name of a table that no model stands for. */
  readonly through?: Drawn | string;
}

/** `User_id` becomes `UserId`. */
const camelized = (name: string): string =>
  name.trim().replace(/[-_\s]+(.)?/g, (_, after: string | undefined) => (after ?? '').toUpperCase());
const keyName = (of: Drawn, as: string | undefined): string => camelized(`${as ?? of.singular}_${of.key[0]?.name ?? 'id'}`);

interface KeyGiven {
  readonly attribute: string;
  readonly column: string | undefined;
  readonly nullable: boolean | undefined;
}
function givenKey({ reading }: Written, spot: Spot | undefined, usual: string): KeyGiven {
  const bag = bagOf(reading, spot);
  const attribute = textOf(reading, spot) ?? textOf(reading, bag?.get('name') ?? bag?.get('fieldName')) ?? usual;
  return { attribute, column: textOf(reading, bag?.get('field')), nullable: flagOf(reading, bag?.get('allowNull')) };
}

/** Adds the column that points from one table to another, unless it is there, and its foreign key. */
function point(
  written: Written,
  o: {
    readonly from: Drawn;
    readonly to: Drawn;
    readonly key: KeyGiven;
    readonly options: Bag;
    readonly spot: Spot;
    readonly owned: 'cascade' | 'no action' | 'always cascade';
  },
): void {
  const { from, to, key, options } = o;
  const { reading } = written;
  const name = from.fields.get(key.attribute) ?? key.column ?? (from.underscored ? snakeCase(key.attribute) : key.attribute);
  let column = from.columns.find((one) => one.name === name);
  if (column === undefined) {
    column = { ...plainColumn(name, to.key[0]?.type ?? '', placeOf(o.spot)), nullable: key.nullable !== false };
    from.columns.push(column);
    from.fields.set(key.attribute, name);
  }
  if (flagOf(reading, options.get('constraints')) === false) return;
  const target = textOf(reading, options.get('targetKey') ?? options.get('sourceKey'));
  const onDelete =
    textOf(reading, options.get('onDelete'))?.toLowerCase() ??
    (column.nullable && o.owned !== 'always cascade' ? 'set null' : o.owned === 'no action' ? 'no action' : 'cascade');
  from.parts.push({
    kind: 'foreign-key',
    key: {
      name: null,
      columns: [name],
      table: to.table,
      references: target === undefined ? to.key.slice(0, 1).map((one) => one.name) : [to.fields.get(target) ?? target],
      onDelete,
      onUpdate: textOf(reading, options.get('onUpdate'))?.toLowerCase() ?? 'cascade',
    },
  });
}

/** Undefined unless it makes a table of its own. */
export function associate(written: Written, o: Association): Declared | undefined {
  const { reading } = written;
  const { source, target, options, spot } = o;
  const as = textOf(reading, options.get('as'));
  const given = options.get('foreignKey');
  switch (o.kind) {
    case 'belongsTo':
      point(written, {
        from: source,
        to: target,
        key: givenKey(written, given, o.key ?? keyName(target, as)),
        options,
        spot,
        owned: 'no action',
      });
      return undefined;
    case 'hasMany':
    case 'hasOne':
      // The alias of the other side is not the name of the key here.
      point(written, {
        from: target,
        to: source,
        key: givenKey(written, given, o.key ?? keyName(source, undefined)),
        options,
        spot,
        owned: 'cascade',
      });
      return undefined;
    case 'belongsToMany':
      return between(written, o);
  }
}

function between(written: Written, o: Association): Declared | undefined {
  const { source, target, options, spot, through } = o;
  const own = givenKey(written, options.get('foreignKey'), o.key ?? keyName(source, undefined));
  const self = source === target && options.get('otherKey') === undefined;
  const other = givenKey(
    written,
    options.get('otherKey'),
    o.otherKey ?? keyName(target, self ? textOf(written.reading, options.get('as')) : undefined),
  );
  if (typeof through === 'object') {
    point(written, { from: through, to: source, key: own, options, spot, owned: 'always cascade' });
    point(written, { from: through, to: target, key: other, options, spot, owned: 'always cascade' });
    if (through.impliedKey) {
      // A table between two needs no key of its own.
      const at = through.columns.findIndex(({ name }) => name === 'id');
      if (at !== -1) through.columns.splice(at, 1);
      through.impliedKey = false;
      through.key = through.columns.filter(
        ({ name }) => name === through.fields.get(own.attribute) || name === through.fields.get(other.attribute),
      );
    }
    return undefined;
  }
  if (through === undefined) return undefined;
  const at = placeOf(spot);
  const name = (key: KeyGiven): string => key.column ?? (source.underscored ? snakeCase(key.attribute) : key.attribute);
  const column = (key: KeyGiven, of: Drawn): Column => ({
    ...plainColumn(name(key), of.key[0]?.type ?? '', at),
    nullable: false,
  });
  const date = typeOf(written.dialect, { name: 'DATE', arguments: [], flags: [] });
  const wantsDates = source.timestamps && flagOf(written.reading, options.get('timestamps')) !== false;
  const dates = wantsDates
    ? ['createdAt', 'updatedAt'].map((one) => ({
        ...plainColumn(source.underscored ? snakeCase(one) : one, date, at),
        nullable: false,
      }))
    : [];
  const key = (of: Drawn, given: KeyGiven) =>
    ({
      kind: 'foreign-key',
      key: {
        name: null,
        columns: [name(given)],
        table: of.table,
        references: of.key.slice(0, 1).map((one) => one.name),
        onDelete: 'cascade',
        onUpdate: 'cascade',
      },
    }) as const;
  return {
    name: through,
    entity: null,
    at,
    columns: [...dates, column(own, source), column(other, target)],
    parts: [
      { kind: 'primary-key', key: { name: null, columns: [name(own), name(other)] } },
      key(source, own),
      key(target, other),
    ],
  };
}
