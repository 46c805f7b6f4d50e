import type { NotUnderstood } from '../../contract/place.ts';
import type { Reading } from '../../contract/reading.ts';
import type { Guard, Route, RouteStack } from '../../contract/route.ts';
import { childOf, type Plain, within } from '../../grammar/plain.ts';
import { argument, decoratorsOf } from '../../grammar/python/literal.ts';
import type { Module } from '../../grammar/python/modules.ts';
import { parametersOf, returnsOf } from '../../grammar/python/names.ts';
import type { Located, Python, Value } from '../../grammar/python/values.ts';
import { guardsIn, guardsOfParameters } from './fastapi-guards.ts';
import { isConditional, placeOf, pythonOf, unclear } from './python-program.ts';

const stack = 'fastapi';
const methods = ['get', 'post', 'put', 'patch', 'delete', 'options', 'head', 'trace'];

interface Router {
  readonly at: Located;
  readonly isApplication: boolean;
  readonly prefix: string;
  readonly guards: readonly Guard[];
  readonly routes: Omit<Route, 'scope' | 'stack' | 'mounted'>[];
  readonly includes: {
    readonly of: Router;
    readonly prefix: string;
    readonly guards: readonly Guard[];
    readonly at: Located;
    readonly certain: boolean;
  }[];
}

class Application {
  readonly #program: Python;
  readonly #say: (what: NotUnderstood) => void;
  readonly routers = new Map<Plain, Router>();

  constructor(program: Python, say: (what: NotUnderstood) => void) {
    this.#program = program;
    this.#say = say;
  }

