import { readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';
import { filesIn, openReading, type Route, routesIn } from '../../../../src/discovery/index.ts';
import { trpc } from '../../../../src/discovery/routes/adapters/trpc/stack.ts';
import { readingOf } from '../../../rig/reading.ts';

const text = ({ method, path: at }: { readonly method: string; readonly path: string }) => `${method} ${at}`;
const auth = ({ guards }: Route) => guards.filter(({ isAuth }) => isAuth);
const mapped = async (files: Readonly<Record<string, string>>) =>
  routesIn(await readingOf({ 'package.json': '{"dependencies":{"@trpc/server":"11"}}', ...files }), [trpc]);

it('finds the procedures that the router itself holds, guarded where a call of nobody is refused', async () => {
  const folder = path.resolve(import.meta.dirname, '../../../../plugins/api-contracts/fixtures/trpc');
  const truth = JSON.parse(readFileSync(path.join(folder, 'truth.json'), 'utf8'));
  const reading = await openReading({ tree: filesIn(folder), files: ['src/**'], stacks: [trpc] });
  const { routes, notUnderstood } = routesIn(reading, [trpc]);
  const rows = routes.map((route) => ({ method: route.method, path: route.path, guarded: auth(route).length > 0 }));
  const inOrder = (of: readonly unknown[]) => of.map((row) => JSON.stringify(row)).sort();
  expect(inOrder(rows)).toEqual(inOrder(truth.routes));
  expect(notUnderstood).toEqual([]);
  expect(routes.find(({ path: at }) => at === '/trpc/notes.archive.restore')).toMatchObject({
    handler: { file: 'src/notes.ts', line: 13, name: 'notes.archive.restore' },
    guards: [{ by: 'timed', isAuth: false }, { by: 'isSignedIn' }, { by: 'isRole', scopes: ['admin'] }],
    mounted: [{ file: 'src/app.ts', line: 13 }],
  });
  expect(routes.find(({ path: at }) => at === '/trpc/notes.list')).toMatchObject({
    handler: { line: 15 },
    response: { 200: { $source: 'z.array(z.string())' } },
  });
});

const base = `import { initTRPC } from '@trpc/server'; export const t = initTRPC.create();`;
const router = `import { t } from './t'; export const appRouter = t.router({ a: t.procedure.query(() => 1) });`;
it.each([
  [
    'fetch',
    'app/api/trpc/[trpc]/route.ts',
    `fetchRequestHandler({ endpoint: '/api/trpc', req, router: appRouter })`,
    'GET /api/trpc/a',
  ],
  ['Next', 'pages/api/v1/trpc/[trpc].ts', `export default createNextApiHandler({ router: appRouter })`, 'GET /api/v1/trpc/a'],
  ['Express', 'x.ts', `app.use('/rpc', createExpressMiddleware({ router: appRouter }))`, 'GET /rpc/a'],
  ['Hono', 'x.ts', `const server = trpcServer({ router: appRouter }); app.use('/rpc/*', server)`, 'GET /rpc/a'],
  ['Fastify', 'x.ts', `app.register(fastifyTRPCPlugin, { prefix: '/f', trpcOptions: { router: appRouter } })`, 'GET /f/a'],
  ['its own server', 'x.ts', `createHTTPServer({ router: appRouter }).listen(1)`, 'GET /a'],
])('knows where %s serves a router', async (_, file, code, expected) => {
  const depth = '../'.repeat(file.split('/').length - 1) || './';
  const names =
    'createNextApiHandler, fetchRequestHandler, createExpressMiddleware, trpcServer, fastifyTRPCPlugin, createHTTPServer';
  const { routes, notUnderstood } = await mapped({
    't.ts': base,
    'router.ts': router,
    [file]: `import { ${names} } from '@trpc/server/adapters/any'; import { appRouter } from '${depth}router';\n${code};`,
  });
  expect(routes.map(text)).toEqual([expected]);
  expect(notUnderstood).toEqual([]);
});

it('maps the REST paths that meta gives to procedures, for each endpoint that a condition may choose', async () => {
  const { routes } = await mapped({
    'router.ts': `${base}
      const meta = { openapi: { method: 'GET', path: '/posts/{id}' } };
      export const appRouter = t.router({ post: t.procedure.meta(meta).query(() => 1), inner: t.procedure.mutation(() => 1) });`,
    'serve.ts': `import { createOpenApiFetchHandler } from 'trpc-to-openapi'; import { appRouter } from './router';
      export const serve = (beta) => createOpenApiFetchHandler({ endpoint: beta ? '/beta' : '/v2', router: appRouter });`,
  });
  expect(routes.map(text)).toEqual(['GET /beta/posts/{id}', 'GET /v2/posts/{id}']);
});

it('says what it does not understand: unknown parts, paths, and routers that nobody serves', async () => {
  const { routes, notUnderstood } = await mapped({
    'router.ts': `${base}
export const appRouter = t.router({
  known: t.procedure.query(() => 1),
  foreign: makeProcedure(),
  [name()]: t.procedure.query(() => 1),
});
export const lost = t.router({ x: t.procedure.mutation(() => 1) });`,
    'serve.ts': `import { fetchRequestHandler } from '@trpc/server/adapters/fetch'; import { appRouter } from './router';
fetchRequestHandler({ endpoint: process.env.AT, router: appRouter });`,
  });
  expect(routes.map((route) => `${text(route)} ${route.certain}`)).toEqual(['GET /known false', 'POST /trpc/x false']);
  expect(notUnderstood.map(({ file, line, why }) => `${file}:${line} ${why.split(' is known')[0]}`)).toEqual([
    'serve.ts:2 the path of this router',
    'router.ts:4 what foreign is in its router',
    'router.ts:5 the name of this procedure',
    'router.ts:7 no adapter was seen to serve this router',
  ]);
});

it('ends for routers that hold themselves', async () => {
  const { routes } = await mapped({
    'router.ts': `${base}
const parts = { ...parts, a: t.procedure.query(() => 1) };
const inner = t.router({ again: outer, ...parts });
const outer = t.router({ inner, self: outer });
export const appRouter = t.mergeRouters(outer, appRouter);`,
  });
  expect(routes.length).toBeLessThan(1000);
});
