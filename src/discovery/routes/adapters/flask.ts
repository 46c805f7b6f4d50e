import type { NotUnderstood } from '../../contract/place.ts';
import type { Guard, Route, RouteStack } from '../../contract/route.ts';
import { childOf, type Plain, within } from '../../grammar/plain.ts';
import { argument, argumentsOf, decoratorsOf } from '../../grammar/python/literal.ts';
import type { Module } from '../../grammar/python/modules.ts';
import { parametersOf, returnsOf } from '../../grammar/python/names.ts';
import type { Located, Python, Value } from '../../grammar/python/values.ts';
import { guardFrom, isConditional, looksLikeAuth, placeOf, pythonOf, unclear } from './python-program.ts';

const stack = 'flask';
const methods = ['get', 'post', 'put', 'patch', 'delete'];

/** An application, a blueprint, or the `Api` and namespaces of Flask-RESTful and Flask-RESTX. */
interface Part {
  readonly at: Located;
  readonly kind: 'application' | 'blueprint' | 'api' | 'namespace';
  readonly prefix: string;
  readonly guards: Guard[];
  readonly routes: Omit<Route, 'scope' | 'stack' | 'mounted'>[];
  /** `prefix`: in place of the blueprint's own, as Flask has it; null: its own. */
  readonly inside: { readonly of: Part; readonly prefix: string | null; readonly at: Located; readonly certain: boolean }[];
}

const kinds: readonly (readonly [RegExp, Part['kind']])[] = [
  [/^(flask\.|flask\.app\.|apiflask\.|flask_openapi3\.)(Flask|APIFlask|OpenAPI)$/, 'application'],
  [/^(flask|flask\.blueprints|apiflask|flask_smorest)\.(API)?Blueprint$/, 'blueprint'],
  [/^flask_rest(ful|x|plus)\.Api$/, 'api'],
  [/^flask_rest(x|plus)\.Namespace$|\.namespace$/, 'namespace'],
];
const openPath = (rule: string): string =>
  rule.replace(/<(?:([\w.]+)(?:\([^)]*\))?:)?(\w+)>/g, (_, converter, name) =>
    converter === 'path' ? `{${name}*}` : `{${name}}`,
  );

class FlaskProgram {
  readonly #program: Python;
  readonly #say: (what: NotUnderstood) => void;
  readonly parts = new Map<Plain, Part>();

