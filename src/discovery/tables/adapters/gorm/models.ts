// Structs that GORM keeps, as the tables that it makes of them.
import type { GoField, GoStruct, GoStructs } from '../../../grammar/go/structs.ts';
import { within } from '../../../grammar/plain.ts';
import type { Part } from '../../change.ts';
import type { Declared } from '../../declared.ts';
import { type Column, type Dialect, type Place, plainColumn } from '../../model.ts';
import { pluralOf, singularOf } from '../../plural.ts';
import { gormName, optionsOf } from './naming.ts';
import { gormType } from './types.ts';

type Options = ReadonlyMap<string, string>;
export type SayGorm = (place: Place, what: string, why: string) => void;

interface Flat {
  readonly field: GoField;
  /** The struct that it is written in. */
  readonly of: GoStruct;
  readonly prefix: string;
  readonly options: Options;
}
const own = (name: string, type: string, slice = false): GoField => ({
  name,
  embedded: false,
  type: { name: type, pointer: false, slice },
  tags: new Map(name === 'ID' ? [['gorm', 'primaryKey']] : []),
  line: 0,
});
const gormModel: readonly GoField[] = [
  own('ID', 'uint'),
  own('CreatedAt', 'time.Time'),
  own('UpdatedAt', 'time.Time'),
  own('DeletedAt', 'gorm.DeletedAt'),
];

export class GormModels {
  readonly #structs: GoStructs;
  readonly #dialect: Dialect;
  readonly #say: SayGorm;
  readonly #singular: boolean;
  readonly #models: ReadonlySet<GoStruct>;
  /** What models say of the tables of others. */
  readonly #into: Declared[] = [];

  constructor(o: {
    readonly structs: GoStructs;
    readonly dialect: Dialect;
    readonly singular: boolean;
    readonly models: ReadonlySet<GoStruct>;
    readonly say: SayGorm;
  }) {
    this.#structs = o.structs;
    this.#dialect = o.dialect;
    this.#singular = o.singular;
    this.#models = o.models;
    this.#say = o.say;
  }

