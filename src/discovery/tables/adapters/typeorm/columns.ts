// Columns of TypeORM's entities.
import type { Json } from '../../../../contract/schema.ts';
import type { Reading } from '../../../contract/reading.ts';
import type { Part } from '../../change.ts';
import { type Column, type Dialect, plainColumn } from '../../model.ts';
import { classNamed, type Decorator, type Member, type WrittenClass } from '../code/classes.ts';
import {
  type Bag,
  bagOf,
  flagOf,
  followed,
  listOf,
  meaning,
  numberOf,
  placeOf,
  type Spot,
  sourceOf,
  sqlLiteral,
  textOf,
  textsOf,
} from '../code/spot.ts';
import type { Naming } from './naming.ts';
import { typeOf } from './types.ts';

export interface Context {
  readonly reading: Reading;
  readonly dialect: Dialect;
  readonly naming: Naming;
  unclear(spot: Spot, why: string): void;
}
export interface Made {
  readonly column: Column;
  readonly property: string;
  readonly primary: boolean;
  readonly parts: readonly Part[];
  readonly enumValues: readonly string[] | undefined;
}

const generators =
  /^(Column|PrimaryColumn|PrimaryGeneratedColumn|CreateDateColumn|UpdateDateColumn|DeleteDateColumn|VersionColumn|ObjectIdColumn|VirtualColumn|ViewColumn|EncryptedColumn)$/;
export const columnDecorator = (member: Member): Decorator | undefined =>
  member.decorators.find(({ name }) => generators.test(name) && name !== 'VirtualColumn' && name !== 'ViewColumn');

/** `@Column('varchar', { length: 20 })`, `@Column({ type: 'varchar' })`. */
function optionsOf(context: Context, decorator: Decorator): { readonly type: string | undefined; readonly bag: Bag } {
  const [first, second] = decorator.arguments;
  const { reading } = context;
  const bag = bagOf(reading, second) ?? bagOf(reading, first) ?? new Map<string, Spot>();
  const type = first === undefined || bagOf(reading, first) !== undefined ? bag.get('type') : first;
  return { type: wordOf(context, type), bag };
}
/** `'varchar'`, `String`, `Number`. */
function wordOf({ reading }: Context, spot: Spot | undefined): string | undefined {
  if (spot === undefined) return undefined;
  const text = textOf(reading, spot);
  if (text !== undefined) return text;
  const name = spot.node.type === 'Identifier' ? spot.node.name : undefined;
  const words: Readonly<Record<string, string>> = {
    String: 'string',
    Number: 'number',
    Boolean: 'boolean',
    Date: 'Date',
    BigInt: 'bigint',
    Buffer: 'Buffer',
  };
  return words[name ?? ''];
}

/** Embedded classes: `@Column(() => Name)`. */
export function embeddedOf(
  context: Context,
  decorator: Decorator,
): { readonly of: WrittenClass; readonly prefix: string | false | undefined } | undefined {
  const [first, second] = decorator.arguments;
  if (decorator.name !== 'Column' || first === undefined) return undefined;
  const at = first.node.type;
  if (at !== 'ArrowFunctionExpression' && at !== 'FunctionExpression') return undefined;
  const of = classNamed(context.reading, first);
  if (of === undefined || typeof of === 'string') return undefined;
  const prefix = bagOf(context.reading, second)?.get('prefix');
  return { of, prefix: flagOf(context.reading, prefix) === false ? false : textOf(context.reading, prefix) };
}

/** Words of TypeScript types, and of classes that are written to JSON; the type of an enum of text or of numbers. */
function reflected(context: Context, member: Member): string {
  const { type } = member;
  if (type === undefined) return inferred(context, member.value);
  if (/^(string|number|boolean|Date|bigint|Buffer)$/.test(type.name)) return type.array ? 'string' : type.name;
  if (type.spot.node.type === 'TSTypeReference' && type.spot.node.typeName.type === 'Identifier') {
    const value = meaning(context.reading, { unit: type.spot.unit, node: type.spot.node.typeName });
    if (value?.kind === 'enum' && value.node.type === 'TSEnumDeclaration')
      return value.node.body.members.some(
        (one) => one.initializer?.type === 'Literal' && typeof one.initializer.value === 'string',
      )
        ? 'string'
        : 'number';
  }
  return 'string';
}
function inferred(context: Context, value: Spot | undefined): string {
  const node = followed(context.reading, value)?.node;
  return node?.type === 'Literal' && typeof node.value !== 'object' ? typeof node.value : 'string';
}

/** The values of `enum: Role`, `enum: ['a', 'b']`, `enum: Object.values(Role)`. */
function enumValues(context: Context, spot: Spot | undefined): readonly string[] | undefined {
  if (spot === undefined) return undefined;
  const { reading } = context;
  const elements = reading.js.elementsOf(spot.unit, spot.node) ?? reading.js.entriesOf(spot.unit, spot.node);
  const values = (elements ?? []).flatMap(({ value }) => {
    if (value?.kind === 'text') return [value.text];
    if (value === undefined || !('node' in value)) return [];
    const json: Json = reading.js.jsonOf(value.unit, value.node);
    return typeof json === 'string' || typeof json === 'number' ? [String(json)] : [];
  });
  if (values.length > 0) return values;
  const value = meaning(reading, spot);
  if (value?.kind === 'enum' && value.node.type === 'TSEnumDeclaration')
    return value.node.body.members.map((one, n) => {
      const written =
        one.initializer === null || one.initializer === undefined ? undefined : reading.js.jsonOf(value.unit, one.initializer);
      return typeof written === 'string' || typeof written === 'number' ? String(written) : String(n);
    });
  return listOf(reading, spot)?.flatMap((one) => textOf(reading, one) ?? []);
}

