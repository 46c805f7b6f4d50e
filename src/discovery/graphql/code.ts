// Schemas and resolvers that are classes: NestJS and TypeGraphQL.
import type { NotUnderstood } from '../contract/place.ts';
import type { NodeOf, Reading } from '../contract/reading.ts';
import type { Guard } from '../contract/route.ts';
import { type ClassNode, isClass, isFunction, nameOf } from '../ecma/node.ts';
import { applicationsIn } from '../routes/adapters/nestjs/application.ts';
import { lineageOf } from '../routes/adapters/nestjs/controller.ts';
import { type Applied, decoratorsOf } from '../routes/adapters/nestjs/decorators.ts';
import { type Guarding, guardFrom, guardsOfDecorators, withMetadata } from '../routes/adapters/nestjs/guards.ts';
import type { ClassAt } from '../routes/adapters/nestjs/module-graph.ts';
import { placeOf } from '../routes/model.ts';
import { type Extension, enumsIn, extended, fieldsOf, isType, typeFrom, unionsIn } from './class-types.ts';
import { type GraphqlArgument, type GraphqlField, type GraphqlType, type Root, rootOf } from './model.ts';
import { isOf, nameIn, nameOfType, optionsOf, type TypeAt, typeOf } from './names.ts';

type Say = (what: NotUnderstood) => void;
/** Without a type of its own a resolver answers a field of a schema that is written out. */
export interface Resolved extends GraphqlField {
  readonly root: Root;
  readonly typed: boolean;
}
export interface InCode {
  readonly roots: readonly Resolved[];
  readonly types: readonly GraphqlType[];
}
const marks = /^@(Resolver|ObjectType|InputType|InterfaceType)$/;

/** Guards of the whole application count for its resolvers too. */
function globalGuards(reading: Reading): readonly Guarding[] {
  const named = [...reading.facts.values()].some(({ imports }) =>
    imports.some(({ from, names }) => from === '@nestjs/core' && names.some(([name]) => name === 'APP_GUARD')),
  );
  if (!named && reading.marked('call useGlobalGuards').length === 0) return [];
  const all = applicationsIn(reading, () => undefined).flatMap(({ guards }) => guards);
  const guards = all.map((one) => guardFrom(reading, { ...one, stage: 'global' }));
  return [...new Map(guards.map((guard) => [`${guard.at.file}:${guard.at.line} ${guard.by}`, guard])).values()];
}

export function codeIn(reading: Reading, say: Say): InCode {
  const globals = globalGuards(reading);
  const roots: Resolved[] = [];
  const types: GraphqlType[] = [];
  const extensions: Extension[] = [];
  for (const file of reading.marked(marks)) {
    const unit = reading.ecma(file);
    for (const node of unit?.nodes('ClassDeclaration') ?? []) {
      if (unit === undefined || !isClass(node)) continue;
      const of = { node, unit };
      const applied = decoratorsOf(reading, unit, node.decorators).filter(isOf);
      if (applied.some(({ name }) => name === 'Resolver') && !node.abstract) roots.push(...resolversOf(reading, of, globals));
      const resolver = applied.find(({ name }) => name === 'Resolver');
      const resolved = resolver === undefined || node.abstract ? [] : resolvedFields(reading, of, resolver);
      if (resolved.length > 0) extensions.push(...resolved);
      const type = applied.find(isType);
      if (type !== undefined && !isAbstract(reading, type)) types.push(typeFrom(reading, of, type));
    }
  }
  types.push(...enumsIn(reading, say), ...unionsIn(reading, say));
  return { roots, types: types.map((type) => extended(type, extensions)) };
}
const isAbstract = (reading: Reading, one: Applied): boolean => optionsOf(reading, one).has('isAbstract');

function resolversOf(reading: Reading, of: ClassAt, globals: readonly Guarding[]): readonly Resolved[] {
  const names = new Set<string>();
  const lineage = lineageOf(reading, of);
  const ofClass = lineage.flatMap((one) => decoratorsOf(reading, one.unit, one.node.decorators));
  return lineage.flatMap((at) =>
    methodsOf(at.node).flatMap((node) => {
      const own = nameOf(node.key) ?? '';
      if (names.has(own)) return [];
      names.add(own);
      const applied = decoratorsOf(reading, at.unit, node.decorators);
      return applied.flatMap((one) => {
        const root = isOf(one) ? rootOf(one.name) : undefined;
        return root === undefined ? [] : [{ root, ...fieldFrom(reading, { at, node, one, own, applied, ofClass, globals }) }];
      });
    }),
  );
}
const methodsOf = (node: ClassNode): readonly NodeOf<'MethodDefinition'>[] =>
  node.body.body.filter((one): one is NodeOf<'MethodDefinition'> => one.type === 'MethodDefinition' && one.kind === 'method');

