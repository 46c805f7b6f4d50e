import { expect, it } from 'vitest';
import { openReading, type Route, routesIn } from '../../../../src/discovery/index.ts';
import { next } from '../../../../src/discovery/routes/adapters/next/stack.ts';
import { filesOf } from '../../../rig/reading.ts';

const mapped = async (files: Readonly<Record<string, string>>) =>
  routesIn(await openReading({ tree: filesOf({ 'package.json': '{"dependencies":{"next":"16"}}', ...files }), stacks: [next] }), [
    next,
  ]);
const withAuth = ({ method, path, guards }: Route) =>
  [`${method} ${path}`, ...guards.filter(({ isAuth }) => isAuth).map(({ by }) => by)].join(' < ');
const get = 'export function GET() {}';

// The tables of https://nextjs.org/docs/app/api-reference/file-conventions/dynamic-routes and /route-groups.
it.each([
  ['app/route.ts', ['GET /']],
  ['src/app/api/items/route.ts', ['GET /api/items']],
  ['app/api/items/[id]/route.js', ['GET /api/items/{id}']],
  ['app/files/[...path]/route.tsx', ['GET /files/{path*}']],
  ['app/docs/[[...slug]]/route.ts', ['GET /docs', 'GET /docs/{slug*}']],
  ['app/(shop)/cart/(inner)/route.ts', ['GET /cart']],
  ['app/@side/panel/route.ts', ['GET /panel']],
  ['app/_private/x/route.ts', []],
  ['app/(.)shown/route.ts', []],
  ['app/.well-known/x/route.ts', ['GET /.well-known/x']],
  ['app/items/page.tsx', []],
  ['app/items/router.ts', []],
  ['lib/app/x/route.ts', []],
])('reads the path of %s', async (file, expected) => {
  const { routes } = await mapped({ [file]: get });
  expect(routes.map(withAuth)).toEqual(expected);
});

it('takes the methods that a route file exports, however it does', async () => {
  const { routes } = await mapped({
    'app/a/route.ts': `export async function GET() {}\nexport const POST = async () => {};\nconst handler = () => {};\nexport { handler as PUT, handler as DELETE };\nexport const dynamic = 'force-static';`,
    'app/b/route.ts': `import NextAuth from 'next-auth'; const both = NextAuth({}); export const { GET, POST } = both;`,
    'app/c/route.ts': `export { PATCH } from '../../lib/shared';`,
    'lib/shared.ts': 'export async function PATCH() {}',
  });
  expect(routes.map(({ method, path, handler }) => `${method} ${path} ${handler.file}:${handler.line}`)).toEqual([
    'DELETE /a app/a/route.ts:3',
    'GET /a app/a/route.ts:1',
    'POST /a app/a/route.ts:2',
    'PUT /a app/a/route.ts:3',
    'GET /b app/b/route.ts:1',
    'POST /b app/b/route.ts:1',
    'PATCH /c lib/shared.ts:1',
  ]);
});

it('tells the methods of an API route of pages apart where its handler does', async () => {
  const { routes } = await mapped({
    'pages/api/index.ts': 'export default function handler(req, res) { res.end(); }',
    'src/pages/api/items/[id].ts': `export default async function handler(req, res) {
      switch (req.method) { case 'GET': return res.end(); case 'DELETE': return res.end(); default: res.status(405).end(); } }`,
    'src/pages/api/login.ts': `const handler = (req, res) => { if (req.method !== 'POST') return res.status(405).end(); }; export default withSession(handler);`,
    'src/pages/api/any.ts': `export default (req, res) => { if (req.method === 'OPTIONS') return; res.end(); };`,
    'pages/about.tsx': 'export default function About() { return null; }',
  });
  expect(routes.map(withAuth)).toEqual([
    'ALL /api',
    'ALL /api/any',
    'DELETE /api/items/{id}',
    'GET /api/items/{id}',
    'POST /api/login < withSession',
  ]);
});

it('knows who asks for a session: wrappers, handlers, and the proxy for the paths of its matcher', async () => {
  const { routes } = await mapped({
    'next.config.ts': `export default { basePath: '/shop' };`,
    'proxy.ts': `export function proxy(request) { if (!request.cookies.get('session')) return Response.redirect('/login'); }\nexport const config = { matcher: ['/api/orders/:path*', { source: '/admin' }] };`,
    'app/api/orders/[id]/route.ts': get,
    'app/api/open/route.ts': get,
    'app/admin/route.ts': `export const GET = withAuth(async () => {});`,
    'app/auth/[...nextauth]/route.ts': `import NextAuth from 'next-auth'; const handler = NextAuth({}); export { handler as GET };`,
    'app/profile/route.ts': `export async function GET() { const { data } = await supabase.auth.getUser(); return Response.json(await getUser(data.id)); }`,
    'app/author/route.ts': `export async function GET(request) { return Response.json(await getUser(1)); }`,
    'app/me/route.ts': `import { auth } from '../auth'; export async function GET() { const session = await auth(); return Response.json(session); }`,
  });
  expect(routes.map(withAuth)).toEqual([
    'GET /shop/admin < proxy < withAuth',
    'GET /shop/api/open',
    'GET /shop/api/orders/{id} < proxy',
    'GET /shop/auth/{nextauth*}',
    'GET /shop/author',
    'GET /shop/me < auth',
    'GET /shop/profile < supabase.auth.getUser',
  ]);
});

it('keeps the applications of a repository apart and says what it does not follow', async () => {
  const { routes, notUnderstood } = await mapped({
    'package.json': '{}',
    'apps/a/package.json': '{"dependencies":{"next":"15"}}',
    'apps/a/next.config.js': `module.exports = {\n  basePath: process.env.BASE,\n  async rewrites() { return []; },\n};`,
    'apps/a/app/x/route.ts': get,
    'apps/a/app/y/route.ts': 'export const revalidate = 60;',
    'apps/b/package.json': '{"dependencies":{"express":"5"}}',
    'apps/b/app/z/route.ts': get,
  });
  expect(routes.map(withAuth)).toEqual(['GET /x']);
  expect(notUnderstood.map(({ file, line, why }) => `${file}:${line} ${why}`)).toEqual([
    'apps/a/next.config.js:2 the base path is known only while the program runs; paths are shown without it',
    'apps/a/next.config.js:3 paths that rewrites lead elsewhere are not followed',
    'apps/a/app/y/route.ts:null a route file that exports no function named after a method',
  ]);
});

it.each([
  ['/((?!api|_next/static|favicon\\\\.ico).*)', ['GET /api', 'GET /me < proxy']],
  ['/:path*', ['GET /api < proxy', 'GET /me < proxy']],
  ['/(one|two', ['GET /api < proxy', 'GET /me < proxy']],
  ['/me', ['GET /api', 'GET /me < proxy']],
])('knows what the matcher %s leaves out', async (matcher, expected) => {
  const { routes } = await mapped({
    'proxy.ts': `export function proxy(request) { if (!request.cookies.get('session')) return Response.redirect('/login'); }\nexport const config = { matcher: '${matcher}' };`,
    'app/api/route.ts': get,
    'app/me/route.ts': get,
  });
  expect(routes.map(withAuth)).toEqual(expected);
});
