// Relations between tables, as the foreign keys say.
import type { Relation, Table } from '../contract/tables.ts';

const same = (a: readonly string[], b: readonly string[]): boolean => a.length === b.length && a.every((one) => b.includes(one));

function isUnique(table: Table, columns: readonly string[]): boolean {
  return (
    (table.primaryKey !== null && same(table.primaryKey.columns, columns)) ||
    table.uniques.some((key) => same(key.columns, columns)) ||
    table.indexes.some((index) => index.unique && index.where === null && same(index.parts, columns))
  );
}

export function relationsOf(tables: readonly Table[]): readonly Relation[] {
  return [...tables]
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap((table) => {
      const direct = table.foreignKeys.map(
        (key): Relation => ({
          from: table.name,
          to: key.table,
          kind: isUnique(table, key.columns) ? 'one-to-one' : 'many-to-one',
          columns: key.columns,
          optional: table.columns.some(({ name, nullable }) => nullable && key.columns.includes(name)),
          through: null,
          names: [],
        }),
      );
      const [first, second, ...more] = table.foreignKeys;
      // A join table: two foreign keys that together are a key of it.
      if (first === undefined || second === undefined || more.length > 0) return direct;
      const both = [...first.columns, ...second.columns];
      if (!isUnique(table, both)) return direct;
      return [
        ...direct,
        {
          from: first.table,
          to: second.table,
          kind: 'many-to-many' as const,
          columns: both,
          optional: true,
          through: table.name,
          names: [],
        },
      ];
    });
}
