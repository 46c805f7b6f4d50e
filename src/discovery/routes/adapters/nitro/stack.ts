// Nitro and Nuxt: routes that are files. https://nitro.build/guide/routing (2.12), https://nuxt.com/docs/guide/directory-structure/server (4.1)
import type { NotUnderstood } from '../../../contract/place.ts';
import type { EcmaUnit, Reading } from '../../../contract/reading.ts';
import type { Guard, Route, RouteStack } from '../../../contract/route.ts';
import { looksLikeAuth } from '../../guards.ts';
import { joinPaths, methodOf, placeOf, plainPath } from '../../model.ts';
import { handlerOf } from '../next/handler.ts';
import { below, foldersOf } from '../next/projects.ts';

export const nitro: RouteStack = {
  name: 'nitro',
  language: 'ecma',
  marks: ['h3', 'nitropack', '#imports', 'call defineEventHandler', 'call eventHandler', 'call defineHandler'],
  reads: ['**/{nuxt,nitro}.config.{js,mjs,ts,mts}'],
  present: (reading) => rootsOf(reading).length > 0,
  read(reading, say) {
    const roots = rootsOf(reading);
    const files = [...reading.facts.keys()];
    return roots.flatMap((root) => {
      const nested = roots.filter((one) => one !== root && below(one, root) !== undefined);
      const own = files.filter(
        (file) => below(file, root) !== undefined && !nested.some((one) => below(file, one) !== undefined),
      );
      const base = baseOf(reading, root, say);
      const before = own.flatMap((file) => middlewareIn(reading, root, file));
      return [
        ...own.flatMap((file) => routeIn(reading, { root, file, base, before }, say)),
        ...own.flatMap((file) => addedIn(reading, { file, base, before }, say)),
      ];
    });
  },
  knownFrom: 'https://nitro.build/guide/routing (2.12) and https://nuxt.com/docs/guide/directory-structure/server (4.1)',
};
type Say = (what: NotUnderstood) => void;
const rootsOf = (reading: Reading): readonly string[] =>
  foldersOf(reading, { packages: ['nuxt', 'nuxt-nightly', 'nitropack', 'nitro'], files: /^(nuxt|nitro)\.config\.[mc]?[jt]s$/ });
const source = /\.([mc]?[jt]s|[jt]sx)$/;
const methods = /\.(connect|delete|get|head|options|patch|post|put|trace)$/;

/** The folder of a file among those that Nitro scans, and the rest; `server/` is Nuxt's, and optional without it. */
function scanned(inRoot: string): { readonly kind: 'api' | 'routes' | 'middleware'; readonly rest: string } | undefined {
  const [, kind, rest] =
    /^(?:(?:src|app|layers\/[^/]+)\/)?server\/(api|routes|middleware)\/(.+)$/.exec(inRoot) ??
    /^(?:src\/)?(api|routes|middleware)\/(.+)$/.exec(inRoot) ??
    [];
  return rest !== undefined && (kind === 'api' || kind === 'routes' || kind === 'middleware') ? { kind, rest } : undefined;
}
const isNuxt = (reading: Reading, root: string): boolean =>
  [...reading.files].some((file) => /^nuxt\.config\./.test(below(file, root) ?? ''));

