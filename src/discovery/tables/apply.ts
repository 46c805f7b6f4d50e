// Applies changes to the model, in order, and says in words what each does.
import type { Change, Part } from './change.ts';
import { type Column, emptyTable, type Model, type Place, type Table, type Unclear } from './model.ts';
import { withoutPart, withPart } from './part.ts';
import { dropColumn, dropIndex, dropTable, renameColumn, renameTable } from './upkeep.ts';

export interface PlacedChange {
  readonly change: Change;
  readonly line: number;
  /** The first line of what was written, for people. */
  readonly excerpt: string;
}
export interface Applied {
  readonly does: readonly string[];
  readonly notUnderstood: readonly Unclear[];
}
interface Saying {
  does(what: string): void;
  unknown(why: string): void;
}

export function applyChanges(model: Model, file: string, changes: readonly PlacedChange[]): Applied {
  const does: string[] = [];
  const notUnderstood: Unclear[] = [];
  for (const { change, line, excerpt } of changes) {
    apply(model, change, {
      at: { file, line },
      does: (what) => void (what === '' || does.push(what)),
      unknown: (why) => void notUnderstood.push({ file, line, what: excerpt, why }),
    });
  }
  return { does, notUnderstood };
}

function apply(model: Model, change: Change, say: Saying & { readonly at: Place }) {
  switch (change.kind) {
    case 'says':
      return say.does(change.what);
    case 'create-enum':
      model.enums.set(change.name, change.values);
      return say.does(`creates enum ${change.name}`);
    case 'drop-enum':
      model.enums.delete(change.name);
      return say.does(`drops type ${change.name}`);
    case 'create-view':
      model.views.set(change.view.name, change.view);
      return say.does(`creates view ${change.view.name}`);
    case 'drop-view':
      if (model.views.delete(change.name)) say.does(`drops view ${change.name}`);
      else if (!change.ifExists) say.unknown(`no migration before this one makes the view ${change.name}`);
      return;
    case 'drop-index':
      if (dropIndex(model, change.name)) say.does(`drops index ${change.name}`);
      else if (!change.ifExists) say.unknown(`no migration before this one makes the index ${change.name}`);
      return;
    case 'create-table':
      return createTable(model, change, say);
    case 'copy-table': {
      const of = model.tables.get(change.of);
      if (of === undefined) return say.unknown(`no migration before this one makes the table ${change.of}`);
      model.tables.set(change.table, { ...of, name: change.table, foreignKeys: [], at: say.at });
      return say.does(`creates table ${change.table} like ${change.of}`);
    }
    default: {
      const table = model.tables.get(change.table);
      if (table !== undefined) return onTable(model, table, change, say);
      const harmless = ('ifExists' in change && change.ifExists) || ('ifMissing' in change && change.ifMissing);
      if (!harmless) say.unknown(`no migration before this one makes the table ${change.table}`);
    }
  }
}

function createTable(model: Model, change: Change & { readonly kind: 'create-table' }, say: Saying & { readonly at: Place }) {
  if (model.tables.has(change.table)) {
    if (!change.ifMissing) say.unknown(`the table ${change.table} exists already`);
    return;
  }
  const last = (part: Part): number => Number(part.kind === 'foreign-key');
  const made = [...change.parts]
    .sort((a, b) => last(a) - last(b))
    .reduce<Table>((table, part) => withPart(model, table, part), {
      ...emptyTable(change.table, say.at),
      ...change.more,
      columns: change.columns,
    });
  model.tables.set(change.table, made);
  say.does(`creates table ${change.table} (${made.columns.length} ${made.columns.length === 1 ? 'column' : 'columns'})`);
}

