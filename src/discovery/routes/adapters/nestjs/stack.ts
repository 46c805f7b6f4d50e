// NestJS: controllers that the modules of an application list.
import type { NotUnderstood } from '../../../contract/place.ts';
import type { Reading } from '../../../contract/reading.ts';
import type { Route, RouteStack } from '../../../contract/route.ts';
import { isClass } from '../../../ecma/node.ts';
import { joinPaths, placeOf, plainPath } from '../../model.ts';
import { type Application, applicationsIn, nearest } from './application.ts';
import { type Action, type Controller, controllerOf, lineageOf } from './controller.ts';
import { guardFrom, guardsOfDecorators, withMetadata } from './guards.ts';
import { type Middleware, middlewareFor, middlewareOf } from './middleware.ts';
import { type ClassAt, said } from './module-graph.ts';
import { matches } from './patterns.ts';
import { requestOf, responseOf } from './schemas.ts';

export const nestjs: RouteStack = {
  name: 'nestjs',
  language: 'ecma',
  marks: ['@nestjs/common', '@nestjs/core'],
  present: (reading) => reading.marked('@Controller').length > 0 || reading.marked('@nestjs/common').length > 0,
  read,
  knownFrom: 'https://docs.nestjs.com (11.1): controllers, modules, guards, middleware, faq/global-prefix, techniques/versioning',
};
type Say = (what: NotUnderstood) => void;

function read(reading: Reading, say: Say): readonly Route[] {
  const { js } = reading;
  const applications = applicationsIn(reading, say);
  const served = new Set<string>();
  const known = new Map<string, Controller | undefined>();
  const once = (of: ClassAt): Controller | undefined => {
    const key = `${js.keyOf(of.unit, of.node)} ${of.round?.size ?? 0}`;
    if (!known.has(key)) known.set(key, controllerOf(reading, of, say));
    return known.get(key);
  };
  const routes = applications.flatMap((application) => {
    const middleware = application.modules.modules.flatMap((one) => middlewareOf(reading, one));
    return application.modules.controllers.flatMap(({ of, module, certain }) => {
      // A class that a function makes is served as what extends it.
      for (const one of lineageOf(reading, of))
        if (one.node === of.node || !isTopLevel(one)) served.add(js.keyOf(one.unit, one.node));
      const controller = once(of);
      if (controller === undefined) return [];
      const path = application.modules.paths.get(js.keyOf(module.unit, module.node));
      return routesOf(reading, { application, middleware, controller, key: js.keyOf(of.unit, of.node), module: path, certain });
    });
  });
  return [...routes, ...unserved(reading, { applications, served, once }, say)];
}

const isTopLevel = ({ node }: ClassAt): boolean => /^(Program|Export)/.test(node.parent?.type ?? '');

/** Controllers that no followed list names: of a library, or of a module that only a running program knows. */
function unserved(
  reading: Reading,
  o: {
    readonly applications: readonly Application[];
    readonly served: ReadonlySet<string>;
    readonly once: (of: ClassAt) => Controller | undefined;
  },
  say: Say,
): readonly Route[] {
  return reading.marked('@Controller').flatMap((file) => {
    const unit = reading.ecma(file);
    return (unit?.nodes('ClassDeclaration') ?? []).flatMap((node) => {
      if (unit === undefined || !isClass(node) || node.abstract || o.served.has(reading.js.keyOf(unit, node))) return [];
      if (node.decorators.length === 0) return [];
      const controller = o.once({ node, unit });
      if (controller === undefined || controller.at.unit !== unit || controller.actions.length === 0) return [];
      const near = nearest(
        file,
        o.applications.map((application) => ({ unit: application.call.unit, application })),
      );
      if (o.applications.length > 0 && o.applications.every(({ modules }) => modules.whole)) {
        say(said(unit, controller.at.node, 'no module of an application lists this controller'));
        return [];
      }
      return routesOf(reading, {
        application: near?.application,
        middleware: [],
        controller,
        key: reading.js.keyOf(unit, node),
        module: undefined,
        certain: false,
      });
    });
  });
}

interface Served {
  readonly application: Application | undefined;
  readonly middleware: readonly Middleware[];
  readonly controller: Controller;
  readonly key: string;
  readonly module: { readonly path: string; readonly at: Route['registered'] } | undefined;
  readonly certain: boolean;
}
const routesOf = (reading: Reading, served: Served): readonly Route[] =>
  served.controller.actions.flatMap((action) =>
    action.methods.flatMap((method) =>
      served.controller.paths.flatMap((above) =>
        action.paths.flatMap((own) => {
          const inner = joinPaths(joinPaths(served.module?.path ?? '', plainPath(above)), plainPath(own));
          return versionsOf(served, action).map((version) => routeOf(reading, { served, action, method, inner, version }));
        }),
      ),
    ),
  );

/** Without versioning of the application what decorators say of versions does not count. */
function versionsOf({ application, controller }: Served, action: Action): readonly (string | null)[] {
  if (application === undefined) return action.versions ?? controller.versions ?? [null];
  if (application.versioning === undefined) return [null];
  const versions = action.versions ?? controller.versions ?? application.versioning.usual;
  return versions.length === 0 ? [null] : versions;
}

function routeOf(
  reading: Reading,
  o: {
    readonly served: Served;
    readonly action: Action;
    readonly method: string;
    readonly inner: string;
    readonly version: string | null;
  },
): Route {
  const { served, action, method, inner, version } = o;
  const { application, controller } = served;
  const prefix = application?.prefix;
  const isOutside = prefix?.exclude.some((one) => matches(one, { method, path: inner })) ?? false;
  const inPath = application?.versioning?.inPath === true;
  const usual = application?.versioning?.usual ?? [];
  const versioned = version !== null && inPath ? joinPaths(`${application.versioning.prefix}${version}`, inner) : inner;
  const applied = [...action.applied, ...controller.applied];
  const guards = [
    ...middlewareFor(served.middleware, { method, path: inner, controller: served.key, version: inPath ? version : null, usual }),
    ...(application?.guards ?? []).map((one) => guardFrom(reading, { ...one, stage: 'global' })),
    ...guardsOfDecorators(reading, controller.applied, 'class'),
    ...guardsOfDecorators(reading, action.applied, 'method'),
  ];
  const handler = { ...placeOf(action.unit, action.node.key), name: `${controller.name}.${action.name}` };
  return {
    method,
    path: prefix === undefined || isOutside ? versioned : joinPaths(plainPath(prefix.path), versioned),
    stack: 'nestjs',
    scope: reading.scope,
    registered: placeOf(action.registered.unit, action.registered.node),
    handler,
    guards: withMetadata(reading, guards, applied),
    request: requestOf(reading, action),
    response: responseOf(reading, { action, method }),
    version,
    mounted: [
      ...(prefix === undefined || isOutside ? [] : [prefix.at]),
      ...(served.module === undefined ? [] : [served.module.at]),
      placeOf(controller.at.unit, controller.at.node),
    ],
    certain: served.certain,
  };
}