export function columnOf(
  context: Context,
  o: { readonly member: Member; readonly decorator: Decorator; readonly embedded: readonly string[]; readonly table: string },
): Made {
  const { reading, dialect, naming } = context;
  const { member, decorator } = o;
  const { type: given, bag } = optionsOf(context, decorator);
  const text = (name: string): string | undefined => textOf(reading, bag.get(name));
  const flag = (name: string): boolean => flagOf(reading, bag.get(name)) === true;
  const generated =
    decorator.name === 'PrimaryGeneratedColumn'
      ? given !== undefined && /^(uuid|rowid|identity|increment)$/.test(given)
        ? given
        : 'increment'
      : textOf(reading, member.decorators.find(({ name }) => name === 'Generated')?.arguments[0]);
  const dated = /^(Create|Update|Delete)DateColumn$/.test(decorator.name);
  const kind =
    decorator.name === 'PrimaryGeneratedColumn'
      ? (wordOf(context, bag.get('type')) ?? (generated === 'identity' ? 'increment' : generated) ?? 'increment')
      : (given ?? (dated ? 'create' : decorator.name === 'VersionColumn' ? 'version' : reflected(context, member)));
  const name = naming.column({ property: member.name, custom: text('name'), embedded: o.embedded });
  const values = /^(simple-)?enum$/.test(kind) || bag.has('enum') ? enumValues(context, bag.get('enum')) : undefined;
  const isEnum = /^(simple-)?enum$/.test(kind) || (values !== undefined && given === undefined);
  const enumName = text('enumName') ?? `${o.table.split('.').at(-1)}_${name}_enum`;
  const lengthSpot = bag.get('length');
  const type =
    isEnum && dialect === 'postgresql'
      ? `${enumName}${flag('array') ? '[]' : ''}`
      : isEnum && dialect === 'mysql'
        ? `enum(${(values ?? []).map((one) => `'${one}'`).join(',')})`
        : typeOf(dialect, {
            name: isEnum ? 'simple-enum' : kind,
            length: textOf(reading, lengthSpot) ?? numberOf(reading, lengthSpot)?.toString(),
            precision: numberOf(reading, bag.get('precision')),
            scale: numberOf(reading, bag.get('scale')),
            array: flag('array'),
            unsigned: flag('unsigned'),
          });
  const primary = /^Primary|^ObjectId/.test(decorator.name) || flag('primary');
  const at = placeOf(member.spot);
  const column: Column = {
    ...plainColumn(name, type, at),
    nullable: !primary && (flag('nullable') || decorator.name === 'DeleteDateColumn'),
    default: defaultOf(context, { bag, dated: dated && decorator.name !== 'DeleteDateColumn', generated, table: o.table, name }),
    generated:
      generated === 'increment' && dialect !== 'postgresql'
        ? dialect === 'sqlite'
          ? 'autoincrement'
          : 'auto_increment'
        : generated === 'identity'
          ? 'by default as identity'
          : (text('asExpression') ?? null),
    enum: isEnum && dialect === 'postgresql' ? enumName : null,
  };
  const parts: Part[] = [];
  if (flag('unique')) parts.push({ kind: 'unique', key: { name: null, columns: [name] } });
  for (const one of member.decorators) {
    const arguments_ = one.arguments;
    const options = arguments_.map((argument) => bagOf(reading, argument)).find((found) => found !== undefined);
    const unique = flagOf(reading, options?.get('unique')) === true;
    const called = textsOf(reading, arguments_[0])?.[0] ?? null;
    if (one.name === 'Index')
      parts.push({
        kind: 'index',
        key: {
          name: called,
          columns: [name],
          parts: [name],
          unique,
          method: 'btree',
          where: textOf(reading, options?.get('where')) ?? null,
        },
      });
    if (one.name === 'Unique') parts.push({ kind: 'unique', key: { name: null, columns: [name] } });
  }
  if (primary && given === undefined && member.type === undefined && decorator.name === 'PrimaryColumn')
    context.unclear(member.spot, `the type of the column is not written: ${sourceOf(decorator.spot)}`);
  return { column, property: member.name, primary, parts, enumValues: isEnum ? values : undefined };
}

function defaultOf(
  { reading, dialect }: Context,
  o: {
    readonly bag: Bag;
    readonly dated: boolean;
    readonly generated: string | undefined;
    readonly table: string;
    readonly name: string;
  },
): string | null {
  const written = o.bag.get('default');
  if (written !== undefined) {
    const at = written.node;
    if (at.type === 'ArrowFunctionExpression' || at.type === 'FunctionExpression') {
      const [result] = reading.js.resultsOf(written.unit, at);
      return (result === undefined ? undefined : reading.js.constantText(written.unit, result)) ?? null;
    }
    return sqlLiteral(reading, written) ?? (at.type === 'Literal' && at.value === null ? null : sourceOf(written));
  }
  if (o.dated) return dialect === 'postgresql' ? 'now()' : dialect === 'sqlite' ? "datetime('now')" : 'CURRENT_TIMESTAMP(6)';
  if (dialect !== 'postgresql') return null;
  if (o.generated === 'increment') return `nextval('${o.table.split('.').at(-1)}_${o.name}_seq')`;
  return o.generated === 'uuid' ? 'uuid_generate_v4()' : null;
}
