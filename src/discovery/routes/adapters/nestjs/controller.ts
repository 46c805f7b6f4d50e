// The routes that a controller class gives: https://docs.nestjs.com/controllers
import type { Node } from 'oxc-parser';
import type { NotUnderstood } from '../../../contract/place.ts';
import type { EcmaUnit, NodeOf, Reading } from '../../../contract/reading.ts';
import { isClass, nameOf } from '../../../ecma/node.ts';
import { type Applied, decoratorsOf, question } from './decorators.ts';
import { type ClassAt, propertyNode, said } from './module-graph.ts';
import { requestMethod } from './patterns.ts';
import { textsOf } from './texts.ts';

export interface Action {
  readonly name: string;
  readonly unit: EcmaUnit;
  readonly node: NodeOf<'MethodDefinition'>;
  readonly methods: readonly string[];
  readonly paths: readonly string[];
  /** Null in the list: `VERSION_NEUTRAL`. Undefined: the controller's. */
  readonly versions: readonly (string | null)[] | undefined;
  readonly applied: readonly Applied[];
  readonly registered: { readonly unit: EcmaUnit; readonly node: Node };
}
export interface Controller {
  readonly name: string;
  readonly paths: readonly string[];
  readonly versions: readonly (string | null)[] | undefined;
  readonly applied: readonly Applied[];
  readonly actions: readonly Action[];
  readonly at: { readonly unit: EcmaUnit; readonly node: Node };
}
type Say = (what: NotUnderstood) => void;
const verbs: Readonly<Record<string, string>> = {
  ...{
    Get: 'GET',
    Post: 'POST',
    Put: 'PUT',
    Patch: 'PATCH',
    Delete: 'DELETE',
    Options: 'OPTIONS',
    Head: 'HEAD',
    All: 'ALL',
    Sse: 'GET',
  },
  ...{
    Search: 'SEARCH',
    Propfind: 'PROPFIND',
    Proppatch: 'PROPPATCH',
    Mkcol: 'MKCOL',
    Copy: 'COPY',
    Move: 'MOVE',
    Lock: 'LOCK',
    Unlock: 'UNLOCK',
  },
};
/** Decorators of packages that add routes whose paths stand elsewhere. */
const foreign = /^(Crud|CrudController|TsRestHandler|TsRest|GrpcMethod)$/;
const common = (one: Applied): boolean => one.from === '@nestjs/common';
const writesRoutes = (one: Applied): boolean => common(one) || one.from === '@nestia/core';

/** The class and what it extends, nearest first. */
export function lineageOf(reading: Reading, of: ClassAt): readonly ClassAt[] {
  const found: ClassAt[] = [];
  let at: ClassAt | undefined = of;
  while (at !== undefined && found.length < 12) {
    found.push(at);
    const base = reading.js.meaningOf(at.unit, at.node.superClass, question(at.round));
    at = base?.kind === 'class' && isClass(base.node) ? { node: base.node, unit: base.unit, round: base.round } : undefined;
  }
  return found;
}

export function controllerOf(reading: Reading, of: ClassAt, say: Say): Controller | undefined {
  const lineage = lineageOf(reading, of);
  const applied = lineage.flatMap((one) => within(one, decoratorsOf(reading, one.unit, one.node.decorators)));
  const decorator = applied.find((one) => common(one) && one.name === 'Controller');
  if (decorator === undefined) return undefined;
  for (const one of applied.filter(({ from, name }) => from !== null && foreign.test(name)))
    say(said(one.written.unit, one.written.node, `routes that ${one.name} of ${one.from} adds are not followed`));
  const place = { unit: decorator.written.unit, node: decorator.written.node };
  const [argument] = decorator.arguments;
  const options = reading.js.meaningOf(decorator.unit, argument, question(decorator.round));
  const version = applied.find((one) => common(one) && one.name === 'Version');
  const pathAt = options?.kind === 'object' ? propertyNode(options, 'path') : argument;
  const where = options?.kind === 'object' ? { unit: options.unit, round: options.round ?? decorator.round } : decorator;
  const paths = pathAt === undefined ? [''] : textsOf(reading, where, pathAt)?.filter((one) => one !== null);
  if (paths === undefined) {
    say(said(place.unit, place.node, 'the path of this controller is known only while the program runs'));
    return undefined;
  }
  const versionAt = options?.kind === 'object' ? propertyNode(options, 'version') : undefined;
  const versions =
    version !== undefined
      ? textsOf(reading, version, version.arguments[0])
      : versionAt === undefined
        ? undefined
        : textsOf(reading, where, versionAt);
  return {
    name: of.node.id?.name ?? 'a class without a name',
    paths,
    versions,
    applied,
    actions: actionsOf(reading, lineage, say),
    at: place,
  };
}
/** Decorators of a class that a function makes are asked with what the function was given. */
const within = ({ round }: ClassAt, applied: readonly Applied[]): readonly Applied[] =>
  round === undefined ? applied : applied.map((one) => (one.round === undefined ? { ...one, round } : one));

function actionsOf(reading: Reading, lineage: readonly ClassAt[], say: Say): readonly Action[] {
  const names = new Set<string>();
  return lineage.flatMap((at) => {
    const own = at.node.body.body.filter((one): one is NodeOf<'MethodDefinition'> => one.type === 'MethodDefinition');
    const fresh = own.filter((one) => one.kind === 'method' && !one.static && !names.has(nameOf(one.key) ?? ''));
    for (const one of fresh) names.add(nameOf(one.key) ?? '');
    return fresh.flatMap((node) => actionOf(reading, { at, node }, say));
  });
}

function actionOf(
  reading: Reading,
  { at, node }: { readonly at: ClassAt; readonly node: NodeOf<'MethodDefinition'> },
  say: Say,
): readonly Action[] {
  const applied = within(at, decoratorsOf(reading, at.unit, node.decorators));
  for (const one of applied.filter(({ from, name }) => from !== null && foreign.test(name) && name !== 'GrpcMethod'))
    say(said(one.written.unit, one.written.node, `what ${one.name} of ${one.from} routes is not followed`));
  const version = applied.find((one) => common(one) && one.name === 'Version');
  return applied.flatMap((one) => {
    if (!writesRoutes(one)) return [];
    const name = one.name.replace(/^(TypedRoute|EncryptedRoute)\./, '');
    const isMapping = name === 'RequestMapping';
    const method = verbs[name];
    if (method === undefined && !isMapping) return [];
    const value = isMapping ? reading.js.meaningOf(one.unit, one.arguments[0], question(one.round)) : undefined;
    const mapping = value?.kind === 'object' ? value : undefined;
    const pathAt = mapping === undefined ? one.arguments[0] : propertyNode(mapping, 'path');
    const paths = pathAt === undefined ? [''] : textsOf(reading, one, pathAt)?.filter((text) => text !== null);
    const registered = { unit: one.written.unit, node: one.written.node };
    if (paths === undefined) {
      say(said(registered.unit, registered.node, 'the path of this route is known only while the program runs'));
      return [];
    }
    const asked = mapping === undefined ? undefined : propertyNode(mapping, 'method');
    const methods = isMapping
      ? [asked === undefined ? 'GET' : (requestMethod(reading, one.unit, asked) ?? 'ALL')]
      : [method ?? 'ALL'];
    return [
      {
        name: nameOf(node.key) ?? at.unit.excerpt(node.key),
        unit: at.unit,
        node,
        methods,
        paths,
        versions: version === undefined ? undefined : textsOf(reading, version, version.arguments[0]),
        applied,
        registered,
      },
    ];
  });
}
