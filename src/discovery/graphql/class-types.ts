// Types of GraphQL that are classes, enums and unions of the code.
import type { Node } from 'oxc-parser';
import type { Value } from '../contract/meaning.ts';
import type { NotUnderstood } from '../contract/place.ts';
import type { EcmaUnit, Reading } from '../contract/reading.ts';
import { bare, isClass, isFunction, nameOf } from '../ecma/node.ts';
import { type Applied, decoratorsOf } from '../routes/adapters/nestjs/decorators.ts';
import { type ClassAt, propertyNode } from '../routes/adapters/nestjs/module-graph.ts';
import { placeOf } from '../routes/model.ts';
import type { GraphqlArgument, GraphqlType } from './model.ts';
import { isOf, nameIn, nameOfType, optionsOf, type TypeAt, textOf, typeOf } from './names.ts';

type Say = (what: NotUnderstood) => void;
const kinds: Readonly<Record<string, GraphqlType['kind']>> = {
  ObjectType: 'object',
  InputType: 'input',
  InterfaceType: 'interface',
};
export const isType = (one: Applied): boolean => kinds[one.name] !== undefined;
const deepest = 8;

/** A field that a resolver adds to a type: https://docs.nestjs.com/graphql/resolvers#code-first-resolver */
export interface Extension {
  readonly type: string;
  readonly field: GraphqlArgument;
}
/** What a field says of itself goes before what its resolver says. */
export function extended(type: GraphqlType, extensions: readonly Extension[]): GraphqlType {
  const more = extensions.filter((one) => one.type === type.name && !type.fields.some(({ name }) => name === one.field.name));
  return more.length === 0
    ? type
    : { ...type, fields: [...type.fields, ...new Map(more.map(({ field }) => [field.name, field])).values()] };
}

export function typeFrom(reading: Reading, of: ClassAt, one: Applied): GraphqlType {
  const own = of.node.id?.name ?? 'a class without a name';
  const implemented = optionsOf(reading, one).get('implements');
  const fields = new Map<string, GraphqlArgument>();
  const interfaces = implemented === undefined ? [] : classesIn(reading, implemented);
  for (const field of [...interfaces.flatMap((at) => fieldsOf(reading, at)), ...fieldsOf(reading, of)])
    fields.set(field.name, field);
  return {
    name: nameIn(reading, one, own) ?? own,
    kind: kinds[one.name] ?? 'object',
    fields: [...fields.values()],
    at: placeOf(of.unit, of.node),
  };
}
/** `X`, `[X, Y]` and `() => [X, Y]`. */
function classesIn(reading: Reading, { unit, node }: TypeAt, depth = 0): readonly ClassAt[] {
  const plain = bare(node);
  if (depth > deepest) return [];
  if (isFunction(plain))
    return reading.js.resultsOf(unit, plain).flatMap((one) => classesIn(reading, { unit, node: one }, depth + 1));
  if (plain.type === 'ArrayExpression')
    return plain.elements.flatMap((one) => (one === null ? [] : classesIn(reading, { unit, node: one }, depth + 1)));
  const value = reading.js.meaningOf(unit, plain);
  return value?.kind === 'class' && isClass(value.node) ? [{ node: value.node, unit: value.unit }] : [];
}

/** Fields with a decorator, those of the classes that it extends first. */
export function fieldsOf(reading: Reading, of: ClassAt, depth = 0): readonly GraphqlArgument[] {
  const found = new Map<string, GraphqlArgument>();
  const base =
    of.node.superClass === null || depth > deepest
      ? []
      : inherited(reading, { unit: of.unit, node: of.node.superClass }, depth + 1);
  for (const one of base) found.set(one.name, one);
  for (const member of of.node.body.body) {
    if (member.type !== 'PropertyDefinition' && member.type !== 'MethodDefinition') continue;
    const one = decoratorsOf(reading, of.unit, member.decorators).find(
      (decorator) => isOf(decorator) && decorator.name === 'Field',
    );
    const own = nameOf(member.key);
    if (one === undefined || own === undefined) continue;
    const options = optionsOf(reading, one);
    const type = member.type === 'PropertyDefinition' ? member.typeAnnotation?.typeAnnotation : undefined;
    const name = textOf(reading, options.get('name')) ?? own;
    found.set(name, {
      name,
      type: typeOf(reading, one, { options, declared: type == null ? undefined : { unit: of.unit, node: type } }),
    });
  }
  return [...found.values()];
}

