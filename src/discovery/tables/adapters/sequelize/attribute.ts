// Attributes of Sequelize's models and columns of its migrations: https://sequelize.org/docs/v6/core-concepts/model-basics/
import type { Reading } from '../../../contract/reading.ts';
import { nameOf } from '../../../ecma/node.ts';
import type { Part } from '../../change.ts';
import { type Column, type Dialect, plainColumn } from '../../model.ts';
import {
  argumentsOf,
  type Bag,
  bagOf,
  chainOf,
  flagOf,
  followed,
  listOf,
  numberOf,
  placeOf,
  type Spot,
  sourceOf,
  sqlLiteral,
  textOf,
} from '../code/spot.ts';
import { isType, typeOf } from './types.ts';

export interface Written {
  readonly reading: Reading;
  readonly dialect: Dialect;
  unclear(spot: Spot, why: string): void;
}
interface TypeSeen {
  readonly type: string;
  readonly virtual: boolean;
  readonly values: readonly string[] | undefined;
}

/** `DataTypes.STRING(20)`, `Sequelize.ENUM('a')`, `DataType.ARRAY(DataType.STRING)`, `'VARCHAR(20)'`. */
export function typeSeen(written: Written, spot: Spot | undefined): TypeSeen | undefined {
  const { reading, dialect } = written;
  if (spot === undefined) return undefined;
  const text = textOf(reading, spot);
  if (text !== undefined) return { type: text.toLowerCase(), virtual: false, values: undefined };
  const own = namesOf(spot);
  const at = own.length > 1 || (own[0] !== undefined && isType(own[0])) ? spot : (followed(reading, spot) ?? spot);
  const path = own.length > 1 || at === spot ? own : namesOf(at);
  const n = path.findIndex((one) => isType(one));
  const name = path[n];
  if (name === undefined) {
    const bag = bagOf(reading, spot);
    return bag?.has('type') === true ? typeSeen(written, bag.get('type')) : undefined;
  }
  const call = chainOf(at).links.find((one) => one.name === name);
  const given = call?.arguments ?? [];
  if (name === 'VIRTUAL') return { type: '', virtual: true, values: undefined };
  if (name === 'ARRAY') {
    const of = typeSeen(written, given[0]);
    return { type: `${of?.type ?? 'text'}[]`, virtual: false, values: undefined };
  }
  if (name === 'RANGE') return { type: 'int4range', virtual: false, values: undefined };
  if (name === 'ENUM') return { type: 'enum', virtual: false, values: valuesOf(reading, given) };
  const [options] = given;
  const bag = bagOf(reading, options);
  const words = (bag === undefined ? given : [...bag.values()]).flatMap(
    (one) => textOf(reading, one) ?? numberOf(reading, one)?.toString() ?? [],
  );
  return { type: typeOf(dialect, { name, arguments: words, flags: path.slice(n + 1) }), virtual: false, values: undefined };
}
function namesOf(spot: Spot): readonly string[] {
  const { head, links } = chainOf(spot);
  const first = head.node.type === 'Identifier' ? [head.node.name] : [];
  const names: string[] = [];
  // Members that are not called (`DataTypes.STRING.BINARY`) are no links.
  for (let at = spot.node; ; ) {
    if (at.type === 'CallExpression') at = at.callee;
    else if (at.type === 'MemberExpression') {
      const name = nameOf(at.property);
      if (name !== undefined) names.unshift(name);
      at = at.object;
    } else break;
  }
  return names.length > 0
    ? [...first, ...names]
    : [...first, ...links.map(({ name }) => name).slice(first[0] === links[0]?.name ? 1 : 0)];
}
function valuesOf(reading: Reading, given: readonly Spot[]): readonly string[] {
  return given.flatMap((one): readonly string[] => {
    const text = textOf(reading, one);
    if (text !== undefined) return [text];
    const values = reading.js.elementsOf(one.unit, one.node);
    const list = (values ?? []).flatMap(({ value }) =>
      value === undefined
        ? []
        : value.kind === 'text'
          ? [value.text]
          : 'node' in value
            ? (reading.js.constantText(value.unit, value.node) ?? [])
            : [],
    );
    if (list.length > 0) return list;
    const bag = bagOf(reading, one);
    const inner = bag?.get('values');
    if (inner !== undefined) return (listOf(reading, inner) ?? []).flatMap((item) => textOf(reading, item) ?? []);
    return (listOf(reading, one) ?? []).flatMap((item) => textOf(reading, item) ?? []);
  });
}