  constructor(program: Python, say: (what: NotUnderstood) => void) {
    this.#program = program;
    this.#say = say;
  }
  #why(at: Located, why: string): undefined {
    this.#say(unclear(at, { stack, why }));
  }

  partOf(value: Value): Part | undefined {
    if (value.kind !== 'call') return undefined;
    if (value.of.kind === 'function') {
      const [given] = returnsOf(value.of.node).toReversed();
      return this.partOf(this.#program.value(given, value.of.module));
    }
    const known = this.parts.get(value.node);
    if (known !== undefined) return known;
    const names = this.#program.lineage(value.of).map((one) => this.#program.nameOf(one));
    const kind = kinds.find(([pattern]) => names.some((name) => pattern.test(name)))?.[1];
    if (kind === undefined) return undefined;
    const { node, module } = value;
    const given = argument(node, kind === 'api' ? 1 : null, kind === 'api' ? 'prefix' : 'url_prefix', 'path');
    const own = given === undefined ? '' : this.#program.text(given, module);
    if (own === undefined) this.#why(value, 'its prefix is not known from the text');
    const named =
      kind === 'namespace' && given === undefined ? `/${this.#program.text(argument(node, 0, 'name'), module) ?? ''}` : '';
    const made: Part = { at: { node, module }, kind, prefix: own || named, guards: [], routes: [], inside: [] };
    this.parts.set(node, made);
    // `Api(blueprint)` and `api.namespace('x')` are inside of what they are given or called on.
    const holder = kind === 'api' ? argument(node, 0, 'app') : childOf(childOf(node, 'function') ?? node, 'object');
    if (kind === 'api' || kind === 'namespace')
      this.partOf(this.#program.value(holder, module))?.inside.push({ of: made, prefix: null, at: made.at, certain: true });
    return made;
  }

  /** What a method is called on; of a parameter `app` the only application. */
  #target(node: Plain, module: Module): Part | undefined {
    const found = this.partOf(this.#program.value(node, module));
    if (found !== undefined) return found;
    const name = node.kind === 'attribute' ? undefined : node.text;
    for (let above = node.parent; above !== null && name !== undefined; above = above.parent)
      if (above.kind === 'function_definition' && parametersOf(above).has(name)) return this.#only();
    return node.text === 'current_app' ? this.#only() : undefined;
  }
  #only(): Part | undefined {
    const applications = [...this.parts.values()].filter(({ kind }) => kind === 'application');
    return applications.length === 1 ? applications[0] : undefined;
  }

  #add(
    part: Part,
    o: {
      readonly at: Located;
      readonly rule: string;
      readonly methods: readonly string[];
      readonly handler: Located;
      readonly guards: readonly Guard[];
    },
  ): void {
    for (const method of o.methods)
      part.routes.push({
        method,
        path: openPath(o.rule),
        registered: placeOf(o.at),
        handler: {
          ...placeOf(o.handler),
          name: childOf(o.handler.node, 'name')?.text ?? null,
        },
        guards: o.guards,
        request: null,
        response: null,
        version: null,
        certain: !isConditional(o.at.node),
      });
  }

  #texts(node: Plain | undefined, module: Module): readonly string[] | undefined {
    return this.#program.list(node, module)?.flatMap((one) => this.#program.text(one.node, one.module)?.toUpperCase() ?? []);
  }
  #guards({ node, module }: Located): readonly Guard[] {
    return decoratorsOf(node)
      .filter((one) => !/\.(route|get|post|put|patch|delete)$/.test((childOf(one, 'function') ?? one).text))
      .map((one) => {
        const by = (childOf(one, 'function') ?? one).text;
        const value = this.#program.value(childOf(one, 'function') ?? one, module);
        const isAuth = looksLikeAuth(by) || (value.kind === 'function' && /\b401\b|[Aa]uthorization/.test(value.node.text));
        const scopes = argumentsOf(one).positional.flatMap((given) => this.#program.text(given, module) ?? []);
        return guardFrom({ node: one, module }, { by, stage: 'decorator', isAuth, scopes });
      });
  }

  decorators(module: Module): void {
    for (const definition of within(module.root, ['function_definition', 'class_definition']))
      for (const decorator of decoratorsOf(definition)) {
        const called = childOf(decorator, 'function');
        const attribute = called ?? decorator;
        const [object, name] = [childOf(attribute, 'object'), childOf(attribute, 'attribute')?.text];
        if (!object || name === undefined) continue;
        const handler = { node: definition, module };
        if (name === 'before_request') this.#before(object, handler);
        else if (called && (name === 'route' || methods.includes(name))) this.#decorated(decorator, { object, name, handler });
      }
  }
  #before(object: Plain, handler: Located): void {
    const by = childOf(handler.node, 'name')?.text ?? '';
    const isAuth = looksLikeAuth(by) || /\b401\b|[Aa]uthorization/.test(handler.node.text);
    this.#target(object, handler.module)?.guards.push(guardFrom(handler, { by, stage: 'before_request', isAuth }));
  }
  #decorated(call: Plain, o: { readonly object: Plain; readonly name: string; readonly handler: Located }): undefined {
    const { handler, name } = o;
    const at = { node: call, module: handler.module };
    const part = this.#target(o.object, handler.module);
    const first = argument(call, 0, 'rule');
    if (part === undefined) {
      const looks = name === 'route' || (/app|blueprint|bp$/i.test(o.object.text) && first?.kind === 'string');
      return looks ? this.#why(at, 'what it is registered on is not known from the text') : undefined;
    }
    if (handler.node.kind === 'class_definition')
      return this.#resource(part, { at, rules: argumentsOf(call).positional, of: { kind: 'class', ...handler } });
    const rule = this.#program.text(first, handler.module);
    if (rule === undefined) return this.#why(at, 'its path is not known from the text');
    const given = argument(call, null, 'methods');
    const named = this.#texts(given, handler.module);
    if (given && named === undefined) this.#why(at, 'its methods are not known from the text');
    this.#add(part, {
      at,
      rule,
      methods: name === 'route' ? (named ?? ['GET']) : [name.toUpperCase()],
      handler,
      guards: this.#guards(handler),
    });
  }

  /** Methods of a class that answers: `MethodView`, `Resource`. */
  #resource(
    part: Part,
    o: {
      readonly at: Located;
      readonly rules: readonly Plain[];
      readonly of: Value;
      readonly methods?: readonly string[] | undefined;
    },
  ): undefined {
    const { at, of } = o;
    if (of.kind !== 'class') return this.#why(at, 'the class that answers is not known from the text');
    const found = methods.flatMap((name) => {
      const node = this.#program.attributeNode(of, name);
      return node?.node.kind === 'function_definition' && (o.methods?.includes(name.toUpperCase()) ?? true)
        ? [{ name, node }]
        : [];
    });
    const declared = this.#program.attributeNode(of, 'decorators') ?? this.#program.attributeNode(of, 'method_decorators');
    const outer = (declared && this.#program.list(declared.node, declared.module)) ?? [];
    const guards = outer.map((one) =>
      guardFrom(one, { by: one.node.text, stage: 'class', isAuth: looksLikeAuth(one.node.text) }),
    );
    if (found.length === 0) this.#why(at, 'the class has no method that answers');
    for (const rule of o.rules) {
      const text = this.#program.text(rule, at.module);
      if (text === undefined) this.#why(at, 'its path is not known from the text');
      else
        for (const { name, node } of found)
          this.#add(part, {
            at,
            rule: text,
            methods: [name.toUpperCase()],
            handler: node,
            guards: [...guards, ...this.#guards(node)],
          });
    }
  }

  calls(module: Module): void {
    for (const call of within(module.root, ['call'])) {
      const called = childOf(call, 'function');
      const [object, name] = [called && childOf(called, 'object'), called && childOf(called, 'attribute')?.text];
      if (!object || name === undefined || !/^(register_blueprint|add_url_rule|add_resource|add_namespace|init_app)$/.test(name))
        continue;
      const at = { node: call, module };
      const part = this.#target(object, module);
      if (name === 'init_app') {
        const app = argument(call, 0, 'app');
        if (part?.kind === 'api' && app) this.#target(app, module)?.inside.push({ of: part, prefix: null, at, certain: true });
      } else if (part === undefined) this.#why(at, 'what it is registered on is not known from the text');
      else if (name === 'add_url_rule') this.#ruled(part, at);
      else if (name === 'add_resource') {
        const [of, ...rules] = argumentsOf(call).positional;
        this.#resource(part, { at, rules, of: this.#program.value(of, module) });
      } else this.#registered(part, at);
    }
  }
  #ruled(part: Part, at: Located): undefined {
    const rule = argument(at.node, 0, 'rule');
    const value = this.#program.value(argument(at.node, 2, 'view_func'), at.module);
    const named = this.#texts(argument(at.node, null, 'methods'), at.module);
    const text = this.#program.text(rule, at.module);
    if (rule === undefined || text === undefined) return this.#why(at, 'its path is not known from the text');
    if (value.kind === 'function') {
      this.#add(part, {
        at,
        rule: text,
        methods: named ?? ['GET'],
        handler: { node: value.node, module: value.module },
        guards: this.#guards(value),
      });
      return undefined;
    }
    const view = childOf(this.#viewOf(argument(at.node, 2, 'view_func'), at.module) ?? at.node, 'object');
    return this.#resource(part, { at, rules: [rule], of: this.#program.value(view, at.module), methods: named });
  }
  /** `Books.as_view` of `Books.as_view('books')`, also where a name was given to it. */
  #viewOf(node: Plain | undefined, module: Module): Plain | undefined {
    const call = node?.kind === 'call' ? node : node && this.#program.aliasOf(node, module)?.node;
    const called = call && childOf(call, 'function');
    return called && childOf(called, 'attribute')?.text === 'as_view' ? called : undefined;
  }
  #registered(part: Part, at: Located): undefined {
    const of = this.partOf(this.#program.value(argument(at.node, 0, 'blueprint', 'ns'), at.module));
    if (of === undefined) return this.#why(at, 'the blueprint is not known from the text');
    const given = argument(at.node, null, 'url_prefix', 'path');
    const prefix = given === undefined ? null : this.#program.text(given, at.module);
    if (prefix === undefined) this.#why(at, 'its prefix is not known from the text; the paths below lack it');
    part.inside.push({ of, prefix: prefix ?? null, at, certain: !isConditional(at.node) });
  }

  *served(
    part: Part,
    o: Pick<Route, 'guards' | 'mounted' | 'certain'> & { readonly prefix: string; readonly above: readonly Part[] },
  ): Generator<Omit<Route, 'scope'>> {
    if (o.above.includes(part)) return;
    const guards = [...o.guards, ...part.guards];
    for (const route of part.routes)
      yield {
        ...route,
        path: joined(o.prefix, route.path),
        guards: [...guards, ...route.guards],
        mounted: o.mounted,
        certain: o.certain && route.certain,
        stack,
      };
    for (const one of part.inside)
      yield* this.served(one.of, {
        prefix: joined(o.prefix, openPath(one.prefix ?? one.of.prefix)),
        above: [...o.above, part],
        guards,
        mounted: [...o.mounted, placeOf(one.at)],
        certain: o.certain && one.certain,
      });
  }

  unserved(): void {
    const held = new Set([...this.parts.values()].flatMap(({ inside }) => inside.map(({ of }) => of)));
    for (const part of this.parts.values())
      if (part.kind !== 'application' && !held.has(part) && part.routes.length + part.inside.length > 0)
        this.#why(part.at, `no application registers this ${part.kind} of ${part.routes.length} routes`);
  }
}
const joined = (...parts: readonly string[]): string => `/${parts.join('/')}`.replace(/\/{2,}/g, '/');

