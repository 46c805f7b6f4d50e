// Hono: chains of routes, applications mounted by `route`, middleware by pattern.
import type { Node } from 'oxc-parser';
import { bare, propertyName } from '../../ecma/node.ts';
import { guardsOf } from '../guards.ts';
import { stackOf } from '../join-stack.ts';
import { isUnclear } from '../join-unclear.ts';
import type { Use } from '../join-uses.ts';
import { type Framework, under, type Walk } from '../join-walk.ts';
import { joinPaths, type Mount, methodOf, type Scoped, verbs } from '../model.ts';
import { documented, plain, requestOf } from './hono-route.ts';

const packages =
  /^(hono|@hono\/zod-openapi|@hono\/hono)$|(^|[:/])@?hono(@[^/]*)?(\/mod\.ts)?$|^hono\/(tiny|quick|factory|hono-base)$/;
const framework: Framework = {
  name: 'hono',
  knownFrom: 'https://hono.dev/docs/api/routing (4.9) and https://github.com/honojs/middleware/tree/main/packages/zod-openapi',
  packages,
  names: new Set([...verbs, 'on', 'use', 'route', 'mount', 'basePath', 'openapi', 'doc', 'doc31']),
  roleOf({ from, name }) {
    if (!packages.test(from)) return undefined;
    const made = name.replace(/(^|\.)(default|\*)(?=\.|$)/g, '').replace(/^\./, '');
    return /^(Hono|OpenAPIHono|createApp|(createFactory|Factory)\.createApp\(\))(\.\w+\(\))*$/.test(made) ? 'app' : undefined;
  },
  walk(walk, key, mount) {
    let { guards } = mount;
    // `get(handler)` takes the path of the call before it on the same application.
    let last = '/';
    for (const use of walk.usesOf(key)) {
      const base = baseOf(walk, use, mount);
      if (base === undefined) {
        walk.unknown(use, 'the base path of this application is known only while the program runs');
        continue;
      }
      const here = { ...mount, guards, prefix: base === '' ? mount.prefix : joinPaths(mount.prefix, base) };
      if (use.name === undefined) walk.handOver(use, here);
      else if (use.name === 'use') guards = [...guards, ...middleware(walk, use, here)];
      else if (use.name === 'route') mounted(walk, use, here);
      else if (use.name === 'on') onMethods(walk, use, here);
      else if (use.name === 'openapi' || use.name.startsWith('doc')) documented(walk, use, here);
      else if (use.name === 'mount') walk.unknown(use, 'what is mounted here answers by itself; its routes are not in the map');
      else if (verbs.has(use.name)) last = addRoute(walk, use, { mount: here, last });
    }
  },
};
export const hono = stackOf(framework);

/** `new Hono().basePath('/api')`, and `const v1 = app.basePath('/v1')`. */
function baseOf(walk: Walk, use: Use, mount: Mount): string | undefined {
  const calls = use.chain.filter(({ name }) => name === 'basePath').map(({ call }) => ({ call, unit: use.unit }));
  const value = walk.reading.js.meaningOf(use.unit, firstOf(use), { round: use.round });
  if (value?.kind === 'made' && calls.length === 0) {
    for (let at: Node | null | undefined = value.call.parent; at?.type === 'MemberExpression'; ) {
      const call: Node | null | undefined = at.parent;
      if (call?.type !== 'CallExpression' || !value.name.includes('basePath')) break;
      if (propertyName(at) === 'basePath') calls.push({ call, unit: value.unit });
      at = call.parent;
    }
  }
  let base = '';
  for (const { call, unit } of calls) {
    const text = walk.reading.js.constantText(unit, call.arguments[0], walk.question(use, mount));
    if (text === undefined) return undefined;
    base = joinPaths(base, plain(text));
  }
  return base;
}
/** What the chain begins with. */
function firstOf(use: Use): Node {
  const from = use.chain[0]?.call ?? use.call;
  const callee = bare(from.callee);
  return callee.type === 'MemberExpression' ? callee.object : callee;
}

function middleware(walk: Walk, use: Use, mount: Mount): readonly Scoped[] {
  const [first, ...rest] = use.given;
  const paths = walk.texts(use, mount, first);
  const asked = { reading: walk.reading, unit: use.unit, stage: 'middleware', question: walk.question(use, mount) };
  const found = (paths === undefined ? use.given : rest).flatMap((node) => guardsOf(asked, node));
  return (paths ?? ['*']).flatMap((path) => {
    const at = path === '*' || path === '/*' ? mount.prefix : joinPaths(mount.prefix, plain(path.replace(/\/\*$/, '')));
    return found.map((guard) => ({ ...guard, under: at }));
  });
}

function mounted(walk: Walk, use: Use, mount: Mount) {
  const [first, second] = use.given;
  const path = walk.text(use, mount, first);
  if (second === undefined) return;
  const question = walk.question(use, mount);
  const router = walk.router({ unit: use.unit, node: second, question });
  if (path === undefined || router === undefined || router.role === 'parameter')
    return walk.unknown(use, 'what is mounted here is known only while the program runs');
  walk.enter(router.key, { ...under(mount, plain(path), use), round: walk.madeBy(router, question) });
}

/** `on(methods, paths, …)`. */
function onMethods(walk: Walk, use: Use, mount: Mount) {
  const [first, second, ...handlers] = use.given;
  const [methods, paths] = [walk.texts(use, mount, first), walk.texts(use, mount, second)];
  if (methods === undefined || paths === undefined)
    return walk.unknown(use, 'the methods or the path of this route are known only while the program runs');
  push(walk, use, { mount, methods: methods.map(methodOf), paths, handlers });
}

/** Gives the path, which the next call may leave out. */
function addRoute(walk: Walk, use: Use, o: { readonly mount: Mount; readonly last: string }): string {
  const [first, ...rest] = use.given;
  const path = walk.text(use, o.mount, first);
  const methods = [methodOf(use.name ?? '')];
  if (path !== undefined) {
    if (rest.length > 0) push(walk, use, { mount: o.mount, methods, paths: [path], handlers: rest });
    return path;
  }
  if (first === undefined) return o.last;
  if (isUnclear(walk, use, { mount: o.mount, handler: first }))
    walk.unknown(use, 'the path of this route is known only while the program runs');
  else push(walk, use, { mount: o.mount, methods, paths: [o.last], handlers: use.given });
  return o.last;
}

interface Pushed {
  readonly mount: Mount;
  readonly methods: readonly string[];
  readonly paths: readonly string[];
  readonly handlers: readonly Node[];
}
function push(walk: Walk, use: Use, { mount, methods, paths, handlers }: Pushed): void {
  const asked = { reading: walk.reading, unit: use.unit, stage: 'middleware', question: walk.question(use, mount) };
  for (const path of paths) {
    walk.add({
      use,
      mount,
      methods,
      path: joinPaths(mount.prefix, plain(path)),
      handler: handlers.at(-1),
      guards: handlers.slice(0, -1).flatMap((node) => guardsOf(asked, node)),
      request: requestOf(walk, use, { mount, handlers }),
    });
  }
}
