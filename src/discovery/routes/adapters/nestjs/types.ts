// Types of TypeScript as JSON schemas, as far as a reader of an interface needs them.
import type { Node } from 'oxc-parser';
import type { Json } from '../../../../contract/schema.ts';
import type { Value } from '../../../contract/meaning.ts';
import type { EcmaUnit, Reading } from '../../../contract/reading.ts';
import { bare, type ClassNode, isClass, nameOf } from '../../../ecma/node.ts';
import { decoratorsOf } from './decorators.ts';

export interface TypeAt {
  readonly unit: EcmaUnit;
  readonly node: Node;
}
interface Way {
  readonly depth: number;
  readonly within: readonly string[];
  readonly budget: { left: number };
}
type Properties = Map<string, { readonly schema: Json; readonly required: boolean }>;
const begin = (): Way => ({ depth: 0, within: [], budget: { left: 400 } });
const plain: Readonly<Record<string, Json>> = {
  TSStringKeyword: { type: 'string' },
  TSNumberKeyword: { type: 'number' },
  TSBigIntKeyword: { type: 'integer' },
  TSBooleanKeyword: { type: 'boolean' },
  TSNullKeyword: { type: 'null' },
  TSObjectKeyword: { type: 'object' },
};

export const schemaOfType = (reading: Reading, at: TypeAt): Json => typed(reading, at, begin());
export const schemaOfClass = (reading: Reading, at: TypeAt): Json =>
  isClass(at.node) ? ofClass(reading, at.unit, at.node, begin()) : {};

function typed(reading: Reading, { unit, node }: TypeAt, way: Way): Json {
  way.budget.left -= 1;
  if (way.depth > 6 || way.budget.left < 0) return {};
  const deeper = { ...way, depth: way.depth + 1 };
  const next = (one: Node): Json => typed(reading, { unit, node: one }, deeper);
  switch (node.type) {
    case 'TSArrayType':
      return { type: 'array', items: next(node.elementType) };
    case 'TSLiteralType':
      return node.literal.type === 'Literal' && !('regex' in node.literal)
        ? { const: node.literal.value as Json }
        : { type: 'string' };
    case 'TSUnionType': {
      const parts = node.types.filter((one) => one.type !== 'TSUndefinedKeyword').map(next);
      const [first] = parts;
      return parts.length === 1 && first !== undefined ? first : { anyOf: parts };
    }
    case 'TSIntersectionType':
      return { allOf: node.types.map(next) };
    case 'TSTypeLiteral':
      return objectOf(members(reading, unit, node.members, deeper));
    case 'TSTypeReference':
      return referred(reading, { unit, node }, way);
    default:
      return plain[node.type] ?? {};
  }
}

/** Types that stand for what they are given. */
const through = new Set(['Promise', 'Observable', 'Readonly', 'NonNullable', 'Awaited', 'Required', 'Partial']);

function referred(
  reading: Reading,
  { unit, node }: TypeAt & { readonly node: Node & { readonly type: 'TSTypeReference' } },
  way: Way,
): Json {
  const given = node.typeArguments?.params ?? [];
  const [first] = given;
  const name = node.typeName.type === 'Identifier' ? node.typeName.name : undefined;
  const deeper = { ...way, depth: way.depth + 1 };
  if (name === 'Date') return { type: 'string', format: 'date-time' };
  if (name === 'Array' || name === 'ReadonlyArray' || name === 'Set')
    return { type: 'array', items: first === undefined ? {} : typed(reading, { unit, node: first }, deeper) };
  if (name !== undefined && through.has(name)) return first === undefined ? {} : typed(reading, { unit, node: first }, way);
  if (name === 'Record' || name === 'Map') return { type: 'object' };
  const value = name === undefined ? undefined : namedType(reading, unit, node.typeName);
  if (value === undefined || !('node' in value)) return {};
  const key = reading.js.keyOf(value.unit, value.node);
  if (way.within.includes(key)) return { $source: name ?? '' };
  return declared(reading, value, { ...deeper, within: [...way.within, key] });
}
function declared(reading: Reading, value: Value & { readonly node: Node; readonly unit: EcmaUnit }, way: Way): Json {
  const { node, unit } = value;
  if (isClass(node)) return ofClass(reading, unit, node, way);
  if (node.type === 'TSEnumDeclaration') {
    const values = reading.js.entriesOf(unit, node.id) ?? [];
    return { type: 'string', enum: values.map((one) => textOf(reading, one.value) ?? one.key) };
  }
  if (node.type === 'TSInterfaceDeclaration') {
    const properties: Properties = new Map();
    for (const one of node.extends) {
      const base = namedType(reading, unit, one.expression);
      if (base !== undefined && 'node' in base && base.node.type === 'TSInterfaceDeclaration' && way.depth < 6)
        for (const [name, property] of members(reading, base.unit, base.node.body.body, way)) properties.set(name, property);
    }
    for (const [name, property] of members(reading, unit, node.body.body, way)) properties.set(name, property);
    return objectOf(properties);
  }
  return node.type === 'TSTypeAliasDeclaration' ? typed(reading, { unit, node: node.typeAnnotation }, way) : {};
}
function textOf(reading: Reading, value: Value | undefined): string | undefined {
  if (value?.kind === 'text') return value.text;
  return value?.kind === 'other' ? reading.js.constantText(value.unit, value.node) : undefined;
}

