import { describe, expect, it } from 'vitest';
import { go } from '../../../../src/discovery/routes/adapters/go.ts';
import { fixture, readWith, routeKey, trueRoutes } from '../grammar/scene.ts';

const folders = [
  { name: 'gin', unclear: ['books/routes.go:18', 'main.go:37'] },
  { name: 'echo', unclear: ['main.go:17'] },
  { name: 'chi', unclear: [] },
].map((one) => ({ ...one, folder: fixture(`api-contracts/fixtures/${one.name}`) }));

describe.each(folders)('routes of $name', ({ name, folder, unclear }) => {
  it('are those that the framework itself registers', async () => {
    const { found, present } = await readWith(go, folder);
    expect(present).toBe(true);
    expect(found.map(routeKey).sort()).toEqual(trueRoutes(folder));
    expect(new Set(found.map(({ stack }) => stack))).toEqual(new Set([name]));
  });
  it('that hang on a router that nobody makes are said with their place', async () => {
    const { said } = await readWith(go, folder);
    expect(said.map(({ file, line }) => `${file}:${line}`)).toEqual(unclear);
  });
});

const auth = async (name: string) => {
  const { found } = await readWith(go, fixture(`api-contracts/fixtures/${name}`));
  return new Map(found.map((route) => [routeKey(route), route.guards.filter(({ isAuth }) => isAuth).map(({ by }) => by)]));
};
describe('guards of Go', () => {
  it('count from where Use stands on', async () => {
    const guards = await auth('gin');
    expect(guards.get('GET /api/v1/books')).toEqual([]);
    expect(guards.get('PUT /api/v1/settings')).toEqual(['token']);
    expect(guards.get('GET /files/{name*}')).toEqual(['token']);
  });
  it('are passed on to what is inside, and no further', async () => {
    const guards = await auth('chi');
    expect(guards.get('DELETE /members/{id}/badge')).toEqual(['mustLogin']);
    expect(guards.get('GET /members/')).toEqual([]);
    expect(guards.get('PATCH /me')).toEqual(['mustLogin']);
    expect(guards.get('GET /healthz')).toEqual([]);
  });
});
