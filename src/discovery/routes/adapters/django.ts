import type { NotUnderstood } from '../../contract/place.ts';
import type { Guard, Route, RouteStack } from '../../contract/route.ts';
import { childOf, namedOf, within } from '../../grammar/plain.ts';
import { argument } from '../../grammar/python/literal.ts';
import type { Module } from '../../grammar/python/modules.ts';
import type { Located, Python, Value } from '../../grammar/python/values.ts';
import { pathOf } from './django-path.ts';
import { routedBy } from './django-routers.ts';
import { answersOf } from './django-views.ts';
import { isConditional, placeOf, pythonOf, unclear } from './python-program.ts';

const stack = 'django';

/** Where a pattern stands: what is before it, and what led there. */
interface Level {
  readonly prefix: string;
  readonly mounted: Route['mounted'];
  readonly certain: boolean;
  readonly guards: readonly Guard[];
  readonly above: readonly string[];
}

class Patterns {
  readonly #program: Python;
  readonly #scope: string;
  readonly #say: (what: NotUnderstood) => void;
  readonly routes: Route[] = [];
  readonly read = new Set<string>();

  constructor(program: Python, o: { readonly scope: string; readonly say: (what: NotUnderstood) => void }) {
    this.#program = program;
    this.#scope = o.scope;
    this.#say = o.say;
  }
  #why(at: Located, why: string): undefined {
    this.#say(unclear(at, { stack, why }));
  }

  /** All of `urlpatterns` of a module: what it is set to and what is added to it. */
  module(module: Module, level: Level): void {
    if (level.above.includes(module.file) || level.above.length > 12) return;
    this.read.add(module.file);
    const inner = { ...level, above: [...level.above, module.file] };
    const scope = this.#program.scope(module.root);
    const set = scope.names.get('urlpatterns');
    const parts = [...(set?.kind === 'value' ? [set.node] : []), ...(scope.added.get('urlpatterns') ?? [])];
    if (set?.kind === 'import') this.#list(this.#program.global(module, 'urlpatterns'), { node: module.root, module }, inner);
    for (const node of parts)
      this.#list(
        this.#program.value(node, module),
        { node, module },
        { ...inner, certain: inner.certain && !isConditional(node) },
      );
    for (const star of set === undefined ? scope.stars : []) {
      const file = this.#program.modules.fileOf(this.#program.modules.absolute(star, module), module.file);
      const other = file === undefined ? undefined : this.#program.modules.module(file);
      if (other) this.module(other, inner);
    }
  }

  #list(value: Value | undefined, at: Located, level: Level): void {
    if (at.node.kind === 'binary_operator' || at.node.kind === 'parenthesized_expression') {
      for (const node of namedOf(at.node)) this.#list(this.#program.value(node, at.module), { ...at, node }, level);
      return;
    }
    if (value?.kind === 'list') {
      for (const one of value.items) this.#pattern(one, level);
      return;
    }
    const name = value?.kind === 'call' ? this.#program.nameOf(value.of) : '';
    if (/\b(i18n_patterns|format_suffix_patterns|patterns)$/.test(name) && value?.kind === 'call') {
      const given = value.node.children.find(({ field }) => field === 'arguments');
      const isList = name.endsWith('format_suffix_patterns');
      if (isList) this.#list(this.#program.value(argument(value.node, 0, 'urlpatterns'), value.module), at, level);
      else
        for (const node of given?.children ?? []) if (node.kind === 'call') this.#pattern({ node, module: value.module }, level);
      return;
    }
    if (/^django\.conf\.urls\.static\.static$|staticfiles_urlpatterns$/.test(name)) return;
    const router = routedBy(this.#program, at);
    if (router !== undefined) this.#routed(router, at, level);
    else if (value?.kind === 'call' && /^(path|re_path|url)$/.test(childOf(value.node, 'function')?.text ?? ''))
      this.#pattern(value, level);
    else this.#why(at, 'what these patterns are is not known from the text');
  }

  #pattern(one: Located, level: Level): undefined {
    const { module } = one;
    const value = this.#program.value(one.node, module);
    const call = value.kind === 'call' ? value.node : undefined;
    const name = value.kind === 'call' ? this.#program.nameOf(value.of) : '';
    if (call === undefined || value.kind !== 'call' || !/(^|\.)(path|re_path|url)$/.test(name))
      return this.#list(value, one, level) as undefined;
    const at = { node: call, module: value.module };
    const written = this.#program.text(argument(call, 0, 'route', 'regex'), at.module);
    // What is below is known all the same.
    if (written === undefined) this.#why(at, 'its path is not known from the text; the paths below lack it');
    const below = { ...level, certain: level.certain && written !== undefined };
    const inner = {
      ...below,
      prefix: level.prefix + pathOf(written ?? '', !/(^|\.)path$/.test(name)),
      mounted: [...level.mounted, placeOf(at)],
    };
    const view = argument(call, 1, 'view');
    const target = this.#program.value(view, at.module);
    if (target.kind === 'call' && /(^|\.)include$/.test(this.#program.nameOf(target.of))) return this.#included(target, inner);
    if (/^django\.contrib\.admin\.(sites\.)?site\.urls$/.test(this.#program.nameOf(target)))
      return this.#why(at, "Django's own administration is served below; its pages are not listed");
    const answers = view && answersOf(this.#program, { node: view, module: at.module }, target);
    if (answers === undefined) return this.#why(at, 'the view is not known from the text');
    this.#add(answers, { at, level: { ...below, prefix: level.prefix + pathOf(written ?? '', !/(^|\.)path$/.test(name)) } });
  }

  #add(answers: ReturnType<typeof answersOf> & object, o: { readonly at: Located; readonly level: Level }): void {
    for (const { method, handler, guards } of answers)
      this.routes.push({
        method,
        path: `/${o.level.prefix}`.replace(/^\/+/, '/'),
        stack,
        scope: this.#scope,
        registered: placeOf(o.at),
        handler,
        guards: [...o.level.guards, ...guards],
        request: null,
        response: null,
        version: null,
        mounted: o.level.mounted,
        certain: o.level.certain && !isConditional(o.at.node),
      });
  }

  #included(value: Extract<Value, { readonly kind: 'call' }>, level: Level): undefined {
    const given = argument(value.node, 0, 'arg');
    const at = { node: value.node, module: value.module };
    const target = this.#program.value(given, value.module);
    const named = target.kind === 'text' ? this.#program.imported(target.text, null, value.module) : target;
    const router = given && routedBy(this.#program, { node: given, module: value.module });
    if (router !== undefined) this.#routed(router, at, level);
    else if (named.kind === 'module') this.module(named.module, level);
    else if (named.kind === 'outside') this.#why(at, `the patterns of ${named.name} are not in this tree`);
    else if (target.kind === 'list' && given?.kind === 'tuple') {
      const [inner] = target.items;
      const list = inner && this.#program.value(inner.node, inner.module);
      if (list?.kind === 'module') this.module(list.module, level);
      else if (list?.kind === 'text') this.#included({ ...value, node: value.node }, level);
      else this.#list(list, inner ?? at, level);
    } else this.#list(target, { node: given ?? value.node, module: value.module }, level);
    return undefined;
  }

  #routed(router: NonNullable<ReturnType<typeof routedBy>>, at: Located, level: Level): void {
    for (const one of router.unknown) this.#why(one, 'what is registered here is not known from the text');
    for (const { path, answers, registered } of router.routes)
      this.#add(answers, {
        at: registered,
        level: { ...level, prefix: level.prefix + path, mounted: [...level.mounted, placeOf(at)] },
      });
  }
}

