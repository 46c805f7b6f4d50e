// What a model of Sequelize says of itself, whether it is defined, initialised or decorated.
import { snakeCase } from '../../case.ts';
import type { Part } from '../../change.ts';
import { type Column, type Place, plainColumn } from '../../model.ts';
import { pluralOf, singularOf } from '../../plural.ts';
import { type Bag, bagOf, flagOf, listOf, type Spot, textOf } from '../code/spot.ts';
import { type AttributeSeen, attributeOf, type Written } from './attribute.ts';
import { typeOf } from './types.ts';

/** One model, before its associations. */
export interface ModelSeen {
  /** Of the class or the variable that stands for it. */
  readonly names: readonly string[];
  readonly name: string;
  readonly spot: Spot;
  readonly at: Place;
  readonly options: Bag;
  readonly attributes: ReadonlyMap<string, Spot>;
  /** Of sequelize-typescript: what its decorators say. */
  readonly decorated?: readonly { readonly property: string; readonly seen: AttributeSeen }[];
  readonly timestamps?: Readonly<Record<'createdAt' | 'updatedAt' | 'deletedAt', string | undefined>>;
}
/** A model as a table that associations still add to. */
export interface Drawn {
  readonly model: ModelSeen;
  readonly table: string;
  readonly singular: string;
  readonly underscored: boolean;
  readonly timestamps: boolean;
  readonly columns: Column[];
  readonly parts: Part[];
  /** Column by attribute. */
  readonly fields: Map<string, string>;
  /** Columns of the primary key; `implied`: nobody wrote it. */
  key: readonly Column[];
  impliedKey: boolean;
  readonly enums: { readonly name: string; readonly values: readonly string[] }[];
}

/** The option of the model, or what `new Sequelize({ define: … })` says for all. */
function optionOf(model: ModelSeen, defaults: Bag, name: string): Spot | undefined {
  return model.options.get(name) ?? defaults.get(name);
}

export function drawn(
  written: Written,
  o: { readonly model: ModelSeen; readonly defaults: Bag; readonly tableOf: (spot: Spot) => string | undefined },
): Drawn {
  const { reading, dialect } = written;
  const { model, defaults } = o;
  const option = (name: string): Spot | undefined => optionOf(model, defaults, name);
  const flag = (name: string): boolean | undefined => flagOf(reading, option(name));
  const underscored = flag('underscored') === true;
  const table = tableName(written, model, defaults);
  const columns: Column[] = [];
  const parts: Part[] = [];
  const fields = new Map<string, string>();
  const enums: { readonly name: string; readonly values: readonly string[] }[] = [];
  const keys: Column[] = [];
  const named = (property: string, column: Column): Column =>
    underscored && column.name === property ? { ...column, name: snakeCase(property) } : column;
  const take = (property: string, seen: AttributeSeen): void => {
    let column = named(property, seen.column);
    if (seen.values !== undefined && dialect === 'postgresql' && column.enum === null)
      column = { ...column, type: `enum_${table}_${column.name}`, enum: `enum_${table}_${column.name}` };
    if (columns.some(({ name }) => name === column.name)) return;
    columns.push(column);
    fields.set(property, column.name);
    if (seen.primary) keys.push(column);
    const renamed = (names: readonly string[]): readonly string[] =>
      names.map((name) => (name === property ? column.name : name));
    parts.push(...seen.parts.map((part) => ({ ...part, key: { ...part.key, columns: renamed(part.key.columns) } }) as Part));
    if (column.enum !== null) enums.push({ name: column.enum, values: seen.values ?? [] });
  };
  for (const [property, spot] of model.attributes) {
    if (property === '...') {
      written.unclear(spot, `some attributes of the model ${model.name} come from what is not known here`);
      continue;
    }
    const seen = attributeOf(written, { name: property, spot, table, tableOf: o.tableOf });
    if (seen !== undefined) take(property, seen);
  }
  for (const { property, seen } of model.decorated ?? []) take(property, seen);
  const impliedKey = keys.length === 0 && flag('noPrimaryKey') !== true;
  if (impliedKey) {
    const id: Column = {
      ...plainColumn('id', typeOf(dialect, { name: 'INTEGER', arguments: [], flags: [] }), model.at),
      nullable: false,
      default: dialect === 'postgresql' ? `nextval('${table}_id_seq')` : null,
      generated: dialect === 'postgresql' ? null : dialect === 'mysql' ? 'auto_increment' : 'autoincrement',
    };
    columns.unshift(id);
    fields.set('id', 'id');
    keys.push(id);
  }
  const timestamps = flag('timestamps') !== false;
  const dated = (which: 'createdAt' | 'updatedAt' | 'deletedAt'): void => {
    const given = option(which);
    if (flagOf(reading, given) === false) return;
    const property = model.timestamps?.[which] ?? textOf(reading, given) ?? which;
    const name = fields.get(property) ?? (underscored ? snakeCase(property) : property);
    if (columns.some((one) => one.name === name)) return;
    const type = typeOf(dialect, { name: 'DATE', arguments: [], flags: [] });
    columns.push({ ...plainColumn(name, type, model.at), nullable: which === 'deletedAt' });
    fields.set(property, name);
  };
  if (timestamps) {
    dated('createdAt');
    dated('updatedAt');
    if (flag('paranoid') === true || model.timestamps?.deletedAt !== undefined) dated('deletedAt');
  }
  if (flag('version') === true) columns.push({ ...plainColumn('version', 'integer', model.at), nullable: false, default: '0' });
  for (const one of listOf(reading, model.options.get('indexes')) ?? []) {
    const bag = bagOf(reading, one);
    const list = (listOf(reading, bag?.get('fields')) ?? []).flatMap(
      (item) =>
        textOf(reading, item) ??
        textOf(reading, bagOf(reading, item)?.get('name') ?? bagOf(reading, item)?.get('attribute')) ??
        [],
    );
    const names = list.map((name) => fields.get(name) ?? name);
    if (names.length === 0) continue;
    const called = textOf(reading, bag?.get('name')) ?? [table, ...names].join('_');
    const key = {
      name: called,
      columns: names,
      parts: names,
      unique: flagOf(reading, bag?.get('unique')) === true,
      method: textOf(reading, bag?.get('using'))?.toLowerCase() ?? 'btree',
      where: null,
    };
    parts.push({ kind: 'index', key });
  }
  return {
    model,
    table,
    singular: singularOf(model.name),
    underscored,
    timestamps,
    columns,
    parts,
    fields,
    key: keys,
    impliedKey,
    enums,
  };
}

export function tableName({ reading }: Written, model: ModelSeen, defaults: Bag): string {
  const given = textOf(reading, model.options.get('tableName'));
  const schema = textOf(reading, optionOf(model, defaults, 'schema'));
  const prefix = schema === undefined || schema === 'public' ? '' : `${schema}.`;
  if (given !== undefined) return prefix + given;
  if (flagOf(reading, optionOf(model, defaults, 'freezeTableName')) === true) return prefix + model.name;
  const many = pluralOf(model.name);
  return prefix + (flagOf(reading, optionOf(model, defaults, 'underscored')) === true ? snakeCase(many) : many);
}
