import type { NotUnderstood } from '../../contract/place.ts';
import type { Reading } from '../../contract/reading.ts';
import type { Route, RouteStack } from '../../contract/route.ts';
import { childOf, namedOf, within as nodesWithin, type Plain } from '../../grammar/plain.ts';
import { bodyOf, type Call, callOf, textOf, textsOf } from '../../grammar/ruby/literal.ts';
import { pluralOf, singularOf } from '../../tables/plural.ts';
import { Controllers } from './rails-controllers.ts';
import { actionsOf, type Level, openPath, top, within } from './rails-level.ts';

const stack = 'rails';
const verbs: Readonly<Record<string, string>> = {
  get: 'GET',
  post: 'POST',
  put: 'PUT',
  patch: 'PATCH',
  delete: 'DELETE',
  options: 'OPTIONS',
};
/** Statements that pass on what is in their block as it is. */
const through = /^(constraints|defaults|authenticate|authenticated|unauthenticated|with_options|nested|shallow)$/;
const silent = /^(direct|resolve|puts|require|require_relative|include|extend|default_url_options|freeze)$/;

class RouteFile {
  readonly #reading: Reading;
  readonly #controllers: Controllers;
  readonly #say: (what: NotUnderstood) => void;
  readonly #concerns = new Map<string, { readonly block: Plain; readonly file: string }>();
  readonly routes: Route[] = [];

  constructor(reading: Reading, say: (what: NotUnderstood) => void) {
    this.#reading = reading;
    this.#controllers = new Controllers(reading);
    this.#say = say;
  }

