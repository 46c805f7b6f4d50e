import { describe, expect, it } from 'vitest';
import { scoresOf, shapeOf, together } from '../../../bench/discovery-score.ts';

const mapped = (routes: readonly string[], tables: Readonly<Record<string, readonly string[]>> = {}) => ({
  contracts: {
    routes: routes.map((route) => ({ method: route.split(' ')[0] ?? '', path: route.split(' ')[1] ?? '' })),
  },
  schema: {
    tables: Object.entries(tables).map(([name, columns]) => ({ name, columns: columns.map((column) => ({ name: column })) })),
  },
});

describe('the score of a map', () => {
  it('takes two routes for one where they differ in names of parameters or a last slash, and in nothing else', () => {
    expect(shapeOf('get /a/{id}/')).toBe(shapeOf('GET /a/{name}'));
    expect(shapeOf('GET /')).toBe('GET /');
    expect(new Set(['GET /a/{id}', 'POST /a/{id}', 'GET /a/id', 'GET /a/{rest*}', 'GET /a'].map(shapeOf)).size).toBe(5);
  });
  it('counts what is missed and what is wrong', () => {
    const scores = scoresOf({ made: 'by hand', routes: ['GET /a', 'GET /b/{id}'] }, mapped(['GET /b/{x}', 'GET /c', 'GET /c/']));
    expect(scores).toEqual({
      routes: { there: 2, found: 2, right: 1 },
      missed: ['route GET /a'],
      wrong: ['route GET /c'],
    });
  });
  it('counts a table that is not there with all its columns as wrong, and nothing that may be either way', () => {
    const truth = { made: 'by hand', tables: { users: ['id', 'email'] }, either: ['audit', 'users.__v', 'GET /docs'] };
    const found = mapped(['GET /docs'], { users: ['id', 'email', '__v'], audit: ['id'], extra: ['id'] });
    expect(scoresOf(truth, found)).toEqual({
      tables: { there: 1, found: 2, right: 1 },
      columns: { there: 2, found: 3, right: 2 },
      missed: [],
      wrong: ['table extra', 'column extra.id'],
    });
  });
  it('of several is counted together, and of none is none', () => {
    expect(
      together([
        { there: 2, found: 1, right: 1 },
        { there: 8, found: 9, right: 7 },
      ]),
    ).toEqual({ there: 10, found: 10, right: 8 });
    expect(together([])).toBe(undefined);
  });
});
