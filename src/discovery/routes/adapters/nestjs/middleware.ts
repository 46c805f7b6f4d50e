// Middleware of modules: https://docs.nestjs.com/middleware#applying-middleware
import type { Node } from 'oxc-parser';
import type { Reading } from '../../../contract/reading.ts';
import { bare, isClass, propertyName } from '../../../ecma/node.ts';
import { type Guarding, guardFrom } from './guards.ts';
import type { ClassAt } from './module-graph.ts';
import { listedIn } from './module-list.ts';
import { matches, type PathPattern, patternsOf } from './patterns.ts';

export interface Middleware {
  readonly guards: readonly Guarding[];
  readonly routes: readonly PathPattern[];
  /** Keys of controllers. */
  readonly controllers: ReadonlySet<string>;
  readonly exclude: readonly PathPattern[];
}

export function middlewareOf(reading: Reading, { node, unit }: ClassAt): readonly Middleware[] {
  const configure = node.body.body.find(
    (one) => one.type === 'MethodDefinition' && one.key.type === 'Identifier' && one.key.name === 'configure',
  );
  if (configure === undefined) return [];
  return unit.nodes('CallExpression').flatMap((call) => {
    if (call.start < configure.start || call.end > configure.end || propertyName(call.callee) !== 'forRoutes') return [];
    const guards: Guarding[] = [];
    const exclude: PathPattern[] = [];
    for (let at: Node = bare(call.callee); at.type === 'MemberExpression'; ) {
      const before = bare(at.object);
      if (before.type !== 'CallExpression') break;
      const name = propertyName(bare(before.callee));
      if (name === 'apply')
        guards.unshift(...before.arguments.map((one) => guardFrom(reading, { unit, node: one, stage: 'middleware' })));
      if (name === 'exclude')
        exclude.push(
          ...before.arguments.flatMap((one) => patternsOf(reading, { unit, node: one })).map((one) => ({ ...one, below: false })),
        );
      at = bare(before.callee);
    }
    const controllers = new Set<string>();
    const routes = call.arguments.flatMap((one) => {
      const argument = one.type === 'SpreadElement' ? one.argument : one;
      for (const listed of listedIn(reading, { unit, round: undefined, node: argument, certain: true })) {
        if (listed.kind === 'class' && isClass(listed.node)) controllers.add(reading.js.keyOf(listed.unit, listed.node));
      }
      return patternsOf(reading, { unit, node: argument });
    });
    return [{ guards, routes, controllers, exclude }];
  });
}

interface Asked {
  readonly method: string;
  /** Without global prefix and version. */
  readonly path: string;
  readonly controller: string;
  /** Where the version is a part of the path. */
  readonly version: string | null;
  /** Versions of routes that name none. */
  readonly usual: readonly (string | null)[];
}
export function middlewareFor(all: readonly Middleware[], route: Asked): readonly Guarding[] {
  return all
    .filter(
      ({ routes, controllers, exclude }) =>
        (controllers.has(route.controller) || routes.some((one) => matches(one, route) && isOfVersion(one, route))) &&
        // What leaves a path out means the path without a version, unless it names one.
        !exclude.some((one) => matches(one, route) && one.version === route.version),
    )
    .flatMap(({ guards }) => guards);
}
/** As NestJS 11.2 does: a path without a version is one of the usual version, but for all paths at once. */
const isOfVersion = ({ path, version }: PathPattern, route: Asked): boolean =>
  /^\/(\{[^}]*\*\})?$/.test(path) || version === route.version || (version === null && route.usual.includes(route.version));