  #why(node: Plain, level: Level, why: string): undefined {
    this.#say({
      file: level.file,
      line: node.line,
      what: node.text.replace(/\s+/g, ' ').slice(0, 80),
      why,
      about: 'route',
      stack,
    });
  }

  all(nodes: readonly Plain[], level: Level): undefined {
    for (const node of nodes) this.#statement(node, level);
  }

  #statement(node: Plain, level: Level): undefined {
    if (/^(if|unless|if_modifier|unless_modifier|elsif|else|then|case|when|begin|parenthesized_statements)$/.test(node.kind)) {
      const inner = { ...level, certain: false };
      const parts = namedOf(node).filter(({ field }) => field !== 'condition' && field !== 'value' && field !== 'pattern');
      return this.all(parts, inner);
    }
    const call = callOf(node);
    if (call === undefined) return;
    this.#call(call, level);
  }

  #call(call: Call, level: Level): undefined {
    const { name, block } = call;
    const own = call.receiver === undefined || level.receivers.includes(call.receiver.text);
    if (name === 'draw' && block) return this.all(bodyOf(block), level);
    if (name === 'each' && block) return this.#each(call, level);
    if (!own) {
      if (block) this.#why(call.node, level, 'a call with a block that is no part of the language of routes');
      return;
    }
    if (name in verbs || name === 'match') return this.#verb(call, level);
    switch (name) {
      case 'root':
        return this.#add({ call, level, methods: ['GET'], path: '', to: this.#to(call, level) ?? textOf(call.positional[0]) });
      case 'resources':
      case 'resource':
        return this.#resources(call, level);
      case 'member':
      case 'collection':
      case 'new':
        return this.all(bodyOf(block), { ...level, on: name });
      case 'scope':
      case 'namespace':
      case 'controller':
        return this.#scope(call, level);
      case 'concern': {
        // It says what `concerns` will add.
        const concern = textOf(call.positional[0]);
        if (concern !== undefined && block) this.#concerns.set(concern, { block, file: level.file });
        return;
      }
      case 'concerns':
        return this.#use(
          call.positional.flatMap((one) => textsOf(one, level.locals) ?? []),
          call,
          level,
        );
      case 'draw':
        return this.#drawn(call, level);
      case 'mount':
        return this.#why(call.node, level, 'what is mounted here has routes of its own, which are not listed');
      default:
        if (through.test(name) && block)
          this.all(bodyOf(block), { ...level, receivers: [...level.receivers, ...call.parameters] });
        else if (!silent.test(name)) this.#why(call.node, level, `what ${name} adds is not known from this file`);
    }
  }

  #each(call: Call, level: Level): undefined {
    const values = textsOf(call.receiver, level.locals);
    const [name] = call.parameters;
    if (values === undefined || name === undefined)
      return this.#why(call.node, level, 'what it goes through is not known from the text');
    for (const value of values) this.all(bodyOf(call.block), { ...level, locals: new Map([...level.locals, [name, value]]) });
  }

  #drawn(call: Call, level: Level): undefined {
    const file = `${this.#root(level.file)}config/routes/${textOf(call.positional[0]) ?? ''}.rb`;
    const root = this.#reading.plain(file)?.tree;
    if (root === undefined) this.#why(call.node, level, `${file} is not in this tree`);
    else this.all(bodyOf(root), { ...level, file, mounted: [...level.mounted, { file: level.file, line: call.node.line }] });
  }
  #root(file: string): string {
    return file.slice(0, Math.max(0, file.lastIndexOf('config/routes')));
  }

  #use(names: readonly string[], call: Call, level: Level): undefined {
    for (const name of names) {
      const concern = this.#concerns.get(name);
      if (concern) this.all(bodyOf(concern.block), { ...level, file: concern.file });
      else this.#why(call.node, level, `the concern ${name} is not in this file`);
    }
  }

  #scope(call: Call, level: Level): undefined {
    const named = call.positional.map((one) => textOf(one, level.locals));
    const option = (key: string) => textOf(call.options.get(key), level.locals);
    if (named.includes(undefined)) this.#why(call.node, level, 'its path is not known from the text; the paths below lack it');
    const first = named[0] ?? '';
    const isNamespace = call.name === 'namespace';
    const isController = call.name === 'controller';
    const path = call.options.has('path') ? option('path') : isController ? '' : named.flatMap((one) => one ?? []).join('/');
    const module = call.options.has('module') ? option('module') : isNamespace ? first : undefined;
    this.all(bodyOf(call.block), {
      ...level,
      path: within(level, path ?? ''),
      module: [...level.module, ...(module ?? '').split('/').filter((part) => part !== '')],
      controller: option('controller') ?? (isController ? first : level.controller),
      action: option('action') ?? level.action,
      actions: actionsOf(call, level.actions),
      param: option('param') ?? level.param,
      resource: null,
      on: null,
      mounted: [...level.mounted, { file: level.file, line: call.node.line }],
      receivers: [...level.receivers, ...call.parameters],
    });
  }

  #resources(call: Call, level: Level): undefined {
    const isSingular = call.name === 'resource';
    for (const one of call.positional) {
      const name = textOf(one, level.locals);
      if (name === undefined) {
        this.#why(call.node, level, 'its name is not known from the text');
        continue;
      }
      const option = (key: string) => textOf(call.options.get(key), level.locals);
      const names = call.options.get('path_names');
      const named = (action: string) => (names && textOf(callOptions(names).get(action))) ?? action;
      const last = name.split('/').at(-1) ?? name;
      const resource = {
        isSingular,
        path: within(level, option('path') ?? name),
        param: option('param') ?? level.param ?? 'id',
        singular: singularOf(last),
        controller: option('controller') ?? (isSingular ? pluralOf(last) : last),
      };
      const module = (option('module') ?? '').split('/').filter((part) => part !== '');
      const inner: Level = {
        ...level,
        module: [...level.module, ...module],
        resource,
        on: null,
        controller: null,
        actions: null,
        mounted: [...level.mounted, { file: level.file, line: call.node.line }],
        receivers: [...level.receivers, ...call.parameters],
      };
      const chosen = actionsOf(call, level.actions);
      this.all(bodyOf(call.block), inner);
      this.#use(textsOf(call.options.get('concerns'), level.locals) ?? [], call, inner);
      const member = isSingular ? resource.path : `${resource.path}/:${resource.param}`;
      const usual: readonly (readonly [string, readonly string[], string])[] = [
        ...(isSingular ? [] : [['index', ['GET'], resource.path] as const]),
        ['create', ['POST'], resource.path],
        ...(this.#controllers.isApi
          ? []
          : [
              ['new', ['GET'], `${resource.path}/${named('new')}`] as const,
              ['edit', ['GET'], `${member}/${named('edit')}`] as const,
            ]),
        ['show', ['GET'], member],
        ['update', ['PATCH', 'PUT'], member],
        ['destroy', ['DELETE'], member],
      ];
      for (const [action, methods, path] of usual)
        if (chosen?.includes(action) ?? true)
          this.#push({ call, level: inner, methods, path, controller: resource.controller, action });
    }
  }

  /** `to: 'home#index'`, `'path' => 'home#index'`; a redirect is null. */
  #to(call: Call, level: Level): string | null | undefined {
    const given = call.options.get('to') ?? (call.pairs[0] && childOf(call.pairs[0], 'value'));
    if (given === undefined) return undefined;
    return textOf(given, level.locals) ?? null;
  }

  #verb(call: Call, level: Level): undefined {
    const via = textsOf(call.options.get('via'), level.locals)?.map((one) => (one === 'all' ? 'ALL' : one.toUpperCase()));
    const methods = call.name === 'match' ? (via ?? ['ALL']) : [verbs[call.name] ?? 'GET'];
    const paths = [...call.positional, ...(call.pairs[0] ? [childOf(call.pairs[0], 'key')] : [])].map((one) =>
      textOf(one ?? undefined, level.locals),
    );
    const on = textOf(call.options.get('on'));
    const inner: Level = on === 'member' || on === 'collection' || on === 'new' ? { ...level, on } : level;
    for (const path of paths) {
      if (path === undefined) this.#why(call.node, level, 'its path is not known from the text');
      else this.#add({ call, level: inner, methods, path, to: this.#to(call, level) });
    }
  }

  #add(o: {
    readonly call: Call;
    readonly level: Level;
    readonly methods: readonly string[];
    readonly path: string;
    readonly to: string | null | undefined;
  }): undefined {
    const { call, level, path, to } = o;
    const option = (key: string) => textOf(call.options.get(key), level.locals);
    const written = option('path') ?? path;
    const plain = path.replace(/^\/|\(.*$/g, '');
    const [first, second] = to?.includes('#') === true ? to.split('#') : [undefined, to ?? undefined];
    const own = level.resource?.controller ?? level.controller ?? undefined;
    const parts = plain.split('/');
    const implied = own === undefined && parts.length > 1 ? parts.slice(0, -1).join('/') : undefined;
    const controller = option('controller') ?? first ?? own ?? implied;
    const action = option('action') ?? second ?? level.action ?? parts.at(-1)?.replaceAll('-', '_') ?? '';
    this.#push({
      call,
      level,
      methods: o.methods,
      path: within(level, written),
      controller: to === null ? null : (controller ?? null),
      action: to === null ? 'redirect' : action,
    });
  }

  #push(o: {
    readonly call: Call;
    readonly level: Level;
    readonly methods: readonly string[];
    readonly path: string;
    readonly controller: string | null;
    readonly action: string;
  }): undefined {
    const { call, level, controller, action } = o;
    const registered = { file: level.file, line: call.node.line };
    const found =
      controller === null
        ? undefined
        : this.#controllers.find({
            names: controller.startsWith('/') ? [] : level.module,
            controller: controller.replace(/^\//, ''),
            action,
            root: this.#root(level.file),
          });
    const name = controller === null ? null : `${[...level.module, controller].join('/')}#${action}`;
    for (const method of o.methods)
      this.routes.push({
        method,
        path: openPath(o.path),
        stack,
        scope: this.#reading.scope,
        registered,
        handler: { ...(found?.at ?? registered), name },
        guards: found?.guards ?? [],
        request: null,
        response: null,
        version: null,
        mounted: level.mounted,
        certain: level.certain,
      });
  }
}

