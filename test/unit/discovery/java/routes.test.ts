import { describe, expect, it } from 'vitest';
import { spring } from '../../../../src/discovery/routes/adapters/spring.ts';
import { matches } from '../../../../src/discovery/routes/adapters/spring-security.ts';
import { fixture, readWith, routeKey, trueRoutes } from '../grammar/scene.ts';

// The truth was written by hand from the reference of Spring: its packages are not to be had where this was made.
const folder = fixture('api-contracts/fixtures/spring');
const java = 'src/main/java/shop';

describe('routes of Spring', () => {
  it('are those of controllers and of what they inherit, below what settings say', async () => {
    const { found, present } = await readWith(spring, folder);
    expect(present).toBe(true);
    expect(found.map(routeKey).sort()).toEqual(trueRoutes(folder));
  });
  it('that are not known are said with their place; a client has none', async () => {
    const { said } = await readWith(spring, folder);
    expect(said.map(({ file, line, why }) => [`${file}:${line}`, why])).toEqual([
      [`${java}/api/ReportsController.java:14`, 'its path is not known from the text'],
      [`${java}/api/ReportsController.java:20`, 'its mapping may be in ReportsApi, which is not in the tree'],
      [`${java}/api/ReportsController.java:26`, 'routes of functions (RouterFunction) are not read'],
      [`${java}/api/ReportsController.java:31`, 'no controller that is known has the method left of Left'],
    ]);
  });
  it('lead to the method that answers, and to what makes their prefix', async () => {
    const { found } = await readWith(spring, folder);
    const of = (key: string) => found.find((one) => routeKey(one) === key);
    expect(of('DELETE /shop/books/{id}')).toMatchObject({
      handler: { file: `${java}/api/BooksController.java`, line: 24, name: 'BooksController.remove' },
      registered: { file: `${java}/api/Crud.java`, line: 14 },
      mounted: [
        { file: 'src/main/resources/application.properties', line: 1 },
        { file: `${java}/api/BooksController.java`, line: 13 },
      ],
      certain: true,
    });
    expect(of('GET /shop/v2/members/search')?.handler).toEqual({
      file: `${java}/api/MembersApi.java`,
      line: 14,
      name: 'MembersController.search',
    });
    expect(of('ALL /shop/debug/{*}')?.certain).toBe(false);
  });
  it('are guarded by the first rule of the filter chain and by annotations', async () => {
    const { found } = await readWith(spring, folder);
    const guards = new Map(found.map((one) => [routeKey(one), one.guards.map(({ by, scopes }) => [by, ...scopes])]));
    expect(guards.get('GET /shop/books/{id}')).toEqual([]);
    expect(guards.get('DELETE /shop/books/{id}')).toEqual([['hasRole', 'CLERK']]);
    expect(guards.get('DELETE /shop/api/books/{id}')).toEqual([['authenticated']]);
    expect(guards.get('POST /shop/v2/members/{name}/badge')).toEqual([['authenticated'], ['@PreAuthorize', "hasRole('CLERK')"]]);
  });
  it('are not there where no controller is', async () => {
    const { present } = await readWith(spring, fixture('api-contracts/fixtures/gin'));
    expect(present).toBe(false);
  });
});

describe('patterns of filter chains', () => {
  it.each([
    ['/api/**', '/api', true],
    ['/api/**', '/api/books/{id}', true],
    ['/api/**', '/apis', false],
    ['/*.js', '/a.js', true],
    ['/*.js', '/a/b.js', false],
    ['/users/{id}', '/users/{name}', true],
    ['/users/*', '/users/{name}/books', false],
  ])('%s and %s', (pattern, path, expected) => expect(matches(pattern, path)).toBe(expected));
});