/** Flask: applications, blueprints, views and the resources of Flask-RESTful and Flask-RESTX. */
export const flask: RouteStack = {
  name: stack,
  language: 'python',
  marks: ['flask'],
  present: (reading) =>
    reading.packages.has('flask') || reading.marked(/^(flask|apiflask|flask_restful|flask_restx)\b/).length > 0,
  read(reading, say) {
    const program = pythonOf(reading);
    const found = new FlaskProgram(program, say);
    const modules = program.modules.files.flatMap((file) => {
      const matters = /flask|\.(route|register_blueprint|add_url_rule|add_resource|add_namespace)\(/.test(
        reading.text(file) ?? '',
      );
      const module = matters ? program.modules.module(file) : undefined;
      return module === undefined ? [] : [module];
    });
    for (const module of modules)
      for (const node of within(module.root, ['call']))
        if (/Flask|OpenAPI|Blueprint|Api|[nN]amespace/.test(childOf(node, 'function')?.text ?? ''))
          found.partOf(program.value(node, module));
    for (const module of modules) {
      found.decorators(module);
      found.calls(module);
    }
    found.unserved();
    return [...found.parts.values()]
      .filter(({ kind }) => kind === 'application')
      .flatMap((part) => [...found.served(part, { prefix: '', above: [], guards: [], mounted: [], certain: true })])
      .map((route) => ({ ...route, scope: reading.scope }));
  },
  knownFrom: 'https://flask.palletsprojects.com/en/stable/api/ (2.2 to 3.1), Flask-RESTful 0.3, Flask-RESTX 1.3',
};