  #why(at: Located, why: string): undefined {
    this.#say(unclear(at, { stack, why }));
  }
  #prefix(node: Plain | undefined, module: Module): string | undefined {
    return node === undefined ? '' : this.#program.text(node, module)?.replace(/\/$/, '');
  }

  /** The router or application that a value is; a function may have made it. */
  routerOf(value: Value): Router | undefined {
    if (value.kind !== 'call') return undefined;
    if (value.of.kind === 'function') {
      const [given] = returnsOf(value.of.node);
      return this.routerOf(this.#program.value(given, value.of.module));
    }
    const known = this.routers.get(value.node);
    if (known !== undefined) return known;
    const names = this.#program.lineage(value.of).map((one) => this.#program.nameOf(one));
    const isApplication = names.some((name) => /^fastapi\.(applications\.)?FastAPI$/.test(name));
    if (!isApplication && !names.some((name) => /^fastapi\.(routing\.)?APIRouter$/.test(name))) return undefined;
    const { node, module } = value;
    const prefix = this.#prefix(argument(node, null, 'prefix'), module);
    if (prefix === undefined) this.#why(value, 'the prefix of the router is not known from the text');
    const made: Router = {
      at: { node, module },
      isApplication,
      prefix: prefix ?? '',
      guards: guardsIn(this.#program, { node: argument(node, null, 'dependencies'), module }),
      routes: [],
      includes: [],
    };
    this.routers.set(node, made);
    return made;
  }

  /** What a method is called on; of a parameter called `app` the only application that there is. */
  #target(node: Plain, module: Module): Router | undefined {
    const found = this.routerOf(this.#program.value(node, module));
    if (found !== undefined || node.kind !== 'identifier') return found;
    for (let above = node.parent; above !== null; above = above.parent)
      if (above.kind === 'function_definition' && parametersOf(above).has(node.text)) {
        const applications = [...this.routers.values()].filter(({ isApplication }) => isApplication);
        return applications.length === 1 ? applications[0] : undefined;
      }
    return undefined;
  }

  decorators(module: Module): void {
    for (const definition of within(module.root, ['function_definition']))
      for (const decorator of decoratorsOf(definition)) {
        const called = childOf(decorator, 'function');
        const [object, name] = [called && childOf(called, 'object'), called && childOf(called, 'attribute')?.text];
        if (!object || name === undefined || !(methods.includes(name) || name === 'api_route')) continue;
        const router = this.#target(object, module);
        if (router !== undefined) this.#route(router, { call: decorator, name, handler: { node: definition, module } });
        else if (/router|app\b/i.test(object.text) && argument(decorator, 0, 'path')?.kind === 'string')
          this.#why({ node: decorator, module }, 'what it is registered on is not known from the text');
      }
  }

  #route(router: Router, o: { readonly call: Plain; readonly name: string; readonly handler: Located }): undefined {
    const { call, name, handler } = o;
    const at = { node: call, module: handler.module };
    const path = this.#program.text(argument(call, 0, 'path'), handler.module);
    if (path === undefined) return this.#why(at, 'its path is not known from the text');
    const named = this.#program.list(argument(call, null, 'methods'), handler.module);
    const list = methods.includes(name) ? [name] : (named ?? []).map((one) => this.#program.text(one.node, one.module) ?? '');
    for (const method of list.length === 0 ? ['get'] : list)
      router.routes.push({
        method: method.toUpperCase(),
        path,
        registered: placeOf(at),
        handler: { ...placeOf(handler), name: childOf(handler.node, 'name')?.text ?? null },
        guards: [
          ...guardsIn(this.#program, { node: argument(call, null, 'dependencies'), module: handler.module }),
          ...guardsOfParameters(this.#program, handler),
        ],
        request: null,
        response: null,
        version: null,
        certain: !isConditional(call),
      });
  }

  calls(module: Module): void {
    for (const call of within(module.root, ['call'])) {
      const called = childOf(call, 'function');
      const [object, name] = [called && childOf(called, 'object'), called && childOf(called, 'attribute')?.text];
      if (!object || name === undefined || !/^(include_router|add_api_route|mount)$/.test(name)) continue;
      const at = { node: call, module };
      const router = this.#target(object, module);
      if (router === undefined) {
        if (name !== 'mount') this.#why(at, 'what it is registered on is not known from the text');
      } else if (name === 'add_api_route') this.#added(router, at);
      else this.#included(router, at, name === 'mount');
    }
  }
  #added(router: Router, at: Located): void {
    const endpoint = this.#program.value(argument(at.node, 1, 'endpoint'), at.module);
    if (endpoint.kind === 'function') this.#route(router, { call: at.node, name: 'api_route', handler: endpoint });
    else this.#why(at, 'the function that answers is not known from the text');
  }
  #included(router: Router, at: Located, isMount: boolean): undefined {
    const { node, module } = at;
    const what = isMount ? argument(node, 1, 'app') : argument(node, 0, 'router');
    const of = this.routerOf(this.#program.value(what, module));
    // Files and other servers are mounted too.
    if (of === undefined) return isMount ? undefined : this.#why(at, 'the router that is included is not known from the text');
    const prefix = this.#prefix(isMount ? argument(node, 0, 'path') : argument(node, null, 'prefix'), module);
    if (prefix === undefined) this.#why(at, 'its prefix is not known from the text; the paths below lack it');
    const guards = guardsIn(this.#program, { node: argument(node, null, 'dependencies'), module });
    router.includes.push({ of, prefix: prefix ?? '', guards, at, certain: prefix !== undefined && !isConditional(node) });
  }

  *served(
    router: Router,
    above: readonly Router[],
    from: Pick<Route, 'mounted' | 'certain' | 'guards'> & { readonly prefix: string },
  ): Generator<Omit<Route, 'scope'>> {
    if (above.includes(router)) return;
    const prefix = from.prefix + router.prefix;
    const guards = [...from.guards, ...router.guards];
    for (const route of router.routes)
      yield {
        ...route,
        path: (prefix + route.path).replace(/\{(\w+):path\}/g, '{$1*}').replace(/\{(\w+):\w+\}/g, '{$1}') || '/',
        guards: [...guards, ...route.guards],
        mounted: from.mounted,
        certain: from.certain && route.certain,
        stack,
      };
    for (const one of router.includes)
      yield* this.served(one.of, [...above, router], {
        prefix: prefix + one.prefix,
        guards: [...guards, ...one.guards],
        mounted: [...from.mounted, placeOf(one.at)],
        certain: from.certain && one.certain,
      });
  }

  unserved(): void {
    const included = new Set([...this.routers.values()].flatMap(({ includes }) => includes.map(({ of }) => of)));
    for (const router of this.routers.values())
      if (!router.isApplication && !included.has(router) && router.routes.length + router.includes.length > 0)
        this.#why(router.at, `no application includes this router of ${router.routes.length} routes`);
  }
}

/** FastAPI: applications, routers, what includes what, and dependencies that guard. */
export const fastapi: RouteStack = {
  name: stack,
  language: 'python',
  marks: ['fastapi'],
  present: (reading: Reading) => reading.packages.has('fastapi') || reading.marked('fastapi').length > 0,
  read(reading, say) {
    const program = pythonOf(reading);
    const application = new Application(program, say);
    const modules = program.modules.files.flatMap((file) => {
      const text = reading.text(file) ?? '';
      const module = /fastapi|include_router|\b\w+\.(get|post|put|patch|delete|mount)\(/.test(text)
        ? program.modules.module(file)
        : undefined;
      return module === undefined ? [] : [module];
    });
    // Applications first: a function that is given one may stand before it.
    for (const module of modules)
      if (/FastAPI\(|APIRouter\(/.test(module.root.text))
        for (const node of within(module.root, ['call'])) application.routerOf(program.value(node, module));
    const files = modules.filter(({ root }) => /fastapi|include_router/.test(root.text));
    for (const module of files) {
      application.decorators(module);
      application.calls(module);
    }
    application.unserved();
    return [...application.routers.values()]
      .filter(({ isApplication }) => isApplication)
      .filter((router) => ![...application.routers.values()].some(({ includes }) => includes.some(({ of }) => of === router)))
      .flatMap((router) => [...application.served(router, [], { prefix: '', mounted: [], certain: true, guards: [] })])
      .map((route) => ({ ...route, scope: reading.scope }));
  },
  knownFrom: 'https://fastapi.tiangolo.com/reference/apirouter/ (0.92 to 0.116)',
};
