// Tables that models declare, all at once and in no order.
import type { Part } from './change.ts';
import { type Column, type Dialect, emptyModel, emptyTable, type Place, type Table } from './model.ts';
import { withPart } from './part.ts';

export interface Declared {
  readonly name: string;
  readonly entity: string | null;
  readonly kind?: Table['kind'];
  readonly at: Place;
  readonly columns: readonly Column[];
  readonly parts: readonly Part[];
}

/** Several models of one table, as in single-table inheritance, give one table with the columns of all. */
export function tablesOf(declared: readonly Declared[], dialect: Dialect): readonly Table[] {
  const model = emptyModel(dialect);
  const both = (a: readonly Column[], b: readonly Column[]): readonly Column[] => [
    ...a,
    ...b.filter(({ name }) => !a.some((one) => one.name === name)),
  ];
  for (const one of declared) {
    const table = model.tables.get(one.name) ?? {
      ...emptyTable(one.name, one.at),
      entity: one.entity,
      kind: one.kind ?? 'table',
    };
    model.tables.set(one.name, { ...table, columns: both(table.columns, one.columns) });
  }
  const add = (which: (part: Part) => boolean): void => {
    for (const { name, parts } of declared) {
      for (const part of parts.filter(which)) {
        const table = model.tables.get(name);
        if (table !== undefined && !has(table, part)) model.tables.set(name, withPart(model, table, part));
      }
    }
  };
  // A foreign key that names no columns points to a primary key, which must be there before.
  add(({ kind }) => kind === 'primary-key');
  add(({ kind }) => kind !== 'primary-key');
  return [...model.tables.values()];
}

const same = (a: readonly string[], b: readonly string[]): boolean => a.length === b.length && a.every((one, n) => one === b[n]);
function has(table: Table, part: Part): boolean {
  switch (part.kind) {
    case 'primary-key':
      return table.primaryKey !== null;
    case 'unique':
      return table.uniques.some(({ columns }) => same(columns, part.key.columns));
    case 'foreign-key':
      return table.foreignKeys.some(({ columns, table: to }) => to === part.key.table && same(columns, part.key.columns));
    case 'check':
      return false;
    case 'index':
      return part.key.name !== null && table.indexes.some(({ name }) => name === part.key.name);
  }
}
