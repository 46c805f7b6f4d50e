import { describe, expect, it } from 'vitest';
import { rails } from '../../../../src/discovery/routes/adapters/rails.ts';
import { fixture, readWith, routeKey, trueRoutes } from '../grammar/scene.ts';

const folder = fixture('api-contracts/fixtures/rails');

describe('routes of Rails', () => {
  it('are those that the guide of routing says', async () => {
    const { found, present } = await readWith(rails, folder);
    expect(present).toBe(true);
    expect(found.map(routeKey).sort()).toEqual(trueRoutes(folder));
  });
  it('of gems are said and not guessed', async () => {
    const { said } = await readWith(rails, folder);
    expect(said.map(({ what, why }) => [what, why])).toEqual([
      ['devise_for :users', 'what devise_for adds is not known from this file'],
    ]);
  });
  it('lead to the action and to the filters before it', async () => {
    const { found } = await readWith(rails, folder);
    const of = (key: string) => {
      const route = found.find((one) => routeKey(one) === key);
      return [route?.handler, route?.guards.map(({ by, isAuth }) => [by, isAuth])];
    };
    const file = 'app/controllers/api/v1/books_controller.rb';
    expect(of('POST /api/v1/books/{slug}/publish')).toEqual([
      { file, line: 10, name: 'api/v1/books#publish' },
      [
        ['authenticate_user!', true],
        ['set_locale', false],
        ['require_admin', true],
      ],
    ]);
    expect(of('GET /api/v1/books/{slug}')).toEqual([{ file, line: 7, name: 'api/v1/books#show' }, [['set_locale', false]]]);
    expect(of('GET /old')).toEqual([{ file: 'config/routes.rb', line: 31, name: null }, []]);
  });
});
