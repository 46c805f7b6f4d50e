// Keys, checks and indexes on their way into a table, and the names that databases give to those without one.
import type { Name, Part } from './change.ts';
import type { Model, Table } from './model.ts';
import { freeName, namesOf, plain } from './part-names.ts';

const notNull = (table: Table, columns: readonly string[]): Table => ({
  ...table,
  columns: table.columns.map((one) => (columns.includes(one.name) ? { ...one, nullable: false } : one)),
});

/** MySQL calls a unique key after its first column and a foreign key `orders_ibfk_1`; SQLite has no names, so PostgreSQL's serve. */
function nameOf(model: Model, table: Table, o: { readonly columns: readonly string[]; readonly kind: Part['kind'] }): string {
  const labels = { 'primary-key': 'pkey', unique: 'key', 'foreign-key': 'fkey', check: 'check', index: 'idx' } as const;
  if (model.dialect !== 'mysql')
    return freeName({ model, table, columns: o.kind === 'primary-key' ? [] : o.columns, label: labels[o.kind] });
  if (o.kind === 'primary-key') return 'PRIMARY';
  const taken = new Set(namesOf(table));
  const base = plain(table.name);
  for (let n = 1; ; n++) {
    const name =
      o.kind === 'foreign-key'
        ? `${base}_ibfk_${n}`
        : o.kind === 'check'
          ? `${base}_chk_${n}`
          : `${o.columns[0] ?? base}${n === 1 ? '' : `_${n}`}`;
    if (!taken.has(name)) return name;
  }
}

export function withPart(model: Model, table: Table, part: Part): Table {
  const { columns } = part.key;
  const named = (given: Name): string => given ?? nameOf(model, table, { columns, kind: part.kind });
  switch (part.kind) {
    case 'primary-key': {
      const name = model.dialect === 'mysql' ? 'PRIMARY' : named(part.key.name);
      return { ...notNull(table, columns), primaryKey: { name, columns } };
    }
    case 'unique':
      return { ...table, uniques: [...table.uniques, { name: named(part.key.name), columns }] };
    case 'foreign-key': {
      const target = part.key.table === table.name ? table : model.tables.get(part.key.table);
      const references = part.key.references.length > 0 ? part.key.references : (target?.primaryKey?.columns ?? []);
      return { ...table, foreignKeys: [...table.foreignKeys, { ...part.key, name: named(part.key.name), references }] };
    }
    case 'check':
      return { ...table, checks: [...table.checks, { ...part.key, name: named(part.key.name) }] };
    case 'index':
      return { ...table, indexes: [...table.indexes, { ...part.key, name: named(part.key.name) }] };
  }
}

const same = (a: readonly string[], b: readonly string[]): boolean => a.length === b.length && a.every((one, n) => one === b[n]);

/** Undefined: there is none. */
export function withoutPart(
  table: Table,
  o: { readonly of: Part['kind'] | 'constraint'; readonly name: Name; readonly columns?: readonly string[] },
): Table | undefined {
  const { of } = o;
  if (of === 'primary-key') return table.primaryKey === null ? undefined : { ...table, primaryKey: null };
  const meant = (one: { readonly name: string; readonly columns: readonly string[] }): boolean =>
    o.name === null ? o.columns !== undefined && same(one.columns, o.columns) : one.name.toLowerCase() === o.name.toLowerCase();
  const any = (kind: Part['kind']): boolean => of === 'constraint' || of === kind || (of === 'index' && kind === 'unique');
  const others = <T extends { readonly name: string; readonly columns: readonly string[] }>(
    kind: Part['kind'],
    items: readonly T[],
  ): readonly T[] => {
    const at = any(kind) ? items.findIndex(meant) : -1;
    return at === -1 ? items : items.filter((_, n) => n !== at);
  };
  const primary = table.primaryKey;
  const without: Table = {
    ...table,
    primaryKey: of === 'constraint' && primary !== null && meant(primary) ? null : primary,
    uniques: others('unique', table.uniques),
    foreignKeys: others('foreign-key', table.foreignKeys),
    checks: others('check', table.checks),
    indexes: of === 'constraint' || of === 'unique' ? table.indexes.filter((one) => !meant(one)) : others('index', table.indexes),
  };
  const count = (t: Table): number =>
    (t.primaryKey ? 1 : 0) + t.uniques.length + t.foreignKeys.length + t.checks.length + t.indexes.length;
  return count(without) === count(table) ? undefined : without;
}
