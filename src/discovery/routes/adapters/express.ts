// Express: routers that are mounted, and middleware that counts for what comes after it.
import type { Node } from 'oxc-parser';
import type { Value } from '../../contract/meaning.ts';
import { bare } from '../../ecma/node.ts';
import { guardsOf } from '../guards.ts';
import { stackOf } from '../join-stack.ts';
import { isUnclear } from '../join-unclear.ts';
import type { Use } from '../join-uses.ts';
import { type Framework, under, type Walk } from '../join-walk.ts';
import { joinPaths, type Mount, methodOf, plainPath, type Scoped, verbs } from '../model.ts';
import { resources } from './express-resources.ts';

const framework: Framework = {
  name: 'express',
  knownFrom: 'https://expressjs.com/en/5x/api.html and /en/4x/api.html (5.1, 4.21)',
  packages: /^(express|express-promise-router|express-async-router|@root\/async-router)$/,
  names: new Set([...verbs, 'm-search', 'route', 'use', 'param']),
  roleOf({ from, name }) {
    if (!framework.packages.test(from)) return undefined;
    const plain = name.replace(/^(default|\*)(?=$|\.)\.?/, '').replace(/(^|\.)(\w+\(\)|default$)/g, '');
    if (/^(Router|AsyncRouter|PromiseRouter)$/.test(plain)) return 'router';
    return plain !== '' ? undefined : from === 'express' ? 'app' : 'router';
  },
  appType: /^((express|core)\.)?(Express|Application)$/,
  walk(walk, key, mount) {
    let { guards } = mount;
    for (const use of walk.usesOf(key)) {
      const here = { ...mount, guards };
      if (use.name === undefined) walk.handOver(use, here);
      else if (use.name === 'use') guards = [...guards, ...mountAll(walk, use, here)];
      else if (use.name !== 'route' && use.name !== 'param') addRoute(walk, use, here);
    }
  },
  roots: resources,
};
export const express = stackOf(framework);

/** Enters the routers of `use(path, …)`; gives the middleware that counts for all that comes after. */
function mountAll(walk: Walk, use: Use, mount: Mount): readonly Scoped[] {
  const [first, ...rest] = use.given;
  const written = isPattern(first) ? undefined : walk.texts(use, mount, first);
  const withPath = written !== undefined || isPattern(first);
  const handlers = (withPath ? rest : use.given).flatMap(elements);
  const guards: Scoped[] = [];
  for (const handler of handlers) {
    const question = walk.question(use, mount);
    const router = walk.router({ unit: use.unit, node: handler, question });
    if (router !== undefined && router.role !== 'parameter') {
      if (withPath && written === undefined) walk.unknown(use, 'this router is mounted at a pattern');
      for (const path of written ?? (withPath ? [] : [''])) {
        const inner = under({ ...mount, round: walk.madeBy(router, question) }, plainPath(path), use);
        walk.enter(router.key, { ...inner, guards: [...mount.guards, ...guards] });
      }
      continue;
    }
    if ((withPath || handler === bare(first ?? use.call)) && isUnclear(walk, use, { mount, handler })) {
      walk.unknown(use, 'what is mounted here is known only while the program runs');
      continue;
    }
    const found = guardsOf({ reading: walk.reading, unit: use.unit, stage: 'middleware', question }, handler);
    for (const path of written ?? ['']) {
      const at = path === '' || path === '/' ? '' : joinPaths(mount.prefix, plainPath(path));
      guards.push(...found.map((guard) => ({ ...guard, under: at })));
    }
  }
  return guards;
}
const elements = (node: Node): readonly Node[] => {
  const plain = bare(node);
  return plain.type === 'ArrayExpression' ? plain.elements.flatMap((one) => (one === null ? [] : [one])) : [plain];
};
const isMadeBy = (value: Value | undefined, from: string): boolean => value?.kind === 'made' && value.from === from;
const isPattern = (node: Node | undefined): boolean =>
  node !== undefined && bare(node).type === 'Literal' && 'regex' in bare(node);

function addRoute(walk: Walk, use: Use, mount: Mount) {
  const chained = use.chain.find(({ name }) => name === 'route');
  const handlers = (chained === undefined ? use.given.slice(1) : use.given).flatMap(elements);
  const last = handlers.at(-1);
  // `app.get('setting')` reads a setting.
  if (last === undefined) return;
  const question = walk.question(use, mount);
  // Preflight requests that a package answers: `app.options('*', cors())`.
  if (use.name === 'options' && isMadeBy(walk.reading.js.meaningOf(use.unit, last, question), 'cors')) return;
  const asked = { reading: walk.reading, unit: use.unit, stage: 'middleware', question };
  if (use.name === 'all' && chained !== undefined && isBefore(use)) return;
  const written = chained?.call.arguments[0] ?? use.given[0];
  const paths = isPattern(written) ? undefined : walk.texts(use, mount, written);
  if (paths === undefined) return walk.unknown(use, 'the path of this route is a pattern, or known only while the program runs');
  const before = chained === undefined ? [] : middlewareOf(use).flatMap((node) => guardsOf(asked, node));
  for (const path of paths) {
    walk.add({
      use,
      mount,
      methods: [methodOf(use.name ?? '')],
      path: joinPaths(mount.prefix, plainPath(path)),
      handler: last,
      guards: [...before, ...handlers.slice(0, -1).flatMap((node) => guardsOf(asked, node))],
    });
  }
}

/** `route(path).all(f).get(g)`: f is middleware of g. */
const isBefore = ({ call: { parent } }: Use): boolean => parent?.type === 'MemberExpression';
const middlewareOf = ({ chain }: Use): readonly Node[] =>
  chain.filter(({ name }) => name === 'all').flatMap(({ call }) => call.arguments.flatMap(elements));
