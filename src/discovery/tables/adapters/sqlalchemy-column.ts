import type { Column } from '../../contract/tables.ts';
import type { Plain } from '../../grammar/plain.ts';
import { argument, argumentsOf } from '../../grammar/python/literal.ts';
import type { Module } from '../../grammar/python/modules.ts';
import type { Python } from '../../grammar/python/values.ts';
import type { Part } from '../change.ts';
import { type Annotated, type ColumnType, typeOf } from './sqlalchemy-types.ts';

export interface Written {
  readonly column: Column;
  readonly parts: readonly Part[];
  readonly isKey: boolean;
  readonly enum: ColumnType['enum'];
  /** `users.id`: its type is that of what it points to. */
  readonly typeOf: string | null;
}
export const lastName = (name: string): string => name.split('.').at(-1) ?? '';
const isTrue = (node: Plain | undefined): boolean => node?.text === 'True';
const action = (text: string | undefined): string => (text ?? 'no action').toLowerCase();

/** `ForeignKey("users.id", ondelete="CASCADE")` of a column. */
export function foreignKey(
  columns: readonly string[],
  o: {
    readonly to: string;
    readonly onDelete?: string | undefined;
    readonly onUpdate?: string | undefined;
    readonly name?: string | undefined;
  },
): Part {
  const parts = o.to.split('.');
  return {
    kind: 'foreign-key',
    key: {
      name: o.name ?? null,
      columns,
      table: parts.slice(0, -1).join('.') || o.to,
      references: parts.length > 1 ? parts.slice(-1) : [],
      onDelete: action(o.onDelete),
      onUpdate: action(o.onUpdate),
    },
  };
}
export const index = (columns: readonly string[], o: { readonly name: string | null; readonly unique: boolean }): Part => ({
  kind: 'index',
  key: { name: o.name, columns, parts: columns, unique: o.unique, method: 'btree', where: null },
});

/** `Column(...)`, `mapped_column(...)` and SQLModel's `Field(...)`. `name`: of the attribute. */
export function columnOf(
  program: Python,
  at: { readonly call: Plain; readonly module: Module },
  o: { readonly name: string | null; readonly annotated?: Annotated; readonly table: string; readonly isField: boolean },
): Written | undefined {
  const { call, module } = at;
  const { positional, named } = argumentsOf(call);
  const texts = o.isField ? [] : positional.slice(0, 1).flatMap((one) => program.text(one, module) ?? []);
  const name = texts[0] ?? program.text(named.get('name'), module) ?? o.name;
  if (name === null) return undefined;
  const parts: Part[] = [];
  let type: ColumnType | undefined;
  let target: string | null = null;
  let identity = false;
  for (const one of o.isField
    ? [named.get('sa_type')].flatMap((node) => node ?? [])
    : [...positional.slice(texts.length), ...[named.get('type_')].flatMap((node) => node ?? [])]) {
    const value = program.value(one, module);
    const called = value.kind === 'call' ? lastName(program.nameOf(value.of)) : '';
    if (called === 'ForeignKey' && value.kind === 'call') {
      const text = program.text(argument(value.node, 0, 'column'), value.module);
      if (text === undefined) continue;
      target = text;
      const [onDelete, onUpdate] = ['ondelete', 'onupdate'].map((key) =>
        program.text(argument(value.node, null, key), value.module),
      );
      parts.push(foreignKey([name], { to: text, onDelete, onUpdate }));
    } else if (called === 'Identity') identity = true;
    else type ??= typeOf(program, one, module);
  }
  const linked = o.isField ? program.text(named.get('foreign_key'), module) : undefined;
  if (linked !== undefined) {
    target = linked;
    parts.push(foreignKey([name], { to: linked, onDelete: program.text(named.get('ondelete'), module) }));
  }
  const length = o.isField ? named.get('max_length')?.text : undefined;
  const said = type ?? o.annotated?.type;
  const final =
    said?.type === 'character varying' && length !== undefined && /^\d+$/.test(length)
      ? { ...said, type: `character varying(${length})` }
      : said;
  const isKey = isTrue(named.get('primary_key'));
  const nullable = named.get('nullable');
  if (isTrue(named.get('unique')) && !(o.isField && isTrue(named.get('index')))) {
    if (isTrue(named.get('index'))) parts.push(index([name], { name: `ix_${o.table}_${name}`, unique: true }));
    else parts.push({ kind: 'unique', key: { name: null, columns: [name] } });
  } else if (isTrue(named.get('index')))
    parts.push(index([name], { name: `ix_${o.table}_${name}`, unique: isTrue(named.get('unique')) }));
  const server = named.get('server_default');
  return {
    column: {
      name,
      type: final?.type ?? '',
      nullable: !isKey && (nullable === undefined ? (o.annotated?.nullable ?? true) : isTrue(nullable)),
      default: server === undefined ? null : (program.text(server, module) ?? server.text),
      generated: identity ? 'by default as identity' : null,
      enum: final?.enum?.name ?? null,
      at: { file: module.file, line: call.line },
    },
    parts,
    isKey,
    enum: final?.enum ?? null,
    typeOf: final === undefined ? target : null,
  };
}
