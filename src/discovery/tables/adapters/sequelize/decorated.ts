// Models of sequelize-typescript: https://github.com/sequelize/sequelize-typescript (2.1).
import type { Part } from '../../change.ts';
import { plainColumn } from '../../model.ts';
import { classesIn, type Member, type WrittenClass } from '../code/classes.ts';
import { bagOf, flagOf, followed, placeOf, type Spot, sqlLiteral } from '../code/spot.ts';
import { type AttributeSeen, attributeOf, typeSeen, type Written } from './attribute.ts';
import type { ModelSeen } from './model.ts';
import { typeOf } from './types.ts';

const reflected: Readonly<Record<string, string>> = {
  string: 'STRING',
  number: 'INTEGER',
  boolean: 'BOOLEAN',
  Date: 'DATE',
  bigint: 'BIGINT',
  Buffer: 'BLOB',
};

export function decoratedModels(
  written: Written,
  files: readonly string[],
): readonly { readonly model: ModelSeen; readonly class: WrittenClass }[] {
  return classesIn(written.reading, files).flatMap((one) => {
    const table = one.decorators.find(({ name }) => name === 'Table');
    if (table === undefined) return [];
    const options = bagOf(written.reading, table.arguments[0]) ?? new Map<string, Spot>();
    const name = written.reading.js.constantText(one.spot.unit, options.get('modelName')?.node) ?? one.name;
    const decorated = one.members.flatMap((member) => {
      const seen = attributeSeen(written, member);
      return seen === undefined ? [] : [{ property: member.name, seen }];
    });
    const dated = (decorator: string): string | undefined =>
      one.members.find((member) => member.decorators.some((d) => d.name === decorator))?.name;
    const model: ModelSeen = {
      names: [one.name],
      name,
      spot: one.spot,
      at: placeOf(one.spot),
      options,
      attributes: new Map(),
      decorated,
      timestamps: { createdAt: dated('CreatedAt'), updatedAt: dated('UpdatedAt'), deletedAt: dated('DeletedAt') },
    };
    return [{ model, class: one }];
  });
}

function attributeSeen(written: Written, member: Member): AttributeSeen | undefined {
  const { reading, dialect } = written;
  const find = (name: string) => member.decorators.find((one) => one.name === name);
  const column = find('Column');
  if (column === undefined) return undefined;
  const [given] = column.arguments;
  const bag = bagOf(reading, given);
  const isOptions = bag !== undefined && !bag.has('key');
  const base: AttributeSeen | undefined =
    isOptions && bag.has('type')
      ? attributeOf(written, {
          name: member.name,
          spot: followed(reading, given) ?? column.spot,
          table: '',
          tableOf: () => undefined,
        })
      : undefined;
  const seen = given !== undefined && !isOptions ? typeSeen(written, given) : undefined;
  if (seen?.virtual === true || (isOptions && base === undefined && bag.has('type'))) return undefined;
  const word = reflected[member.type?.name ?? ''];
  if (base === undefined && seen === undefined && word === undefined)
    written.unclear(member.spot, `the type of ${member.name} is not understood`);
  const enumOf = seen?.values;
  const primary = find('PrimaryKey') !== undefined || base?.primary === true;
  const allow = find('AllowNull');
  const nullable =
    allow === undefined
      ? (base?.column.nullable ?? (isOptions ? flagOf(reading, bag.get('allowNull')) !== false : true))
      : allow.arguments.length > 0 && flagOf(reading, allow.arguments[0]) !== false;
  const value = find('Default')?.arguments[0];
  const increments = find('AutoIncrement') !== undefined;
  const type = base?.column.type ?? seen?.type ?? typeOf(dialect, { name: word ?? 'STRING', arguments: [], flags: [] });
  const parts: Part[] = [...(base?.parts ?? [])];
  if (find('Unique') !== undefined) parts.push({ kind: 'unique', key: { name: null, columns: [member.name] } });
  if (find('Index') !== undefined)
    parts.push({
      kind: 'index',
      key: { name: null, columns: [member.name], parts: [member.name], unique: false, method: 'btree', where: null },
    });
  return {
    column: {
      ...(base?.column ?? plainColumn(member.name, type, placeOf(member.spot))),
      type: enumOf !== undefined && dialect === 'mysql' ? `enum(${enumOf.map((one) => `'${one}'`).join(',')})` : type,
      nullable: !primary && nullable,
      default: sqlLiteral(reading, value) ?? base?.column.default ?? null,
      generated: increments && dialect !== 'postgresql' ? 'auto_increment' : (base?.column.generated ?? null),
      // Its enum is called after the table, which is not known yet.
      enum: null,
      at: placeOf(member.spot),
    },
    parts,
    primary,
    values: base?.values ?? enumOf,
  };
}