/** The module of patterns that settings name; of several settings each. */
function roots(program: Python): readonly Module[] {
  const found = new Map<string, Module>();
  for (const file of program.modules.files) {
    if (!/ROOT_URLCONF\s*=/.test(program.modules.text(file) ?? '')) continue;
    const module = program.modules.module(file);
    const set = module && program.scope(module.root).names.get('ROOT_URLCONF');
    const name = module && set?.kind === 'value' ? program.text(set.node, module) : undefined;
    const target = name === undefined || module === undefined ? undefined : program.imported(name, null, module);
    if (target?.kind === 'module') found.set(target.module.file, target.module);
  }
  return [...found.values()];
}

/** Django and Django REST framework: patterns from the root on, views, and routers of view sets. */
export const django: RouteStack = {
  name: stack,
  language: 'python',
  marks: ['django', 'rest_framework'],
  present: (reading) => reading.packages.has('django') || reading.marked(/^(django|rest_framework)$/).length > 0,
  read(reading, say) {
    const program = pythonOf(reading);
    const patterns = new Patterns(program, { scope: reading.scope, say });
    const start = { prefix: '', mounted: [], certain: true, guards: [], above: [] };
    for (const module of roots(program)) patterns.module(module, start);
    for (const file of program.modules.files) {
      if (patterns.read.has(file) || !/^urlpatterns\s*[+:=]/m.test(reading.text(file) ?? '')) continue;
      const module = program.modules.module(file);
      if (module && within(module.root, ['call']).length > 0)
        say(unclear({ node: module.root, module }, { stack, why: 'no other patterns include these' }));
    }
    return patterns.routes;
  },
  knownFrom:
    'https://docs.djangoproject.com/en/5.2/topics/http/urls/, https://www.django-rest-framework.org/api-guide/routers/ (3.14 to 3.16)',
};
