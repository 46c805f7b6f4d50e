// Entities without classes: `new EntitySchema({ … })`, https://typeorm.io/docs/entity/separating-entity-definition
import type { Part } from '../../change.ts';
import type { Declared } from '../../declared.ts';
import { type Column, plainColumn } from '../../model.ts';
import { bagOf, dotted, flagOf, numberOf, placeOf, type Spot, sqlLiteral, textOf } from '../code/spot.ts';
import type { Context } from './columns.ts';
import { typeOf } from './types.ts';

export function schemaEntities(context: Context): readonly Declared[] {
  const { reading } = context;
  return reading.marked('typeorm').flatMap((file) => {
    const unit = reading.ecma(file);
    return (unit?.nodes('NewExpression') ?? []).flatMap((node): readonly Declared[] => {
      if (unit === undefined || dotted(node.callee).at(-1) !== 'EntitySchema') return [];
      const bag = bagOf(reading, node.arguments[0] === undefined ? undefined : { unit, node: node.arguments[0] });
      const name = textOf(reading, bag?.get('tableName')) ?? textOf(reading, bag?.get('name'));
      if (bag === undefined || name === undefined) {
        context.unclear({ unit, node }, 'the options of the schema are not written here');
        return [];
      }
      const entity = textOf(reading, bag.get('name')) ?? name;
      const table = bag.has('tableName') ? name : context.naming.table(name);
      const parts: Part[] = [];
      const columns = [...(bagOf(reading, bag.get('columns')) ?? [])].map(([property, spot]) =>
        columnOf(context, { property, spot, parts, table }),
      );
      const keys = columns.filter(({ primary }) => primary).map(({ column }) => column.name);
      if (keys.length > 0) parts.unshift({ kind: 'primary-key', key: { name: null, columns: keys } });
      if (bag.has('relations')) context.unclear({ unit, node }, 'relations of an EntitySchema are not in the map');
      return [
        {
          name: `${context.naming.prefix}${table}`,
          entity,
          at: placeOf({ unit, node }),
          columns: columns.map(({ column }) => column),
          parts,
        },
      ];
    });
  });
}

function columnOf(
  context: Context,
  o: { readonly property: string; readonly spot: Spot; readonly parts: Part[]; readonly table: string },
): { readonly column: Column; readonly primary: boolean } {
  const { reading, dialect, naming } = context;
  const bag = bagOf(reading, o.spot);
  const flag = (name: string): boolean => flagOf(reading, bag?.get(name)) === true;
  const name = naming.column({ property: o.property, custom: textOf(reading, bag?.get('name')), embedded: [] });
  const typeSpot = bag?.get('type');
  const word = typeSpot?.node.type === 'Identifier' ? typeSpot.node.name : undefined;
  const words: Readonly<Record<string, string>> = { String: 'string', Number: 'number', Boolean: 'boolean' };
  const generated = flag('generated') || textOf(reading, bag?.get('generated')) === 'increment';
  const length = bag?.get('length');
  if (flag('unique')) o.parts.push({ kind: 'unique', key: { name: null, columns: [name] } });
  return {
    column: {
      ...plainColumn(
        name,
        typeOf(dialect, {
          name: textOf(reading, typeSpot) ?? words[word ?? ''] ?? word ?? 'string',
          length: textOf(reading, length) ?? numberOf(reading, length)?.toString(),
        }),
        placeOf(o.spot),
      ),
      nullable: flag('nullable'),
      default:
        generated && dialect === 'postgresql'
          ? `nextval('${o.table}_${name}_seq')`
          : (sqlLiteral(reading, bag?.get('default')) ?? null),
      generated: generated && dialect === 'mysql' ? 'auto_increment' : null,
    },
    primary: flag('primary'),
  };
}
