import type { Place } from '../../contract/place.ts';
import { type Call, type Locals, textsOf } from '../../grammar/ruby/literal.ts';

/** Where in the nesting of routes a statement stands. */
export interface Level {
  readonly file: string;
  /** `/api/v1`, with `:id`. */
  readonly path: string;
  readonly module: readonly string[];
  readonly controller: string | null;
  readonly action: string | null;
  /** Of `scope only: [...]`; null: all. */
  readonly actions: readonly string[] | null;
  readonly param: string | null;
  readonly resource: {
    readonly isSingular: boolean;
    readonly path: string;
    readonly param: string;
    readonly singular: string;
    readonly controller: string;
  } | null;
  readonly on: 'member' | 'collection' | 'new' | null;
  readonly locals: Locals;
  /** Names that stand for the routes themselves: `with_options do |options|`. */
  readonly receivers: readonly string[];
  readonly mounted: readonly Place[];
  readonly certain: boolean;
}
export const top = (file: string): Level => ({
  file,
  path: '',
  module: [],
  controller: null,
  action: null,
  actions: null,
  param: null,
  resource: null,
  on: null,
  locals: new Map(),
  receivers: [],
  mounted: [],
  certain: true,
});

const usual = ['index', 'create', 'new', 'edit', 'show', 'update', 'destroy'];
/** What `only:` and `except:` leave; null: all. */
export function actionsOf(call: Call, above: readonly string[] | null): readonly string[] | null {
  const [only, except] = [textsOf(call.options.get('only')), textsOf(call.options.get('except'))];
  if (call.options.has('only')) return only ?? [];
  return except === undefined ? above : usual.filter((one) => !except.includes(one));
}

/** The path of something that is written at a level. */
export function within(level: Level, path: string): string {
  const { resource, on } = level;
  let base = level.path;
  if (resource !== null) {
    base = resource.path;
    if (on === 'new') base += '/new';
    else if (on === 'member' && !resource.isSingular) base += `/:${resource.param}`;
    else if (on === null && !resource.isSingular) base += `/:${resource.singular}_${resource.param}`;
  }
  const part = path.replace(/^\/+|\/+$/g, '');
  return part === '' ? base : `${base}/${part}`;
}

/** `/top/:length(/page/:page)(.:format)` as `/top/{length}`. */
export function openPath(path: string): string {
  let plain = path;
  for (let before = ''; before !== plain; ) {
    before = plain;
    plain = plain.replace(/\([^()]*\)/g, '');
  }
  const open = plain.replace(/\*(\w+)/g, '{$1*}').replace(/:(\w+)/g, '{$1}');
  return open === '' ? '/' : open.replace(/^\/?/, '/');
}
