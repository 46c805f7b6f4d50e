// Types of GraphQL as decorators name them: https://docs.nestjs.com/graphql/resolvers, https://typegraphql.com/docs/types-and-fields.html
import type { Node } from 'oxc-parser';
import type { EcmaUnit, Reading } from '../contract/reading.ts';
import { bare, isClass, nameOf } from '../ecma/node.ts';
import { type Applied, decoratorsOf, question } from '../routes/adapters/nestjs/decorators.ts';
import { propertyNode } from '../routes/adapters/nestjs/module-graph.ts';

export interface TypeAt {
  readonly unit: EcmaUnit;
  readonly node: Node;
}
const scalars: Readonly<Record<string, string>> = {
  ...{ String: 'String', Boolean: 'Boolean', Number: 'Float', Int: 'Int', Float: 'Float', ID: 'ID', Date: 'DateTime' },
  ...{ GraphQLISODateTime: 'DateTime', GraphQLTimestamp: 'Timestamp', GraphQLJSON: 'JSON', GraphQLJSONObject: 'JSONObject' },
};
export const isOf = (one: Applied): boolean => one.from === '@nestjs/graphql' || one.from === 'type-graphql';

/** The options of a decorator, wherever they stand among its arguments. */
export function optionsOf(reading: Reading, one: Applied): ReadonlyMap<string, TypeAt> {
  for (const node of one.arguments) {
    const value = reading.js.meaningOf(one.unit, node, question(one.round));
    if (value?.kind !== 'object' || value.node.type !== 'ObjectExpression') continue;
    return new Map(
      value.node.properties.flatMap((property) => {
        const name = property.type === 'Property' ? nameOf(property.key) : undefined;
        const written = name === undefined ? undefined : propertyNode(value, name);
        return name === undefined || written === undefined ? [] : [[name, { unit: value.unit, node: written }] as const];
      }),
    );
  }
  return new Map();
}
export const textOf = (reading: Reading, at: TypeAt | undefined): string | undefined =>
  at === undefined ? undefined : reading.js.constantText(at.unit, at.node);

/** The type that a decorator is given as a function, or that the code declares. */
export function typeOf(
  reading: Reading,
  one: Applied,
  o: { readonly options: ReadonlyMap<string, TypeAt>; readonly declared: TypeAt | undefined },
): string {
  const given = one.arguments
    .map(bare)
    .find((node) => node.type === 'ArrowFunctionExpression' || node.type === 'FunctionExpression');
  const inOptions = o.options.get('type');
  const at = given === undefined ? inOptions : { unit: one.unit, node: given };
  const name = at === undefined ? undefined : named(reading, at);
  const type = name ?? (o.declared === undefined ? undefined : reflected(reading, o.declared)) ?? 'Unknown';
  const nullable = o.options.get('nullable');
  const word = textOf(reading, nullable);
  const isNullable =
    nullable !== undefined &&
    word !== 'items' &&
    !(bare(nullable.node).type === 'Literal' && nullable.unit.textOf(nullable.node) === 'false');
  const items = word === 'items' || word === 'itemsAndList' ? type.replace(/!\]$/, ']') : type;
  return isNullable ? items : `${items}!`;
}

function named(reading: Reading, { unit, node }: TypeAt, depth = 0): string | undefined {
  const plain = bare(node);
  if (depth > 6) return undefined;
  if (plain.type === 'ArrowFunctionExpression' && plain.body !== null) {
    const result = plain.body.type === 'BlockStatement' ? reading.js.resultsOf(unit, plain)[0] : plain.body;
    return result === undefined ? undefined : named(reading, { unit, node: result }, depth + 1);
  }
  if (plain.type === 'ArrayExpression') {
    const [first] = plain.elements;
    const inner = first == null ? undefined : named(reading, { unit, node: first }, depth + 1);
    return inner === undefined ? undefined : `[${inner}!]`;
  }
  return nameOfType(reading, { unit, node: plain });
}