/** What a name stands for where it stands for a type. */
function namedType(reading: Reading, unit: EcmaUnit, name: Node): Value | undefined {
  const declaration = reading.js.declarationOf(unit, name);
  if (declaration === undefined) return undefined;
  if (declaration.kind === 'type') return { kind: 'other', node: declaration.node, unit };
  if (declaration.kind !== 'import') return reading.js.meaningOf(unit, name);
  const file = reading.js.resolve(unit.file, declaration.from);
  return file === undefined ? undefined : reading.js.exportOf(file, declaration.name);
}

function members(reading: Reading, unit: EcmaUnit, of: readonly Node[], way: Way): Properties {
  const found: Properties = new Map();
  for (const one of of) {
    if (one.type !== 'TSPropertySignature') continue;
    const name = nameOf(one.key);
    const type = one.typeAnnotation?.typeAnnotation;
    if (name === undefined) continue;
    found.set(name, { schema: type === undefined ? {} : typed(reading, { unit, node: type }, way), required: !one.optional });
  }
  return found;
}
const objectOf = (properties: Properties): Json => ({
  type: 'object',
  properties: Object.fromEntries([...properties].map(([name, { schema }]) => [name, schema])),
  required: [...properties].flatMap(([name, { required }]) => (required ? [name] : [])),
});

const ofClass = (reading: Reading, unit: EcmaUnit, node: ClassNode, way: Way): Json =>
  objectOf(propertiesOf(reading, unit, node, way));

function propertiesOf(reading: Reading, unit: EcmaUnit, node: ClassNode, way: Way): Properties {
  const found: Properties = new Map(
    node.superClass === null || way.depth > 6 ? [] : inherited(reading, unit, node.superClass, way),
  );
  for (const one of node.body.body) {
    if (one.type !== 'PropertyDefinition' || one.static) continue;
    const name = nameOf(one.key);
    if (name === undefined || one.key.type === 'PrivateIdentifier') continue;
    const type = one.typeAnnotation?.typeAnnotation;
    const rules = decoratorsOf(reading, unit, one.decorators);
    const names = rules.map((rule) => rule.name);
    if (names.includes('ApiHideProperty') || names.includes('Exclude')) continue;
    const schema = type === undefined ? {} : typed(reading, { unit, node: type }, { ...way, depth: way.depth + 1 });
    const optional = one.optional || names.includes('IsOptional') || names.includes('ApiPropertyOptional');
    found.set(name, { schema: constrained(reading, schema, rules), required: !optional });
  }
  return found;
}

/** `PartialType(X)`, `PickType(X, ['a'])` and their sisters: https://docs.nestjs.com/openapi/mapped-types */
function inherited(reading: Reading, unit: EcmaUnit, superClass: Node, way: Way): Properties {
  const node = bare(superClass);
  const deeper = { ...way, depth: way.depth + 1 };
  if (node.type !== 'CallExpression') {
    const value = reading.js.meaningOf(unit, node);
    return value?.kind === 'class' && isClass(value.node) ? propertiesOf(reading, value.unit, value.node, deeper) : new Map();
  }
  const [first, second] = node.arguments;
  const name = nameOf(node.callee);
  const base = first === undefined ? new Map() : inherited(reading, unit, first, deeper);
  const chosen = (reading.js.elementsOf(unit, second) ?? []).map((one) => textOf(reading, one.value));
  switch (name) {
    case 'PartialType':
      return new Map([...base].map(([key, one]) => [key, { ...one, required: false }]));
    case 'PickType':
      return new Map([...base].filter(([key]) => chosen.includes(key)));
    case 'OmitType':
      return new Map([...base].filter(([key]) => !chosen.includes(key)));
    case 'IntersectionType':
      return new Map(node.arguments.flatMap((one) => [...inherited(reading, unit, one, deeper)]));
    default:
      return new Map();
  }
}

/** Rules of class-validator that JSON schemas have a word for. */
function constrained(reading: Reading, schema: Json, rules: ReturnType<typeof decoratorsOf>): Json {
  const words: Record<string, Json> = {};
  for (const { name, arguments: given, unit } of rules) {
    const node = given[0] === undefined ? undefined : bare(given[0]);
    const number = node?.type === 'Literal' && typeof node.value === 'number' ? node.value : undefined;
    if (name === 'IsEmail') words.format = 'email';
    if (name === 'IsUUID') words.format = 'uuid';
    if (name === 'IsUrl') words.format = 'uri';
    if (name === 'IsInt') words.type = 'integer';
    const limit = { Min: 'minimum', Max: 'maximum', MinLength: 'minLength', MaxLength: 'maxLength' }[name];
    if (limit !== undefined && number !== undefined) words[limit] = number;
    if (name === 'IsIn') {
      const values = reading.js.elementsOf(unit, given[0])?.map((one) => textOf(reading, one.value));
      if (values !== undefined && !values.includes(undefined)) words.enum = values.flatMap((one) => one ?? []);
    }
  }
  return { ...(schema as object), ...words };
}