const actionOf = (text: string | undefined): string => text?.toLowerCase() ?? 'no action';

export interface AttributeSeen {
  readonly column: Column;
  readonly parts: readonly Part[];
  readonly primary: boolean;
  readonly values: readonly string[] | undefined;
}
/** Undefined: virtual, or not understood, which is said. */
export function attributeOf(
  written: Written,
  o: { readonly name: string; readonly spot: Spot; readonly table: string; readonly tableOf: (spot: Spot) => string | undefined },
): AttributeSeen | undefined {
  const { reading, dialect } = written;
  const whole = bagOf(reading, o.spot);
  const bag: Bag = whole ?? new Map<string, Spot>();
  const seen = typeSeen(written, whole === undefined ? o.spot : bag.get('type'));
  if (seen?.virtual === true) return undefined;
  if (seen === undefined) written.unclear(o.spot, `the type of ${o.table}.${o.name} is not understood`);
  const name = textOf(reading, bag.get('field')) ?? o.name;
  const flag = (key: string): boolean | undefined => flagOf(reading, bag.get(key));
  const primary = flag('primaryKey') === true;
  const increments = flag('autoIncrement') === true;
  const values = seen?.values ?? (seen?.type === 'enum' ? valuesOf(reading, [o.spot]) : undefined);
  const enumName = `enum_${o.table}_${name}`;
  const type =
    values === undefined
      ? (seen?.type ?? '')
      : dialect === 'postgresql'
        ? enumName
        : dialect === 'mysql'
          ? `enum(${values.map((one) => `'${one}'`).join(',')})`
          : 'text';
  const parts: Part[] = [];
  const unique = bag.get('unique');
  if (unique !== undefined && flagOf(reading, unique) !== false) {
    const called = textOf(reading, unique) ?? textOf(reading, bagOf(reading, unique)?.get('name'));
    parts.push({ kind: 'unique', key: { name: called ?? null, columns: [name] } });
  }
  const reference = referenceOf(written, { spot: bag.get('references'), key: bag.get('referencesKey'), tableOf: o.tableOf });
  if (reference !== undefined)
    parts.push({
      kind: 'foreign-key',
      key: {
        name: null,
        columns: [name],
        ...reference,
        onDelete: actionOf(textOf(reading, bag.get('onDelete'))),
        onUpdate: actionOf(textOf(reading, bag.get('onUpdate'))),
      },
    });
  const value = bag.get('defaultValue');
  return {
    column: {
      ...plainColumn(name, type, placeOf(o.spot)),
      nullable: !primary && flag('allowNull') !== false,
      default: increments && dialect === 'postgresql' ? `nextval('${o.table}_${name}_seq')` : defaultOf(reading, value),
      generated: increments && dialect !== 'postgresql' ? (dialect === 'mysql' ? 'auto_increment' : 'autoincrement') : null,
      enum: values !== undefined && dialect === 'postgresql' ? enumName : null,
    },
    parts,
    primary,
    values,
  };
}

/** `DataTypes.NOW` and `DataTypes.UUIDV4` are filled in by Sequelize, not by the database. */
function defaultOf(reading: Reading, spot: Spot | undefined): string | null {
  if (spot === undefined) return null;
  const literal = sqlLiteral(reading, spot);
  if (literal !== undefined) return literal;
  const call = spot.node.type === 'CallExpression' ? chainOf(spot).links.at(-1) : undefined;
  if (call?.name === 'literal') return textOf(reading, argumentsOf(spot)[0]) ?? null;
  if (call?.name === 'fn') return `${textOf(reading, argumentsOf(spot)[0]) ?? ''}()`;
  return spot.node.type === 'ArrayExpression' || spot.node.type === 'ObjectExpression' ? sourceOf(spot) : null;
}

function referenceOf(
  { reading }: Written,
  o: { readonly spot: Spot | undefined; readonly key: Spot | undefined; readonly tableOf: (spot: Spot) => string | undefined },
): { readonly table: string; readonly references: readonly string[] } | undefined {
  if (o.spot === undefined) return undefined;
  const bag = bagOf(reading, o.spot);
  const model = bag?.get('model') ?? o.spot;
  const named = textOf(reading, model) ?? textOf(reading, bagOf(reading, model)?.get('tableName')) ?? o.tableOf(model);
  if (named === undefined) return undefined;
  const key = textOf(reading, bag?.get('key') ?? o.key);
  return { table: named, references: key === undefined ? [] : [key] };
}
