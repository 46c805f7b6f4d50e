import { expect, it } from 'vitest';
import { openReading, type Route, routesIn } from '../../../../src/discovery/index.ts';
import { nitro } from '../../../../src/discovery/routes/adapters/nitro/stack.ts';
import { filesOf } from '../../../rig/reading.ts';

const mapped = async (files: Readonly<Record<string, string>>) =>
  routesIn(await openReading({ tree: filesOf({ 'package.json': '{"dependencies":{"nuxt":"4"}}', ...files }), stacks: [nitro] }), [
    nitro,
  ]);
const withAuth = ({ method, path, guards }: Route) =>
  [`${method} ${path}`, ...guards.filter(({ isAuth }) => isAuth).map(({ by }) => by)].join(' < ');
const handler = 'export default defineEventHandler(() => 1)';

// The examples of https://nitro.build/guide/routing and https://nuxt.com/docs/guide/directory-structure/server.
it.each([
  ['server/api/hello.ts', 'ALL /api/hello'],
  ['server/routes/hello.ts', 'ALL /hello'],
  ['server/api/users/[id].delete.ts', 'DELETE /api/users/{id}'],
  ['server/api/users/index.post.js', 'POST /api/users'],
  ['server/api/index.get.ts', 'GET /api'],
  ['server/routes/index.ts', 'ALL /'],
  ['server/api/foo/[...].ts', 'ALL /api/foo/{rest*}'],
  ['server/routes/[...slug].get.ts', 'GET /{slug*}'],
  ['server/api/(admin)/users.ts', 'ALL /api/users'],
  ['server/routes/[name]/v[version].ts', 'ALL /{name}/v{version}'],
  ['server/api/debug.get.dev.ts', 'GET /api/debug'],
  ['layers/base/server/api/x.ts', 'ALL /api/x'],
])('reads the path of %s', async (file, expected) => {
  const { routes } = await mapped({ [file]: handler, 'nuxt.config.ts': 'export default defineNuxtConfig({})' });
  expect(routes.map(withAuth)).toEqual([expected]);
});

it('knows middleware of all routes, sessions that handlers ask for, and handlers that modules add', async () => {
  const { routes, notUnderstood } = await mapped({
    'nuxt.config.ts': `export default defineNuxtConfig({ image: { baseURL: '/pictures' }, app: { head: { title: 'x' }, baseURL: '/base/' } })`,
    'server/middleware/auth.ts': `export default defineEventHandler((event) => { if (!getHeader(event, 'authorization')) throw createError({ statusCode: 401 }) })`,
    'server/middleware/log.ts': handler,
    'server/api/me.ts': `export default defineEventHandler(async (event) => { const { user } = await requireUserSession(event); return user })`,
    'server/api/nothing.ts': 'export const x = 1',
    'server/utils/db.ts': handler,
    'app/api/client.ts': handler,
    'modules/docs.ts': `export default defineNuxtModule({ setup() { addServerHandler({ route: '/docs/**', handler: './docs-handler', method: 'get' }); \n addServerHandler({ middleware: true, handler: './m' });\n addServerHandler({ route: process.env.R, handler: './x' }); } })`,
  });
  expect(routes.map(withAuth)).toEqual(['ALL /base/api/me < auth < requireUserSession', 'GET /base/docs/{rest*} < auth']);
  expect(notUnderstood.map(({ file, why }) => `${file} ${why}`)).toEqual([
    'server/api/nothing.ts a file among the routes that has no default export',
    'modules/docs.ts the path of this handler is known only while the program runs',
  ]);
});

it('reads the folders of Nitro alone, and those of no other framework', async () => {
  const own = {
    'routes/a.ts': handler,
    'api/b.get.ts': handler,
    'nitro.config.ts': `export default defineNitroConfig({ baseURL: '/v1' })`,
  };
  const { routes } = await mapped({ ...own, 'package.json': '{"devDependencies":{"nitropack":"2"}}' });
  expect(routes.map(withAuth)).toEqual(['ALL /v1/a', 'GET /v1/api/b']);
  const other = await mapped({ 'package.json': '{"dependencies":{"express":"5"}}', 'routes/a.ts': handler });
  expect(other).toEqual({ routes: [], notUnderstood: [] });
});