/** `app.baseURL` of Nuxt, `baseURL` of Nitro, as data. */
function baseOf(reading: Reading, root: string, say: Say): string {
  const file = [...reading.files].find((one) => /^(nuxt|nitro)\.config\.[mc]?[jt]s$/.test(below(one, root) ?? ''));
  const text = (file === undefined ? undefined : reading.text(file)) ?? '';
  // `app: { head: { … }, baseURL }`: others, such as of images, are not meant.
  const [before] =
    (file?.includes('nuxt')
      ? /\bapp\s*:\s*\{(?:[^{}]|\{[^{}]*\})*?(?=\bbaseURL\s*:)/
      : /^[^{]*\{(?:[^{}]|\{[^{}]*\})*?(?=\bbaseURL\s*:)/
    ).exec(text) ?? [];
  if (file === undefined || before === undefined) return '';
  const at = text.indexOf(before) + before.length;
  const [, quoted] = /^baseURL\s*:\s*['"`]([^'"`$]*)['"`]/.exec(text.slice(at)) ?? [];
  if (quoted?.startsWith('/')) return quoted;
  if (quoted === undefined) {
    const why = 'a base path is known only while the program runs; paths are shown without it';
    say({ file, line: text.slice(0, at).split('\n').length, what: 'baseURL', why, about: 'route', stack: 'nitro' });
  }
  return '';
}

function middlewareIn(reading: Reading, root: string, file: string): readonly Guard[] {
  const found = scanned(below(file, root) ?? '');
  if (found?.kind !== 'middleware' || (isNuxt(reading, root) && !file.includes('server/'))) return [];
  const unit = reading.ecma(file);
  const handler = unit === undefined ? undefined : handlerOf(reading, unit, 'default');
  if (unit === undefined || handler === undefined) return [];
  const by = found.rest.replace(source, '');
  const isAuth = looksLikeAuth(by, handler.text) || handler.guards.some((one) => one.isAuth);
  return [{ by, scopes: [], stage: 'middleware', isAuth, at: placeOf(unit, handler.at) }];
}

interface At {
  readonly file: string;
  readonly base: string;
  readonly before: readonly Guard[];
}
function routeIn(reading: Reading, at: At & { readonly root: string }, say: Say): readonly Route[] {
  const inRoot = below(at.file, at.root) ?? '';
  const found = scanned(inRoot);
  if (found === undefined || found.kind === 'middleware') return [];
  if (isNuxt(reading, at.root) && !/(^|\/)server\//.test(inRoot)) return [];
  const unit = reading.ecma(at.file);
  if (unit === undefined) return [];
  const handler = handlerOf(reading, unit, 'default');
  if (handler === undefined) {
    const why = 'a file among the routes that has no default export';
    say({ file: at.file, line: null, what: at.file.split('/').at(-1) ?? at.file, why, about: 'route', stack: 'nitro' });
    return [];
  }
  const bare = found.rest.replace(source, '').replace(/\.(dev|prod|prerender)$/, '');
  const [, method] = methods.exec(bare) ?? [];
  const own = pathOf(bare.replace(methods, ''));
  const path = joinPaths(at.base, found.kind === 'api' ? `api/${own}` : own);
  return [routeOf(reading, { at, unit, handler, method: method === undefined ? 'ALL' : methodOf(method), path })];
}

/** `[id]`, `[...]`, `[...rest]`, `(group)`, `index`: https://nitro.build/guide/routing#filesystem-routing */
function pathOf(name: string): string {
  return name
    .split('/')
    .filter((one) => !/^\(.*\)$/.test(one))
    .map((one) => one.replace(/\[\.{3}(\w*)\]/g, '{$1*}').replace(/\[(\w+)\]/g, '{$1}'))
    .join('/')
    .replace(/(^|\/)index$/, '')
    .replace(/\{\*\}/g, '{rest*}');
}

/** Modules of Nuxt add handlers by name: https://nuxt.com/docs/api/kit/nitro */
function addedIn(reading: Reading, at: At, say: Say): readonly Route[] {
  const unit = reading.facts.get(at.file)?.marks.some((mark) => /^call add(Dev)?ServerHandler$/.test(mark))
    ? reading.ecma(at.file)
    : undefined;
  return (unit?.nodes('CallExpression') ?? []).flatMap((call) => {
    if (unit === undefined || call.callee.type !== 'Identifier' || !/^add(Dev)?ServerHandler$/.test(call.callee.name)) return [];
    const { js } = reading;
    const options = js.meaningOf(unit, call.arguments[0]);
    const text = (name: string): string | undefined => {
      const value = options === undefined ? undefined : js.propertyOf(options, name);
      return value?.kind === 'text' ? value.text : value?.kind === 'other' ? js.constantText(value.unit, value.node) : undefined;
    };
    // A handler without a path is middleware.
    if (options?.kind === 'object' && js.entriesOf(unit, call.arguments[0])?.some(({ key }) => key === 'route') === false)
      return [];
    const path = text('route');
    if (path === undefined) {
      const why = 'the path of this handler is known only while the program runs';
      say({ ...placeOf(unit, call), what: unit.excerpt(call), why, about: 'route', stack: 'nitro' });
      return [];
    }
    const handler = { place: { ...placeOf(unit, call), name: null }, at: call, guards: [], text: '' };
    const method = text('method') ?? 'ALL';
    return [
      routeOf(reading, {
        at,
        unit,
        handler,
        method: methodOf(method.toLowerCase()),
        path: joinPaths(at.base, plainPath(path.replace('**', '*rest'))),
      }),
    ];
  });
}

function routeOf(
  reading: Reading,
  o: {
    readonly at: At;
    readonly unit: EcmaUnit;
    readonly handler: NonNullable<ReturnType<typeof handlerOf>>;
    readonly method: string;
    readonly path: string;
  },
): Route {
  return {
    method: o.method,
    path: o.path,
    stack: 'nitro',
    scope: reading.scope,
    registered: placeOf(o.unit, o.handler.at),
    handler: o.handler.place,
    guards: [...o.at.before, ...o.handler.guards],
    request: null,
    response: null,
    version: null,
    mounted: [],
    certain: true,
  };
}