/** A class, or `PartialType(X)` and its sisters: https://docs.nestjs.com/graphql/mapped-types */
function inherited(reading: Reading, at: TypeAt, depth: number): readonly GraphqlArgument[] {
  const node = bare(at.node);
  if (depth > deepest) return [];
  if (node.type !== 'CallExpression') {
    const value = reading.js.meaningOf(at.unit, node);
    return value?.kind === 'class' && isClass(value.node) ? fieldsOf(reading, { node: value.node, unit: value.unit }, depth) : [];
  }
  const [first, second] = node.arguments;
  const base = first === undefined ? [] : inherited(reading, { unit: at.unit, node: first }, depth + 1);
  const chosen = (reading.js.elementsOf(at.unit, second) ?? []).map(({ value }) => textFrom(reading, value));
  switch (nameOf(node.callee)) {
    case 'PartialType':
      return base.map(({ name, type }) => ({ name, type: type.replace(/!$/, '') }));
    case 'PickType':
      return base.filter(({ name }) => chosen.includes(name));
    case 'OmitType':
      return base.filter(({ name }) => !chosen.includes(name));
    case 'IntersectionType':
      return node.arguments.flatMap((one) => inherited(reading, { unit: at.unit, node: one }, depth + 1));
    default: {
      const value = reading.js.meaningOf(at.unit, node);
      return value?.kind === 'class' && isClass(value.node)
        ? fieldsOf(reading, { node: value.node, unit: value.unit }, depth)
        : [];
    }
  }
}
const textFrom = (reading: Reading, value: Value | undefined): string | undefined =>
  value?.kind === 'text' ? value.text : value?.kind === 'other' ? reading.js.constantText(value.unit, value.node) : undefined;

export function enumsIn(reading: Reading, say: Say): readonly GraphqlType[] {
  return called(reading, 'registerEnumType').flatMap(({ unit, node }) => {
    const values = reading.js.entriesOf(unit, node.arguments[0]);
    const name = nameGiven(reading, unit, node.arguments[1]);
    if (values === undefined || name === undefined) {
      const why = 'the values of this enum are known only while the program runs, or to a package';
      say({ ...placeOf(unit, node), what: unit.excerpt(node), why, about: 'contract', stack: 'graphql' });
      return [];
    }
    return [
      { name, kind: 'enum' as const, fields: values.map(({ key }) => ({ name: key, type: key })), at: placeOf(unit, node) },
    ];
  });
}

export function unionsIn(reading: Reading, say: Say): readonly GraphqlType[] {
  return called(reading, 'createUnionType').flatMap(({ unit, node }) => {
    const name = nameGiven(reading, unit, node.arguments[0]);
    const options = reading.js.meaningOf(unit, node.arguments[0]);
    const types = options?.kind === 'object' ? propertyNode(options, 'types') : undefined;
    const classes = types === undefined ? [] : classesIn(reading, { unit, node: types });
    if (name === undefined || classes.length === 0) {
      say({
        ...placeOf(unit, node),
        what: unit.excerpt(node),
        why: 'what is in this union is known only while the program runs',
        about: 'contract',
        stack: 'graphql',
      });
      return [];
    }
    const fields = classes.flatMap((one) => {
      const member = one.node.id === null ? undefined : nameOfType(reading, { unit: one.unit, node: one.node.id });
      return member === undefined ? [] : [{ name: member, type: member }];
    });
    return [{ name, kind: 'union' as const, fields, at: placeOf(unit, node) }];
  });
}

interface Call {
  readonly unit: EcmaUnit;
  readonly node: Node & { readonly type: 'CallExpression' };
}
const called = (reading: Reading, name: string): readonly Call[] =>
  reading.marked(`call ${name}`).flatMap((file) => {
    const unit = reading.ecma(file);
    return (unit?.nodes('CallExpression') ?? []).flatMap((node) =>
      unit !== undefined && nameOf(node.callee) === name ? [{ unit, node }] : [],
    );
  });
function nameGiven(reading: Reading, unit: EcmaUnit, node: Node | undefined): string | undefined {
  const options = reading.js.meaningOf(unit, node);
  return options === undefined ? undefined : textFrom(reading, reading.js.propertyOf(options, 'name'));
}
