import { describe, expect, it } from 'vitest';
import { django } from '../../../../src/discovery/routes/adapters/django.ts';
import { fastapi } from '../../../../src/discovery/routes/adapters/fastapi.ts';
import { flask } from '../../../../src/discovery/routes/adapters/flask.ts';
import { fixture, readWith, routeKey, trueRoutes } from '../grammar/scene.ts';

const stacks = [
  { stack: fastapi, folder: fixture('api-contracts/fixtures/fastapi'), unclear: ['shop/main.py:9', 'shop/main.py:35'] },
  { stack: flask, folder: fixture('api-contracts/fixtures/flask'), unclear: ['desk/app.py:5', 'desk/app.py:22'] },
  { stack: django, folder: fixture('api-contracts/fixtures/django'), unclear: ['library/urls.py:19'] },
];

describe.each(stacks)('routes of $stack.name', ({ stack, folder, unclear }) => {
  it('are those that the framework itself registers', async () => {
    const { found, present } = await readWith(stack, folder);
    expect(present).toBe(true);
    expect(found.map(routeKey).sort()).toEqual(trueRoutes(folder));
  });
  it('that cannot be known are said with their place', async () => {
    const { said } = await readWith(stack, folder);
    expect(said.map(({ file, line }) => `${file}:${line}`).sort()).toEqual(unclear.toSorted());
  });
});

const guardsOf = async (stack: typeof fastapi, folder: string) =>
  new Map(
    (await readWith(stack, folder)).found.map((route) => [
      routeKey(route),
      route.guards.filter(({ isAuth }) => isAuth).map(({ by, scopes }) => [by, ...scopes].join(' ')),
    ]),
  );

describe('guards', () => {
  it('of FastAPI are dependencies that look for credentials, through aliases of types too', async () => {
    const guards = await guardsOf(fastapi, fixture('api-contracts/fixtures/fastapi'));
    expect(guards.get('POST /api/v2/books/')).toEqual(['reader books:write']);
    expect(guards.get('PATCH /api/v2/books/{book_id}')).toEqual(['reader']);
    expect(guards.get('GET /api/v2/books')).toEqual([]);
    expect(guards.get('GET /internal/')).toEqual(['owner']);
  });
  it('of Django are permissions, mixins and decorators; what anybody may do has none', async () => {
    const guards = await guardsOf(django, fixture('api-contracts/fixtures/django'));
    expect(guards.get('POST /api/books/{slug}/publish-now/')).toEqual(['IsAdminUser']);
    expect(guards.get('PUT /api/books/{slug}/')).toEqual(['IsAuthenticated']);
    expect(guards.get('GET /api/files/{name*}')).toEqual(['views.login_required', 'LoginRequiredMixin']);
    expect(guards.get('GET /api/shelves/')).toEqual([]);
  });
  it('of Flask are decorators, decorators of a class and what runs before each request', async () => {
    const guards = await guardsOf(flask, fixture('api-contracts/fixtures/flask'));
    expect(guards.get('DELETE /tickets/{ticket_id}')).toEqual(['check_token', 'login_required']);
    expect(guards.get('POST /tickets/files/{name}')).toEqual(['check_token', 'login_required']);
    expect(guards.get('GET /healthz')).toEqual([]);
  });
  it('stand where the code is that answers', async () => {
    const { found } = await readWith(flask, fixture('api-contracts/fixtures/flask'));
    const one = found.find((route) => routeKey(route) === 'DELETE /tickets/{ticket_id}');
    expect([one?.handler, one?.registered, one?.mounted]).toEqual([
      { file: 'desk/tickets.py', line: 24, name: 'one' },
      { file: 'desk/tickets.py', line: 21 },
      [{ file: 'desk/app.py', line: 27 }],
    ]);
  });
});