const callOptions = (hash: Plain): ReadonlyMap<string, Plain> =>
  new Map(
    namedOf(hash).flatMap((pair) => {
      const [key, value] = [textOf(childOf(pair, 'key')), childOf(pair, 'value')];
      return key !== undefined && value ? [[key, value] as const] : [];
    }),
  );

/** Ruby on Rails: the language of config/routes.rb. */
export const rails: RouteStack = {
  name: stack,
  language: 'ruby',
  marks: [],
  present: (reading) => reading.files.some((file) => /(^|\/)config\/routes\.rb$/.test(file)),
  read(reading, say) {
    const found = new RouteFile(reading, say);
    for (const file of reading.files.filter((one) => /(^|\/)config\/routes\.rb$/.test(one))) {
      const root = reading.plain(file)?.tree;
      if (root === undefined) continue;
      const [broken] = nodesWithin(root, ['ERROR']);
      if (broken) {
        const why = 'it cannot be parsed, or is nested too deeply; routes in it may be missing';
        say({ file, line: broken.line, what: broken.text.split('\n')[0]?.slice(0, 80) ?? '', why, about: 'route', stack });
      }
      found.all(bodyOf(root), top(file));
    }
    return found.routes;
  },
  knownFrom: 'https://guides.rubyonrails.org/v8.0/routing.html',
};