type OnTable = Extract<Change, { readonly table: string }>;
function onTable(
  model: Model,
  table: Table,
  change: Exclude<OnTable, { readonly kind: 'create-table' | 'copy-table' }>,
  say: Saying,
) {
  const column = 'column' in change && typeof change.column === 'string' ? change.column : undefined;
  if (column !== undefined && !table.columns.some(({ name }) => name === column)) {
    if (!('ifExists' in change && change.ifExists))
      say.unknown(`no migration before this one makes the column ${table.name}.${column}`);
    return;
  }
  const keep = (changed: Table): void => void model.tables.set(table.name, changed);
  switch (change.kind) {
    case 'drop-table':
      dropTable(model, table.name);
      return say.does(`drops table ${table.name}`);
    case 'rename-table':
      renameTable(model, table, change.to);
      return say.does(`renames table ${table.name} to ${change.to}`);
    case 'add-column': {
      const { name, type, nullable } = change.column;
      if (table.columns.some((one) => one.name === name)) {
        if (!change.ifMissing) say.unknown(`the column ${table.name}.${name} exists already`);
        return;
      }
      keep({ ...table, columns: inserted(table.columns, change.column, change.after) });
      return say.does(`adds column ${table.name}.${name} ${type}${nullable ? '' : ' not null'}`);
    }
    case 'drop-column':
      keep(dropColumn(model, table, change.column));
      return say.does(`drops column ${table.name}.${change.column}`);
    case 'rename-column':
      renameColumn(model, table, { from: change.column, to: change.to });
      return say.does(`renames column ${table.name}.${change.column} to ${change.to}`);
    case 'change-column': {
      const { name, ...rest } = change.to;
      keep({ ...table, columns: table.columns.map((one) => (one.name === change.column ? { ...one, ...rest } : one)) });
      const now = model.tables.get(table.name);
      if (name !== undefined && name !== change.column && now !== undefined)
        renameColumn(model, now, { from: change.column, to: name });
      return say.does(
        `changes column ${table.name}.${name ?? change.column}${rest.type === undefined ? '' : ` to ${rest.type}`}`,
      );
    }
    case 'add-part': {
      const { name } = change.part.key;
      if (name !== null && change.part.kind === 'index' && table.indexes.some((one) => one.name === name)) {
        if (!change.ifMissing) say.unknown(`the index ${name} exists already`);
        return;
      }
      keep(withPart(model, table, change.part));
      return say.does(`adds ${wordsOf(table.name, change.part)}`);
    }
    case 'drop-part': {
      const without = withoutPart(table, change);
      const what = `${change.of.replace('-', ' ')}${change.name === null ? '' : ` ${change.name}`} of ${table.name}`;
      if (without === undefined) {
        if (!change.ifExists) say.unknown(`no migration before this one makes the ${what}`);
        return;
      }
      keep(without);
      return say.does(`drops ${what}`);
    }
    case 'rename-part': {
      const all = <T extends { readonly name: string }>(items: readonly T[]): readonly T[] =>
        items.map((one) => (one.name === change.name ? { ...one, name: change.to } : one));
      keep({
        ...table,
        primaryKey: table.primaryKey === null ? null : (all([table.primaryKey])[0] ?? null),
        uniques: all(table.uniques),
        foreignKeys: all(table.foreignKeys),
        checks: all(table.checks),
        indexes: all(table.indexes),
      });
      return say.does(`renames ${change.name} of ${table.name} to ${change.to}`);
    }
  }
}

function inserted(columns: readonly Column[], column: Column, after: string | null): readonly Column[] {
  const at = after === null ? columns.length : after === '' ? 0 : columns.findIndex(({ name }) => name === after) + 1;
  return [...columns.slice(0, at), column, ...columns.slice(at)];
}

function wordsOf(table: string, part: Part): string {
  const columns = part.key.columns.join(', ');
  switch (part.kind) {
    case 'primary-key':
      return `primary key ${table} (${columns})`;
    case 'unique':
      return `unique constraint ${table} (${columns})`;
    case 'foreign-key':
      return `foreign key ${table} (${columns}) → ${part.key.table} (${part.key.references.join(', ')})`;
    case 'check':
      return `check on ${table}: ${part.key.expression}`;
    case 'index':
      return `${part.key.unique ? 'unique ' : ''}index on ${table} (${part.key.parts.join(', ')})`;
  }
}
