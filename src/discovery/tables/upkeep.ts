// What a dropped or renamed thing takes with it.

import type { ForeignKey, Key, Model, Table } from './model.ts';
import { renameIn } from './rename-in.ts';

export const relationsTo = (table: string, key: ForeignKey): string =>
  `${table} (${key.columns.join(', ')}) → ${key.table} (${key.references.join(', ')})`;

/** Constraints and indexes that name a dropped column go with it, as do foreign keys of others that point to it. */
export function dropColumn(model: Model, table: Table, name: string): Table {
  const free = <T extends { readonly columns: readonly string[] }>(items: readonly T[]): readonly T[] =>
    items.filter(({ columns }) => !columns.includes(name));
  const pointing = (key: ForeignKey): boolean => key.table === table.name && key.references.includes(name);
  for (const other of model.tables.values()) {
    if (other.name === table.name || !other.foreignKeys.some(pointing)) continue;
    model.tables.set(other.name, { ...other, foreignKeys: other.foreignKeys.filter((key) => !pointing(key)) });
  }
  return {
    ...table,
    columns: table.columns.filter((column) => column.name !== name),
    primaryKey: table.primaryKey?.columns.includes(name) ? null : table.primaryKey,
    uniques: free(table.uniques),
    foreignKeys: free(table.foreignKeys).filter((key) => !pointing(key)),
    checks: free(table.checks),
    indexes: free(table.indexes),
  };
}

/** Undefined: there is none of that name. Dropping a key takes no NOT NULL back. */
export function dropConstraint(table: Table, name: string): Table | undefined {
  const others = <T extends { readonly name: string }>(items: readonly T[]): readonly T[] =>
    items.filter((one) => one.name !== name);
  const without = {
    ...table,
    primaryKey: table.primaryKey?.name === name ? null : table.primaryKey,
    uniques: others(table.uniques),
    foreignKeys: others(table.foreignKeys),
    checks: others(table.checks),
  };
  const count = (t: Table): number => (t.primaryKey ? 1 : 0) + t.uniques.length + t.foreignKeys.length + t.checks.length;
  return count(without) === count(table) ? undefined : without;
}

export function renameColumn(model: Model, table: Table, o: { readonly from: string; readonly to: string }): void {
  const one = (name: string): string => (name === o.from ? o.to : name);
  const key = <K extends Key>(k: K): K => ({ ...k, columns: k.columns.map(one) });
  const text = (written: string): string => renameIn(written, o.from, o.to);
  model.tables.set(table.name, {
    ...table,
    columns: table.columns.map((column) => ({
      ...column,
      name: one(column.name),
      generated:
        column.generated === null || column.generated.endsWith('as identity') ? column.generated : text(column.generated),
    })),
    primaryKey: table.primaryKey === null ? null : key(table.primaryKey),
    uniques: table.uniques.map(key),
    foreignKeys: table.foreignKeys.map(key),
    checks: table.checks.map((check) => ({ ...key(check), expression: text(check.expression) })),
    indexes: table.indexes.map((index) => ({
      ...index,
      columns: index.columns.map(one),
      parts: index.parts.map(text),
      where: index.where === null ? null : text(index.where),
    })),
  });
  for (const other of model.tables.values()) {
    if (!other.foreignKeys.some((k) => k.table === table.name)) continue;
    const foreignKeys = other.foreignKeys.map((k) => (k.table === table.name ? { ...k, references: k.references.map(one) } : k));
    model.tables.set(other.name, { ...other, foreignKeys });
  }
}

export function renameTable(model: Model, table: Table, to: string): void {
  model.tables.delete(table.name);
  model.tables.set(to, { ...table, name: to });
  for (const other of model.tables.values()) {
    const stale = other.partitionOf === table.name || other.foreignKeys.some((key) => key.table === table.name);
    if (!stale) continue;
    model.tables.set(other.name, {
      ...other,
      partitionOf: other.partitionOf === table.name ? to : other.partitionOf,
      foreignKeys: other.foreignKeys.map((key) => (key.table === table.name ? { ...key, table: to } : key)),
    });
  }
  for (const view of model.views.values()) {
    if (!view.reads.includes(table.name)) continue;
    model.views.set(view.name, { ...view, reads: view.reads.map((name) => (name === table.name ? to : name)) });
  }
}

export function dropTable(model: Model, name: string): void {
  model.tables.delete(name);
  for (const other of [...model.tables.values()]) {
    if (other.partitionOf === name) dropTable(model, other.name);
    else if (other.foreignKeys.some((key) => key.table === name))
      model.tables.set(other.name, { ...other, foreignKeys: other.foreignKeys.filter((key) => key.table !== name) });
  }
}

export function dropIndex(model: Model, name: string): boolean {
  for (const table of model.tables.values()) {
    if (!table.indexes.some((index) => index.name === name)) continue;
    model.tables.set(table.name, { ...table, indexes: table.indexes.filter((index) => index.name !== name) });
    return true;
  }
  return false;
}

/** A type of columns under a new name. */
export function renameType(model: Model, from: string, to: string): void {
  const values = model.enums.get(from);
  if (values === undefined) return;
  model.enums.delete(from);
  model.enums.set(to, values);
  for (const table of model.tables.values()) {
    const columns = table.columns.map((column) =>
      column.type === from || column.type === `${from}[]` ? { ...column, type: column.type.replace(from, to) } : column,
    );
    model.tables.set(table.name, { ...table, columns });
  }
}
