// Properties of entities of MikroORM as columns: https://mikro-orm.io/docs/defining-entities (6).
import type { Reading } from '../../../contract/reading.ts';
import { snakeCase } from '../../case.ts';
import type { Part } from '../../change.ts';
import { type Column, type Dialect, plainColumn } from '../../model.ts';
import type { Decorator, Member } from '../code/classes.ts';
import {
  type Bag,
  bagOf,
  dotted,
  flagOf,
  followed,
  listOf,
  meaning,
  numberOf,
  placeOf,
  type Spot,
  sqlLiteral,
  textOf,
} from '../code/spot.ts';
import { isType, typeOf } from './types.ts';

export interface Mikro {
  readonly reading: Reading;
  readonly dialect: Dialect;
  /** Are `?` and `| null` read from the source, as @mikro-orm/reflection does? */
  readonly reflects: boolean;
  unclear(spot: Spot, why: string): void;
}
export interface PropertySeen {
  readonly column: Column;
  readonly primary: boolean;
  readonly parts: readonly Part[];
}
const wrappers = /^(Ref|LazyRef|Rel|Reference|IdentifiedReference|Loaded|Opt|Hidden|ScalarReference|ScalarRef)$/;

/** `Ref<User>` is User. */
export function innerType(member: Member): Member['type'] {
  let type = member.type;
  for (let n = 0; n < 4 && type?.of !== undefined && wrappers.test(type.name); n++) type = type.of;
  return type;
}
export const optionsOf = ({ reading }: Mikro, decorator: Decorator): Bag => {
  const bags = decorator.arguments.map((one) => bagOf(reading, one)).filter((one) => one !== undefined);
  return new Map(bags.flatMap((bag) => [...bag]));
};

/** By the initial value, where no type is written: `= ''`, `= new Date()`, `= 0`. */
function inferred({ reading }: Mikro, value: Spot | undefined): string | undefined {
  const node = followed(reading, value)?.node;
  if (node === undefined) return undefined;
  if (node.type === 'Literal' && node.value !== null) return typeof node.value;
  if (node.type === 'TemplateLiteral') return 'string';
  if (node.type === 'NewExpression') return dotted(node.callee).at(-1);
  if (node.type === 'ArrayExpression') return 'array';
  if (node.type === 'CallExpression')
    return /uuid|^v\d$|nanoid/i.test(dotted(node.callee).at(-1) ?? '')
      ? 'string'
      : /now$/i.test(dotted(node.callee).at(-1) ?? '')
        ? 'Date'
        : undefined;
  return node.type === 'ObjectExpression' ? 'json' : undefined;
}

function wordOf(mikro: Mikro, member: Member, bag: Bag): string | undefined {
  const { reading } = mikro;
  const given = bag.get('columnType') ?? bag.get('type');
  if (given !== undefined) {
    const text = textOf(reading, given);
    if (text !== undefined) return text;
    const at = given.node.type === 'ArrowFunctionExpression' ? given.node.body : given.node;
    const name = dotted(at).at(-1);
    // `t.text`, `TextType`, a type of the project.
    if (name !== undefined && (isType(name) || dotted(at)[0] === 't' || dotted(at)[0] === 'types')) return name;
  }
  const type = innerType(member);
  if (type?.array === true) return 'array';
  if (type !== undefined && isType(type.name)) return type.name;
  if (type !== undefined && type.spot.node.type === 'TSTypeReference') {
    const name = type.spot.node.typeName;
    const value = name.type === 'Identifier' ? meaning(reading, { unit: type.spot.unit, node: name }) : undefined;
    if (value?.kind === 'enum') return 'string';
  }
  return inferred(mikro, member.value) ?? (type === undefined ? undefined : 'json');
}

export function propertyOf(
  mikro: Mikro,
  o: { readonly member: Member; readonly decorator: Decorator; readonly prefix: string; readonly table: string },
): PropertySeen | undefined {
  const { reading, dialect } = mikro;
  const { member, decorator } = o;
  const bag = optionsOf(mikro, decorator);
  const flag = (name: string): boolean | undefined => flagOf(reading, bag.get(name));
  if (flag('persist') === false) return undefined;
  const name = `${o.prefix}${textOf(reading, bag.get('fieldName') ?? bag.get('name')) ?? snakeCase(member.name)}`;
  const isEnum = decorator.name === 'Enum';
  const word = isEnum ? 'enum' : wordOf(mikro, member, bag);
  if (word === undefined) mikro.unclear(member.spot, `the type of ${o.table}.${name} is not understood`);
  const values = isEnum ? enumValues(mikro, member, decorator) : undefined;
  const primary = decorator.name === 'PrimaryKey' || flag('primary') === true;
  const number = (key: string): number | undefined => numberOf(reading, bag.get(key));
  const written = typeOf(dialect, {
    name: word ?? 'string',
    length: number('length'),
    precision: number('precision'),
    scale: number('scale'),
  });
  const unsigned =
    dialect === 'mysql' &&
    /^(int|bigint)$/.test(written) &&
    (flag('unsigned') === true || (primary && flag('autoincrement') !== false));
  const increments = primary && flag('autoincrement') !== false && /^(integer|int|bigint)\b/.test(written);
  const raw = textOf(reading, bag.get('defaultRaw'));
  const given = bag.get('default');
  const columns = [name];
  const parts: Part[] = [];
  const unique = bag.get('unique') ?? undefined;
  if ((unique !== undefined && flagOf(reading, unique) !== false) || member.decorators.some((one) => one.name === 'Unique'))
    parts.push({ kind: 'unique', key: { name: textOf(reading, unique) ?? null, columns } });
  if ((bag.has('index') && flag('index') !== false) || member.decorators.some((one) => one.name === 'Index'))
    parts.push({
      kind: 'index',
      key: {
        name: textOf(reading, bag.get('index')) ?? null,
        columns,
        parts: columns,
        unique: false,
        method: 'btree',
        where: null,
      },
    });
  return {
    column: {
      ...plainColumn(
        name,
        `${dialect === 'mysql' && isEnum ? `enum(${(values ?? []).map((one) => `'${one}'`).join(',')})` : written}${unsigned ? ' unsigned' : ''}`,
        placeOf(member.spot),
      ),
      nullable:
        !primary &&
        (flag('nullable') === true ||
          (flag('nullable') !== false && mikro.reflects && (member.optional || member.type?.nullable === true))),
      default:
        increments && dialect === 'postgresql'
          ? `nextval('${o.table}_${name}_seq')`
          : (raw ?? sqlLiteral(reading, given) ?? null),
      generated: increments && dialect !== 'postgresql' ? (dialect === 'mysql' ? 'auto_increment' : 'autoincrement') : null,
    },
    primary,
    parts,
  };
}

function enumValues({ reading }: Mikro, member: Member, decorator: Decorator): readonly string[] {
  const [first] = decorator.arguments;
  const items = bagOf(reading, first)?.get('items') ?? first;
  const at = items?.node.type === 'ArrowFunctionExpression' ? { unit: items.unit, node: items.node.body } : items;
  const list = listOf(reading, at);
  if (list !== undefined) return list.flatMap((one) => textOf(reading, one) ?? []);
  const value = meaning(reading, at);
  if (value?.kind !== 'enum' || value.node.type !== 'TSEnumDeclaration') return member.type === undefined ? [] : [];
  return value.node.body.members.flatMap((one) =>
    one.initializer === null || one.initializer === undefined ? [] : (reading.js.constantText(value.unit, one.initializer) ?? []),
  );
}