function resolvedFields(reading: Reading, of: ClassAt, resolver: Applied): readonly Extension[] {
  const [given] = resolver.arguments;
  const result = given !== undefined && isFunction(given) ? reading.js.resultsOf(resolver.unit, given)[0] : given;
  const type = result === undefined ? undefined : nameOfType(reading, { unit: resolver.unit, node: result });
  if (type === undefined) return [];
  return lineageOf(reading, of).flatMap((at) =>
    methodsOf(at.node).flatMap((node) => {
      const one = decoratorsOf(reading, at.unit, node.decorators).find(
        (decorator) => isOf(decorator) && /^(ResolveField|FieldResolver)$/.test(decorator.name),
      );
      const own = nameOf(node.key);
      if (one === undefined || own === undefined) return [];
      const declared = isFunction(node.value) ? node.value.returnType?.typeAnnotation : undefined;
      const options = optionsOf(reading, one);
      const returns = declared === undefined ? undefined : { unit: at.unit, node: declared };
      return [
        {
          type,
          field: {
            name: nameIn(reading, one, own) ?? own,
            type: typeOf(reading, one, { options, declared: returns }),
          },
        },
      ];
    }),
  );
}
function fieldFrom(
  reading: Reading,
  o: {
    readonly at: ClassAt;
    readonly node: NodeOf<'MethodDefinition'>;
    readonly one: Applied;
    readonly own: string;
    readonly applied: readonly Applied[];
    readonly ofClass: readonly Applied[];
    readonly globals: readonly Guarding[];
  },
): Omit<Resolved, 'root'> {
  const { at, node, one, own, applied, ofClass, globals } = o;
  const options = optionsOf(reading, one);
  const declared = isFunction(node.value) ? node.value.returnType?.typeAnnotation : undefined;
  const returns = declared === undefined ? undefined : { unit: at.unit, node: declared };
  const place = placeOf(at.unit, node.key);
  const guards = [
    ...globals,
    ...guardsOfDecorators(reading, ofClass, 'class'),
    ...guardsOfDecorators(reading, applied, 'method'),
  ];
  return {
    name: nameIn(reading, one, own) ?? own,
    type: typeOf(reading, one, { options, declared: returns }),
    typed: one.from === 'type-graphql' || one.arguments.some((given) => isFunction(given)),
    arguments: argumentsOf(reading, at, node),
    at: placeOf(one.written.unit, one.written.node),
    resolver: place,
    guards: [...withMetadata(reading, guards, [...applied, ...ofClass]), ...typeGraphqlGuards(reading, [...ofClass, ...applied])],
  };
}

/** https://typegraphql.com/docs/authorization.html, https://typegraphql.com/docs/middlewares.html */
function typeGraphqlGuards(reading: Reading, applied: readonly Applied[]): readonly Guard[] {
  return applied.flatMap((one): readonly Guard[] => {
    if (one.from !== 'type-graphql') return [];
    if (one.name === 'UseMiddleware')
      return one.arguments.map((node) => {
        const { source: _, ...guard } = guardFrom(reading, { unit: one.unit, node, stage: 'middleware' });
        return guard;
      });
    if (one.name !== 'Authorized') return [];
    const scopes = one.arguments.flatMap((node) => reading.js.constantText(one.unit, node) ?? []);
    return [{ by: 'Authorized', scopes, stage: 'method', isAuth: true, at: placeOf(one.written.unit, one.written.node) }];
  });
}

function argumentsOf(reading: Reading, at: ClassAt, node: NodeOf<'MethodDefinition'>): readonly GraphqlArgument[] {
  if (!isFunction(node.value)) return [];
  return node.value.params.flatMap((parameter) => {
    if (parameter.type === 'TSParameterProperty') return [];
    const pattern = parameter.type === 'AssignmentPattern' ? parameter.left : parameter;
    const type = 'typeAnnotation' in pattern ? pattern.typeAnnotation?.typeAnnotation : undefined;
    const declared = type === undefined ? undefined : { unit: at.unit, node: type };
    const decorators = 'decorators' in parameter ? (parameter.decorators ?? []) : [];
    return decoratorsOf(reading, at.unit, decorators).flatMap((one) => {
      if (!isOf(one) || !/^Args?$/.test(one.name)) return [];
      const name = nameIn(reading, one, undefined);
      if (name !== undefined) {
        const options = optionsOf(reading, one);
        return [{ name, type: typeOf(reading, one, { options, declared }) }];
      }
      const spread = declared === undefined ? undefined : classOf(reading, declared);
      return spread === undefined ? [] : fieldsOf(reading, spread);
    });
  });
}
function classOf(reading: Reading, { unit, node }: TypeAt): ClassAt | undefined {
  const value = node.type === 'TSTypeReference' ? reading.js.meaningOf(unit, node.typeName) : undefined;
  return value?.kind === 'class' && isClass(value.node) ? { node: value.node, unit: value.unit } : undefined;
}
