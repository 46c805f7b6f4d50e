import type { Column, Dialect } from '../../contract/tables.ts';
import { childOf } from '../../grammar/plain.ts';
import { type Call, textOf, textsOf } from '../../grammar/ruby/literal.ts';
import type { Part } from '../change.ts';
import { pluralOf } from '../plural.ts';
import { railsType } from './rails-types.ts';

/** How a file of Active Record is to be read. */
export interface Setting {
  readonly dialect: Dialect;
  readonly file: string;
  /** Of `Schema[7.0]` and `Migration[7.0]`; 0: none is said. */
  readonly version: number;
}
export const actionOf = (text: string | undefined): string =>
  text === 'nullify' ? 'set null' : (text ?? 'no action').replaceAll('_', ' ');
const numberOf = (call: Call, name: string): number | null => {
  const text = textOf(call.options.get(name));
  return text !== undefined && /^\d+$/.test(text) ? Number(text) : null;
};

/** A column with the type and options of a call: `t.string :name, null: false`. */
export function columnOf(setting: Setting, call: Call, o: { readonly name: string; readonly type: string }): Column {
  const written = call.options.get('default');
  const value = textOf(written) ?? (written?.kind === 'nil' ? undefined : written?.text);
  const precision = call.options.get('precision')?.kind === 'nil' ? ('none' as const) : numberOf(call, 'precision');
  const isEnum = o.type === 'enum';
  const enumType = isEnum ? (textOf(call.options.get('enum_type')) ?? null) : null;
  const generated = o.type === 'virtual' ? (textOf(call.options.get('as')) ?? null) : null;
  const type = enumType ?? (o.type === 'virtual' ? (textOf(call.options.get('type')) ?? 'text') : o.type);
  return {
    name: o.name,
    type: railsType(type, {
      dialect: setting.dialect,
      limit: numberOf(call, 'limit'),
      precision,
      scale: numberOf(call, 'scale'),
      isArray: call.options.get('array')?.text === 'true',
      precise: setting.version >= 7,
    }),
    nullable: call.options.get('null')?.text !== 'false',
    default: value ?? null,
    generated,
    enum: enumType,
    at: { file: setting.file, line: call.node.line },
  };
}

/** `t.references :user, foreign_key: true, polymorphic: true` */
export function referenceOf(
  setting: Setting,
  call: Call,
  name: string,
): { readonly columns: readonly Column[]; readonly parts: readonly Part[] } {
  const type = textOf(call.options.get('type')) ?? (setting.version >= 5.1 || setting.version === 0 ? 'bigint' : 'integer');
  const plain: Call = { ...call, options: new Map([...call.options].filter(([key]) => key === 'null' || key === 'default')) };
  const column = columnOf(setting, plain, { name: `${name}_id`, type });
  const isPolymorphic = call.options.has('polymorphic');
  const kind = isPolymorphic ? [columnOf(setting, plain, { name: `${name}_type`, type: 'string' })] : [];
  const columns = [...kind, column];
  const names = columns.map((one) => one.name);
  const parts: Part[] = [];
  const index = call.options.get('index');
  if (index === undefined ? setting.version >= 5 || setting.version === 0 : index.text !== 'false')
    parts.push(indexPart({ table: '', columns: names, unique: /unique:\s*true/.test(index?.text ?? ''), name: null }));
  const foreign = call.options.get('foreign_key');
  if (foreign !== undefined && foreign.text !== 'false') {
    const to =
      foreign.kind === 'hash'
        ? foreign.children.find((pair) => pair.kind === 'pair' && textOf(childOf(pair, 'key')) === 'to_table')
        : undefined;
    parts.push(
      foreignPart({
        columns: [`${name}_id`],
        table: textOf(to && childOf(to, 'value')) ?? pluralOf(name),
        references: [],
        onDelete: actionOf(/on_delete:\s*:(\w+)/.exec(foreign.text)?.[1]),
        name: null,
      }),
    );
  }
  return { columns, parts };
}

export const foreignPart = (o: {
  readonly columns: readonly string[];
  readonly table: string;
  readonly references: readonly string[];
  readonly onDelete: string;
  readonly onUpdate?: string;
  readonly name: string | null;
}): Part => ({
  kind: 'foreign-key',
  key: {
    name: o.name,
    columns: o.columns,
    table: o.table,
    references: o.references,
    onDelete: o.onDelete,
    onUpdate: o.onUpdate ?? 'no action',
  },
});

/** Active Record names an index itself: `index_orders_on_a_and_b`. */
export function indexPart(o: {
  readonly table: string;
  readonly columns: readonly string[];
  readonly unique: boolean;
  readonly name: string | null;
  readonly where?: string | null;
  readonly method?: string;
}): Part {
  const given = `index_${o.table}_on_${o.columns.join('_and_')}`;
  return {
    kind: 'index',
    key: {
      name: o.name ?? (o.table === '' ? null : given),
      columns: o.columns.filter((one) => /^\w+$/.test(one)),
      parts: o.columns,
      unique: o.unique,
      method: o.method ?? 'btree',
      where: o.where ?? null,
    },
  };
}
export const indexOf = (table: string, call: Call, columns: Call['positional'][number] | undefined): Part | undefined => {
  const names = textsOf(columns);
  return names === undefined
    ? undefined
    : indexPart({
        table,
        columns: names,
        unique: call.options.get('unique')?.text === 'true',
        name: textOf(call.options.get('name')) ?? null,
        where: textOf(call.options.get('where')) ?? null,
        method: textOf(call.options.get('using')) ?? 'btree',
      });
};
