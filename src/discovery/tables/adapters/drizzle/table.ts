// The keys and indexes that a table in Drizzle lists after its columns.

import { nameOf } from '../../../ecma/node.ts';
import type { Part } from '../../change.ts';
import { bagOf, chainOf, listOf, type Spot, sourceOf, spotOf, textOf } from '../code/spot.ts';
import { type Builders, taggedSql } from './column.ts';

export interface TableSeen {
  readonly name: string;
  readonly entity: string | null;
  readonly spot: Spot;
  /** Column name by property. */
  readonly columns: ReadonlyMap<string, string>;
}
/** `users.id`: the table and the name of its column. */
export type ColumnAt = (spot: Spot | undefined) => { readonly table: TableSeen; readonly column: string } | undefined;

export const actionOf = (text: string | undefined): string => text?.toLowerCase() ?? 'no action';

/** The list or object that the callback of a table returns. */
export function extrasOf(builders: Builders, callback: Spot | undefined): readonly Spot[] {
  const { reading } = builders;
  if (callback === undefined) return [];
  const [result] = reading.js.resultsOf(callback.unit, callback.node);
  const spot = spotOf(callback.unit, result);
  return listOf(reading, spot) ?? [...(bagOf(reading, spot)?.values() ?? [])];
}

/** Undefined: not understood. */
export function partOf(
  builders: Builders,
  o: { readonly spot: Spot; readonly table: TableSeen; readonly columnAt: ColumnAt },
): Part | undefined {
  const { reading } = builders;
  const { links } = chainOf(o.spot);
  const [first] = links;
  const on = links.find(({ name }) => name === 'on' || name === 'using' || name === 'onOnly');
  const own = (spot: Spot): string | undefined => {
    for (let at = spot.node; ; ) {
      if (at.type === 'CallExpression') at = at.callee;
      else if (at.type === 'MemberExpression') {
        const name = nameOf(at.property);
        const column = name === undefined ? undefined : o.table.columns.get(name);
        if (column !== undefined) return column;
        at = at.object;
      } else return undefined;
    }
  };
  const name = textOf(reading, first?.arguments[0]) ?? null;
  switch (first?.name) {
    case 'index':
    case 'uniqueIndex':
    case 'unique': {
      const given = (on?.arguments ?? []).filter((_, n) => !(on?.name === 'using' && n === 0));
      const columns = given.flatMap((one) => own(one) ?? []);
      if (first.name === 'unique') return { kind: 'unique', key: { name, columns } };
      const parts = given.map((one) => own(one) ?? taggedSql(one) ?? sourceOf(one));
      const where = links.find((one) => one.name === 'where');
      const method = on?.name === 'using' ? (textOf(reading, on.arguments[0]) ?? 'btree') : 'btree';
      return {
        kind: 'index',
        key: {
          name,
          columns,
          parts,
          unique: first.name === 'uniqueIndex',
          method,
          where: where === undefined ? null : taggedSql(where.arguments[0]),
        },
      };
    }
    case 'primaryKey': {
      const bag = bagOf(reading, first.arguments[0]);
      const list = bag === undefined ? first.arguments : (listOf(reading, bag.get('columns')) ?? []);
      return {
        kind: 'primary-key',
        key: { name: textOf(reading, bag?.get('name')) ?? null, columns: list.flatMap((one) => own(one) ?? []) },
      };
    }
    case 'foreignKey': {
      const bag = bagOf(reading, first.arguments[0]);
      const targets = (listOf(reading, bag?.get('foreignColumns')) ?? []).map(
        (one) => o.columnAt(one) ?? ownTarget(o.table, own(one)),
      );
      const [target] = targets;
      if (bag === undefined || target === undefined) return undefined;
      const after = (method: string): string => actionOf(textOf(reading, links.find((one) => one.name === method)?.arguments[0]));
      return {
        kind: 'foreign-key',
        key: {
          name: textOf(reading, bag.get('name')) ?? null,
          columns: (listOf(reading, bag.get('columns')) ?? []).flatMap((one) => own(one) ?? []),
          table: target.table.name,
          references: targets.flatMap((one) => one?.column ?? []),
          onDelete: after('onDelete'),
          onUpdate: after('onUpdate'),
        },
      };
    }
    case 'check':
      return { kind: 'check', key: { name, columns: [], expression: taggedSql(first.arguments[1]) ?? '' } };
    default:
      return undefined;
  }
}
const ownTarget = (table: TableSeen, column: string | undefined) => (column === undefined ? undefined : { table, column });