  declared(): readonly Declared[] {
    const tables = [...this.#models].flatMap((model) => this.#table(model));
    return [...tables, ...this.#into];
  }

  tableOf(model: GoStruct): string {
    const method = this.#structs.method(model.name, model.file, 'TableName');
    const [returned] = within(method, ['return_statement']);
    const [text] = within(returned, ['interpreted_string_literal', 'raw_string_literal']);
    if (text !== undefined) return text.text.slice(1, -1);
    if (method !== undefined)
      this.#say(
        { file: model.file, line: method.line },
        `${model.name}.TableName`,
        'the name of its table is not known from the text',
      );
    return this.#singular ? gormName(model.name) : pluralOf(gormName(model.name));
  }

  /** All fields, with those of what is embedded in their places. */
  #flat(of: GoStruct, prefix = '', depth = 0): readonly Flat[] {
    return of.fields.flatMap((field): readonly Flat[] => {
      const options = optionsOf(field.tags.get('gorm') ?? field.tags.get('sql') ?? '');
      if (options.has('-') || (!field.embedded && !/^[A-Z]/.test(field.name))) return [];
      if (!field.embedded && !options.has('embedded')) return [{ field, of, prefix, options }];
      if (/(^|\.)gorm\.Model$/.test(field.type.name))
        return gormModel.map((one) => ({ field: one, of, prefix, options: optionsOf(one.tags.get('gorm') ?? '') }));
      const inner = this.#structs.struct(field.type.name, of.file);
      if (inner !== undefined && depth < 8) return this.#flat(inner, prefix + (options.get('embeddedprefix') ?? ''), depth + 1);
      this.#say(
        { file: of.file, line: field.line },
        `${of.name}.${field.name}`,
        `the struct ${field.type.name} that it embeds is not known`,
      );
      return [];
    });
  }

  #nameOf({ field, prefix, options }: Flat): string {
    return prefix + (options.get('column') ?? gormName(field.name));
  }
  #keys(model: GoStruct): readonly Flat[] {
    const all = this.#flat(model);
    const marked = all.filter(({ options }) => options.has('primarykey'));
    return marked.length > 0 ? marked : all.filter(({ field }) => field.name === 'ID');
  }

  #table(model: GoStruct): readonly Declared[] {
    const fields = this.#flat(model);
    const columns: Column[] = [];
    const parts: Part[] = [];
    const indexed: (readonly [Options, string])[] = [];
    const beside: Declared[] = [];
    const keys = this.#keys(model).map((one) => this.#nameOf(one));
    for (const one of fields) {
      const target = this.#structs.struct(one.field.type.name, one.of.file);
      const isScanned = target !== undefined && this.#structs.method(target.name, target.file, 'Value') !== undefined;
      if (target !== undefined && !isScanned && !one.options.has('type') && !one.options.has('serializer')) {
        const through = one.options.get('many2many');
        if (through !== undefined) beside.push(this.#between({ model, target, through, one }));
        else parts.push(...this.#refers(model, fields, one, target));
        continue;
      }
      const column = this.#column(one, keys, target !== undefined);
      if (column === undefined) continue;
      columns.push(column);
      indexed.push([one.options, column.name]);
      if (one.options.has('unique')) parts.push({ kind: 'unique', key: { name: null, columns: [column.name] } });
    }
    const at = { file: model.file, line: model.line };
    if (keys.length > 0) parts.unshift({ kind: 'primary-key', key: { name: null, columns: keys } });
    return [
      { name: this.tableOf(model), entity: model.name, at, columns, parts: [...parts, ...this.#indexes(indexed)] },
      ...beside,
    ];
  }

  #column(one: Flat, keys: readonly string[], isStruct: boolean): Column | undefined {
    const { field, of, options } = one;
    const base = this.#structs.other(field.type.name, of.file);
    const isJson = options.get('serializer') !== undefined;
    const type = gormType(this.#dialect, {
      name: isJson || isStruct ? 'string' : (base?.name ?? field.type.name),
      slice: !isJson && !isStruct && (field.type.slice || base?.slice === true),
      type: options.get('type'),
      size: options.get('size'),
    });
    const name = this.#nameOf(one);
    const at = { file: of.file, line: field.line === 0 ? of.line : field.line };
    if (type === undefined) {
      const isScanned = this.#structs.method(field.type.name, of.file, 'Value') !== undefined;
      if (!isScanned)
        this.#say(
          at,
          `${of.name}.${field.name}`,
          `the type of its column is not known: ${field.type.name} is not of this program`,
        );
    }
    const isKey = keys.includes(name);
    const nullable = !(
      isKey ||
      options.has('not null') ||
      /\bnot null\b/i.test(field.tags.get('sql') ?? options.get('type') ?? '')
    );
    const column = { ...plainColumn(name, type ?? 'unknown', at), nullable };
    const set = options.get('default');
    return set === undefined ? column : { ...column, default: set };
  }
  /** Fields that name one index are its parts, in their order. */
  #indexes(fields: readonly (readonly [Options, string])[]): readonly Part[] {
    const found = new Map<string, { readonly name: string | null; readonly unique: boolean; readonly columns: string[] }>();
    for (const [options, column] of fields) {
      const unique = options.has('uniqueindex');
      if (!unique && !options.has('index')) continue;
      const name = (options.get('uniqueindex') ?? options.get('index') ?? '').split(',')[0] ?? '';
      const known = found.get(name);
      if (name !== '' && known !== undefined) known.columns.push(column);
      else found.set(name === '' ? `:${column}` : name, { name: name === '' ? null : name, unique, columns: [column] });
    }
    return [...found.values()].map(({ name, unique, columns }) => ({
      kind: 'index',
      key: { name, columns, parts: columns, unique, method: 'btree', where: null },
    }));
  }

  /** A reference from here to the target; of what this one has, and of lists, from the target to here. */
  #refers(model: GoStruct, fields: readonly Flat[], one: Flat, target: GoStruct): readonly Part[] {
    const written = one.options.get('foreignkey');
    const named = (among: readonly Flat[], wanted: string): Flat | undefined =>
      among.find(({ field }) => field.name.toLowerCase() === wanted.toLowerCase());
    const refer = (from: Flat, to: GoStruct): Part => {
      const references = this.#keys(to).map((key) => this.#nameOf(key));
      const key = { name: null, columns: [this.#nameOf(from)], table: this.tableOf(to), references };
      return { kind: 'foreign-key', key: { ...key, onDelete: 'no action', onUpdate: 'no action' } };
    };
    const here = one.field.type.slice ? undefined : named(fields, written ?? `${one.field.name}ID`);
    if (here !== undefined) return [refer(here, target)];
    const there = this.#models.has(target) ? named(this.#flat(target), written ?? `${model.name}ID`) : undefined;
    if (there !== undefined) {
      const at = { file: target.file, line: target.line };
      this.#into.push({ name: this.tableOf(target), entity: target.name, at, columns: [], parts: [refer(there, model)] });
    }
    return [];
  }

  #between(o: { readonly model: GoStruct; readonly target: GoStruct; readonly through: string; readonly one: Flat }): Declared {
    const at = { file: o.one.of.file, line: o.one.field.line };
    const side = (of: GoStruct, base: string) =>
      this.#keys(of).map((key) => {
        const name = this.#nameOf(key);
        const type = this.#column(key, [name], false)?.type ?? 'bigint';
        return { column: { ...plainColumn(`${gormName(base)}_${name}`, type, at), nullable: false }, references: name };
      });
    const left = side(o.model, o.model.name);
    const right = side(o.target, o.target === o.model ? singularOf(o.one.field.name) : o.target.name);
    const refer = (list: typeof left, of: GoStruct): Part => {
      const key = { name: null, columns: list.map(({ column }) => column.name), references: list.map((each) => each.references) };
      return { kind: 'foreign-key', key: { ...key, table: this.tableOf(of), onDelete: 'no action', onUpdate: 'no action' } };
    };
    const columns = [...left, ...right].map(({ column }) => column);
    return {
      name: gormName(o.through),
      entity: null,
      at,
      columns,
      parts: [
        { kind: 'primary-key', key: { name: null, columns: columns.map(({ name }) => name) } },
        refer(left, o.model),
        refer(right, o.target),
      ],
    };
  }
}