/** A class has the name that its decorator gives it; a scalar, an enum and a union their own. */
export function nameOfType(reading: Reading, { unit, node }: TypeAt): string | undefined {
  const written = nameOf(node);
  const value = reading.js.meaningOf(unit, node);
  if (value?.kind === 'class' && isClass(value.node)) {
    const own = value.node.id?.name;
    const decorator = decoratorsOf(reading, value.unit, value.node.decorators).find(
      (one) => isOf(one) && /(Type|Resolver|Scalar)$/.test(one.name),
    );
    return decorator === undefined ? own : nameIn(reading, decorator, own);
  }
  if (value?.kind === 'enum' && value.node.type === 'TSEnumDeclaration')
    return enumNames(reading).get(reading.js.keyOf(value.unit, value.node)) ?? value.node.id.name;
  if (value?.kind === 'external') return scalars[value.name.split('.').at(-1) ?? ''] ?? value.name.split('.').at(-1);
  if (value?.kind === 'made' && /createUnionType$/.test(value.name)) {
    const options = reading.js.meaningOf(value.unit, value.call.arguments[0]);
    const name = options?.kind === 'object' ? propertyNode(options, 'name') : undefined;
    return (name === undefined ? undefined : reading.js.constantText(value.unit, name)) ?? written;
  }
  return written === undefined ? undefined : (scalars[written] ?? written);
}
/** `@ObjectType('Name')`, `@ObjectType({ … })`: the text first, `Prefix` otherwise. */
export function nameIn(reading: Reading, one: Applied, own: string | undefined): string | undefined {
  const [first] = one.arguments;
  const text = first === undefined ? undefined : reading.js.constantText(one.unit, first, question(one.round));
  return text ?? textOf(reading, optionsOf(reading, one).get('name')) ?? own;
}

/** What TypeScript tells decorators of a type when the program runs. */
function reflected(reading: Reading, { unit, node }: TypeAt, depth = 0): string | undefined {
  if (depth > 4) return undefined;
  const next = (one: Node): string | undefined => reflected(reading, { unit, node: one }, depth + 1);
  switch (node.type) {
    case 'TSStringKeyword':
      return 'String';
    case 'TSNumberKeyword':
      return 'Float';
    case 'TSBooleanKeyword':
      return 'Boolean';
    case 'TSArrayType': {
      const inner = next(node.elementType);
      return inner === undefined ? undefined : `[${inner}!]`;
    }
    case 'TSUnionType': {
      const [only, ...others] = node.types.filter((one) => one.type !== 'TSNullKeyword' && one.type !== 'TSUndefinedKeyword');
      return only === undefined || others.length > 0 ? undefined : next(only);
    }
    case 'TSTypeReference': {
      const name = nameOf(node.typeName);
      const [first] = node.typeArguments?.params ?? [];
      if ((name === 'Promise' || name === 'Observable') && first !== undefined) return next(first);
      if (name === 'Array' && first !== undefined) return `[${next(first) ?? 'Unknown'}!]`;
      return nameOfType(reading, { unit, node: node.typeName });
    }
    default:
      return undefined;
  }
}

const known = new WeakMap<Reading, ReadonlyMap<string, string>>();
/** Names that `registerEnumType` gives, by the enum's key. */
function enumNames(reading: Reading): ReadonlyMap<string, string> {
  const before = known.get(reading);
  if (before !== undefined) return before;
  const names = new Map<string, string>();
  for (const file of reading.marked('call registerEnumType')) {
    const unit = reading.ecma(file);
    for (const call of unit?.nodes('CallExpression') ?? []) {
      if (unit === undefined || nameOf(call.callee) !== 'registerEnumType') continue;
      const value = reading.js.meaningOf(unit, call.arguments[0]);
      const options = reading.js.meaningOf(unit, call.arguments[1]);
      const written = options?.kind === 'object' ? propertyNode(options, 'name') : undefined;
      const name =
        options?.kind === 'object' && written !== undefined ? reading.js.constantText(options.unit, written) : undefined;
      if (value?.kind === 'enum' && name !== undefined) names.set(reading.js.keyOf(value.unit, value.node), name);
    }
  }
  known.set(reading, names);
  return names;
}
