// Next.js: routes that are files. https://nextjs.org/docs/app/api-reference/file-conventions/route, https://nextjs.org/docs/pages/building-your-application/routing/api-routes
import type { NotUnderstood } from '../../../contract/place.ts';
import type { Reading } from '../../../contract/reading.ts';
import type { Route, RouteStack } from '../../../contract/route.ts';
import { joinPaths, placeOf } from '../../model.ts';
import { type Config, configOf } from './config.ts';
import { type Handler, handlerOf } from './handler.ts';
import { type Before, beforeAll } from './middleware.ts';
import { below, foldersOf, inside } from './projects.ts';

export const next: RouteStack = {
  name: 'next',
  language: 'ecma',
  marks: ['next', 'next/server'],
  reads: ['**/next.config.{js,mjs,cjs,ts,mts}'],
  present: (reading) => rootsOf(reading).length > 0,
  read(reading, say) {
    const roots = rootsOf(reading);
    return roots.flatMap((root) => {
      const project = { root, config: configOf(reading, root, say), before: beforeAll(reading, root) };
      const nested = roots.filter((one) => one !== root && below(one, root) !== undefined);
      const files = [...reading.facts.keys()].filter(
        (file) => below(file, root) !== undefined && !nested.some((one) => below(file, one) !== undefined),
      );
      return files.flatMap((file) => routesOf(reading, project, file, say));
    });
  },
  knownFrom: 'https://nextjs.org/docs (16.0): file conventions route, api routes, proxy and middleware, basePath, pageExtensions',
};
interface Project {
  readonly root: string;
  readonly config: Config;
  readonly before: Before | undefined;
}
type Say = (what: NotUnderstood) => void;
const rootsOf = (reading: Reading): readonly string[] =>
  foldersOf(reading, { packages: ['next'], files: /^next\.config\.[mc]?[jt]s$/ });
const verbs = ['GET', 'HEAD', 'POST', 'PUT', 'DELETE', 'PATCH', 'OPTIONS'];

function routesOf(reading: Reading, project: Project, file: string, say: Say): readonly Route[] {
  const inRoot = below(file, project.root) ?? '';
  const own = inRoot.replace(/^src\//, '');
  const ending = project.config.pageExtensions.find((one) => own.endsWith(`.${one}`));
  if (ending === undefined) return [];
  const name = own.slice(0, -ending.length - 1);
  if (/^app\/(.*\/)?route$/.test(name))
    return ofAppRouter(reading, project, { file, segments: name.split('/').slice(1, -1) }, say);
  if (name.startsWith('pages/api/') || name === 'pages/api') {
    const segments = name.split('/').slice(1);
    return ofPages(reading, project, { file, segments: segments.at(-1) === 'index' ? segments.slice(0, -1) : segments }, say);
  }
  return [];
}
interface Found {
  readonly file: string;
  readonly segments: readonly string[];
}

function ofAppRouter(reading: Reading, project: Project, { file, segments }: Found, say: Say): readonly Route[] {
  // Folders with an underscore are private; `(.)x` shows a page of elsewhere.
  if (segments.some((one) => one.startsWith('_') || /^\(\.{1,3}\)/.test(one))) return [];
  const plain = segments.filter((one) => !/^\(.*\)$/.test(one) && !one.startsWith('@'));
  const unit = reading.ecma(file);
  if (unit === undefined) return [];
  const handlers = verbs.flatMap((method) => {
    const handler = handlerOf(reading, unit, method);
    return handler === undefined ? [] : [{ method, handler }];
  });
  if (handlers.length === 0) {
    const why = 'a route file that exports no function named after a method';
    say({ file, line: null, what: file.split('/').at(-1) ?? file, why, about: 'route', stack: 'next' });
  }
  return handlers.flatMap(({ method, handler }) => made(reading, project, { unit, method, handler, paths: pathsOf(plain) }));
}

function ofPages(reading: Reading, project: Project, { file, segments }: Found, say: Say): readonly Route[] {
  const unit = reading.ecma(file);
  const handler = unit === undefined ? undefined : handlerOf(reading, unit, 'default');
  if (unit === undefined) return [];
  if (handler === undefined) {
    say({
      file,
      line: null,
      what: file.split('/').at(-1) ?? file,
      why: 'an API route without a default export',
      about: 'route',
      stack: 'next',
    });
    return [];
  }
  return methodsIn(handler.text).flatMap((method) => made(reading, project, { unit, method, handler, paths: pathsOf(segments) }));
}

/** Which methods a handler tells apart; it is called for all. */
function methodsIn(text: string): readonly string[] {
  if (!/\bmethod\b/.test(text)) return ['ALL'];
  const compared = [
    ...[...text.matchAll(/\bmethod\b[^\n]{0,20}?[!=]==?\s*['"`]([A-Z]+)['"`]/g)].map(([, method]) => method),
    ...[...text.matchAll(/['"`]([A-Z]+)['"`]\s*[!=]==?\s*[\w.]*\bmethod\b/g)].map(([, method]) => method),
    ...(/switch\s*\([^)]*\bmethod\b/.test(text)
      ? [...text.matchAll(/\bcase\s+['"`]([A-Z]+)['"`]/g)].map(([, method]) => method)
      : []),
  ].filter((method) => method !== undefined && verbs.includes(method));
  const known = [...new Set(compared)].flatMap((method) => method ?? []);
  return known.some((method) => method !== 'OPTIONS' && method !== 'HEAD') ? known : ['ALL'];
}

/** `[id]`, `[...rest]`, and `[[...rest]]`, which is also there without a rest. */
function pathsOf(segments: readonly string[]): readonly string[] {
  const path = segments
    .map((one) =>
      one
        .replace(/^\[\[\.\.\.(.+)\]\]$/, '{$1*}')
        .replace(/^\[\.\.\.(.+)\]$/, '{$1*}')
        .replace(/^\[(.+)\]$/, '{$1}'),
    )
    .join('/');
  return segments.at(-1)?.startsWith('[[...') === true ? [path, path.replace(/\/?\{[^}]*\*\}$/, '')] : [path];
}

function made(
  reading: Reading,
  { root, config, before }: Project,
  o: {
    readonly unit: NonNullable<ReturnType<Reading['ecma']>>;
    readonly method: string;
    readonly handler: Handler;
    readonly paths: readonly string[];
  },
): readonly Route[] {
  return o.paths.map((one) => {
    const inner = joinPaths('', one);
    return {
      method: o.method,
      path: joinPaths(config.basePath, one),
      stack: 'next',
      scope: reading.scope,
      registered: placeOf(o.unit, o.handler.at),
      handler: o.handler.place,
      guards: [...(before?.counts(inner) === true ? [before.guard] : []), ...o.handler.guards],
      request: null,
      response: null,
      version: null,
      mounted: config.basePath === '' ? [] : [{ file: inside(root, 'next.config'), line: null }],
      certain: true,
    };
  });
}
