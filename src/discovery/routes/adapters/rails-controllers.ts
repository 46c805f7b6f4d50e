import type { Place } from '../../contract/place.ts';
import type { Reading } from '../../contract/reading.ts';
import type { Guard } from '../../contract/route.ts';
import { childOf, type Plain, within } from '../../grammar/plain.ts';
import { callOf, methodOf, textsOf } from '../../grammar/ruby/literal.ts';

const looksLikeAuth =
  /auth|token|session|permission|login|logged|signed_?in|require_?(user|admin|moderator|owner)|verify_(mfa|user)|current_user|admin|pundit|doorkeeper/i;
const snake = (name: string): string =>
  name
    .replaceAll('::', '/')
    .replace(/([a-z\d])([A-Z])/g, '$1_$2')
    .toLowerCase();

interface Filter extends Guard {
  readonly only: readonly string[] | undefined;
  readonly except: readonly string[] | undefined;
  readonly isSkip: boolean;
}

/** Controllers by their file, with the filters that run before their actions. */
export class Controllers {
  readonly #reading: Reading;
  readonly #filters = new Map<string, readonly Filter[]>();
  /** Only then do resources have no forms. */
  readonly isApi: boolean;

  constructor(reading: Reading) {
    this.#reading = reading;
    this.isApi = reading.files.some(
      (file) =>
        /(^|\/)config\/application\.rb$/.test(file) && /^[^#]*config\.api_only\s*=\s*true/m.test(reading.text(file) ?? ''),
    );
  }

  find(o: {
    readonly names: readonly string[];
    readonly controller: string;
    readonly action: string;
    readonly root: string;
  }): { readonly at: Place; readonly guards: readonly Guard[] } | undefined {
    const file = `${o.root}app/controllers/${[...o.names, o.controller].join('/')}_controller.rb`;
    const root = this.#reading.plain(file)?.tree;
    if (root === undefined) return undefined;
    const method = methodOf(root, o.action);
    const applies = (one: Filter) => (one.only?.includes(o.action) ?? true) && one.except?.includes(o.action) !== true;
    const filters = this.#of(file, o.root, 0).filter(applies);
    const guards = filters.filter(
      (one, n) => !one.isSkip && !filters.slice(n).some((later) => later.isSkip && later.by === one.by),
    );
    return {
      at: { file, line: method?.line ?? within(root, ['class'])[0]?.line ?? 1 },
      guards: guards.map(({ by, scopes, stage, isAuth, at }) => ({ by, scopes, stage, isAuth, at })),
    };
  }

  /** Filters of the classes above first. */
  #of(file: string, root: string, depth: number): readonly Filter[] {
    const known = this.#filters.get(file);
    if (known !== undefined) return known;
    const tree = this.#reading.plain(file)?.tree;
    if (tree === undefined || depth > 8) return [];
    const [definition] = within(tree, ['class']).filter(({ named }) => named);
    const above = definition && childOf(definition, 'superclass')?.text.replace(/^\s*<\s*/, '');
    const inherited = above === undefined ? [] : this.#of(this.#file(above, root, file), root, depth + 1);
    const own = within(tree, ['call']).flatMap((node) => filtersOf(node, file));
    const all = [...inherited, ...own];
    this.#filters.set(file, all);
    return all;
  }
  /** `Api::BaseController`, also from inside of `module Api`. */
  #file(name: string, root: string, from: string): string {
    const folders = from.slice(`${root}app/controllers/`.length).split('/').slice(0, -1);
    for (let n = folders.length; n >= 0; n -= 1) {
      const file = `${root}app/controllers/${[...folders.slice(0, n), `${snake(name.replace(/^::/, ''))}.rb`].join('/')}`;
      if (file !== from && this.#reading.facts.has(file)) return file;
    }
    return '';
  }
}

function filtersOf(node: Plain, file: string): readonly Filter[] {
  const call = callOf(node);
  const [, skip] = /^(skip_)?(prepend_)?before_(action|filter)$/.exec(call?.name ?? '') ?? [undefined, null];
  if (call === undefined || skip === null) return [];
  const list = (name: string) => textsOf(call.options.get(name));
  return call.positional
    .flatMap((one) => textsOf(one) ?? [])
    .map((by) => ({
      by,
      scopes: [],
      stage: 'before_action',
      isAuth: looksLikeAuth.test(by),
      at: { file, line: node.line },
      only: list('only'),
      except: list('except'),
      isSkip: skip !== undefined,
    }));
}
