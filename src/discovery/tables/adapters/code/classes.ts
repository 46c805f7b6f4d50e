// Classes with decorators, with what they inherit.
import type { Node } from 'oxc-parser';
import type { EcmaUnit, NodeOf, Reading } from '../../../contract/reading.ts';
import { bare, isClass, nameOf } from '../../../ecma/node.ts';
import { argumentsOf, dotted, meaning, type Spot, spotOf } from './spot.ts';

export interface Decorator {
  readonly name: string;
  readonly arguments: readonly Spot[];
  readonly spot: Spot;
}
export interface Member {
  readonly name: string;
  readonly decorators: readonly Decorator[];
  readonly spot: Spot;
  /** Its TypeScript type. */
  readonly type: WrittenType | undefined;
  readonly optional: boolean;
  readonly value: Spot | undefined;
}
export interface WrittenType {
  readonly name: string;
  readonly array: boolean;
  readonly nullable: boolean;
  /** Where a type of a name stands. */
  readonly spot: Spot;
  /** `Ref<User>`: the first argument. */
  readonly of: WrittenType | undefined;
}
export interface WrittenClass {
  readonly name: string;
  readonly spot: Spot;
  readonly decorators: readonly Decorator[];
  /** Ancestors' first; a member that is written again stands for the inherited one. */
  readonly members: readonly Member[];
  readonly own: readonly Member[];
  readonly parents: readonly WrittenClass[];
  /** The name of the class that it extends, also where that is of a package. */
  readonly extends: string | undefined;
}

function decoratorsOf(unit: EcmaUnit, decorators: readonly NodeOf<'Decorator'>[] | undefined): readonly Decorator[] {
  return (decorators ?? []).flatMap((one) => {
    const spot = spotOf(unit, one.expression);
    const name = spot === undefined ? undefined : dotted(spot.node).at(-1);
    return spot === undefined || name === undefined ? [] : [{ name, arguments: argumentsOf(spot), spot }];
  });
}

function typeOf(unit: EcmaUnit, node: Node | null | undefined): WrittenType | undefined {
  if (node === null || node === undefined) return undefined;
  const spot = { unit, node };
  const named = (name: string): WrittenType => ({ name, array: false, nullable: false, spot, of: undefined });
  switch (node.type) {
    case 'TSTypeAnnotation':
      return typeOf(unit, node.typeAnnotation);
    case 'TSStringKeyword':
      return named('string');
    case 'TSNumberKeyword':
      return named('number');
    case 'TSBooleanKeyword':
      return named('boolean');
    case 'TSBigIntKeyword':
      return named('bigint');
    case 'TSObjectKeyword':
    case 'TSTypeLiteral':
      return named('object');
    case 'TSLiteralType':
      return named(node.literal.type === 'Literal' ? typeof node.literal.value : 'string');
    case 'TSTemplateLiteralType':
      return named('string');
    case 'TSArrayType': {
      const of = typeOf(unit, node.elementType);
      return of === undefined ? undefined : { ...of, array: true };
    }
    case 'TSTypeOperator':
      return typeOf(unit, node.typeAnnotation);
    case 'TSTypeReference': {
      const name = dottedType(node.typeName);
      const of = typeOf(unit, node.typeArguments?.params[0]);
      if (name === 'Array' || name === 'Collection' || name === 'ReadonlyArray')
        return of === undefined ? named(name) : { ...of, array: true };
      return { ...named(name), of };
    }
    // `string & Opt`: what a mapper adds to the type.
    case 'TSIntersectionType':
      return typeOf(unit, node.types[0]);
    case 'TSUnionType': {
      const empty = (one: Node): boolean => one.type === 'TSNullKeyword' || one.type === 'TSUndefinedKeyword';
      const kinds = node.types.filter((one) => !empty(one)).map((one) => typeOf(unit, one));
      const first = kinds[0];
      return first === undefined ? undefined : { ...first, nullable: node.types.some(empty) };
    }
    default:
      return undefined;
  }
}
const dottedType = (node: Node): string =>
  node.type === 'Identifier' ? node.name : node.type === 'TSQualifiedName' ? node.right.name : '';

function membersOf(unit: EcmaUnit, node: NodeOf<'ClassDeclaration'>): readonly Member[] {
  return node.body.body.flatMap((one): readonly Member[] => {
    if (one.type === 'MethodDefinition' && one.kind === 'get' && one.decorators.length > 0) {
      const name = nameOf(one.key);
      if (name === undefined) return [];
      const type = typeOf(unit, 'returnType' in one.value ? one.value.returnType : undefined);
      return [
        {
          name,
          decorators: decoratorsOf(unit, one.decorators),
          spot: { unit, node: one },
          type,
          optional: false,
          value: undefined,
        },
      ];
    }
    if (one.type !== 'PropertyDefinition' || one.static) return [];
    const name = nameOf(one.key);
    if (name === undefined) return [];
    return [
      {
        name,
        decorators: decoratorsOf(unit, one.decorators),
        spot: { unit, node: one },
        type: typeOf(unit, one.typeAnnotation),
        optional: one.optional === true,
        value: spotOf(unit, one.value),
      },
    ];
  });
}

function classOf(reading: Reading, spot: Spot | undefined, depth = 0): WrittenClass | undefined {
  if (spot === undefined || !isClass(spot.node) || depth > 12) return undefined;
  const { unit, node } = spot;
  const base = spotOf(unit, node.superClass);
  const value = meaning(reading, base);
  const parent = value?.kind === 'class' ? classOf(reading, { unit: value.unit, node: bare(value.node) }, depth + 1) : undefined;
  const own = membersOf(unit, node);
  return {
    name: node.id?.name ?? 'default',
    spot,
    decorators: decoratorsOf(unit, node.decorators),
    members: [...(parent?.members ?? []).filter((one) => !own.some(({ name }) => name === one.name)), ...own],
    own,
    parents: parent === undefined ? [] : [parent, ...parent.parents],
    extends: base === undefined ? undefined : dotted(base.node).at(-1),
  };
}

export function classesIn(reading: Reading, files: readonly string[]): readonly WrittenClass[] {
  return files.flatMap((file) => {
    const unit = reading.ecma(file);
    if (unit === undefined) return [];
    return [...unit.nodes('ClassDeclaration'), ...unit.nodes('ClassExpression')].flatMap(
      (node) => classOf(reading, { unit, node }) ?? [],
    );
  });
}

/** `() => User`, `type => User`, `'User'`, `User`: the class that a decorator's argument means. */
export function classNamed(reading: Reading, spot: Spot | undefined): WrittenClass | string | undefined {
  if (spot === undefined) return undefined;
  const at = spot.node;
  if (at.type === 'ArrowFunctionExpression' || at.type === 'FunctionExpression') {
    const [result] = reading.js.resultsOf(spot.unit, at);
    return classNamed(reading, spotOf(spot.unit, result));
  }
  const text = reading.js.constantText(spot.unit, at);
  if (text !== undefined) return text;
  const value = meaning(reading, spot);
  if (value?.kind === 'class') return classOf(reading, { unit: value.unit, node: bare(value.node) });
  return at.type === 'Identifier' ? at.name : undefined;
}
