import { describe, expect, it } from 'vitest';
import { drawsOf, filledBody, fitted, type Request, requestFault } from '../../../src/plugin-api.ts';

const request = (more: Partial<Request>): Request => ({ method: 'GET', path: '/', headers: {}, values: {}, ...more });
const take = (values: Request['values'], seed: number) => {
  const draw = drawsOf({ values }, seed);
  return Array.from({ length: 50 }, () => draw()('{a} {b} {c}'));
};

describe('the values of a request', () => {
  const values = { a: { from: 1, to: 3 }, b: { from: 1, to: 3 } };
  it('are the same for the same seed, lie between from and to, and leave other names alone', () => {
    const all = take(values, 7);
    expect(all).toEqual(take(values, 7));
    expect(all).not.toEqual(take(values, 8));
    for (const text of all) expect(text).toMatch(/^[123] [123] \{c\}$/);
    expect(new Set(all.map(([first]) => first))).toEqual(new Set(['1', '2', '3']));
  });
  it('do not go in step with each other', () => {
    expect(new Set(take(values, 7)).size).toBe(9);
  });
  it('go by a seed of their own where they have one', () => {
    const own = { a: { from: 1, to: 1000, seed: 5 } };
    expect(take(own, 1)).toEqual(take(own, 2));
  });
});

it('a text of a body that is one value and nothing else becomes a number', () => {
  const fill = (text: string) => text.replaceAll('{id}', '7');
  expect(filledBody({ id: '{id}', name: 'order {id}', list: ['{id}', null, true], other: '{x}' }, fill)).toEqual({
    id: 7,
    name: 'order 7',
    list: [7, null, true],
    other: '{x}',
  });
});

it.each([
  [{ path: '/{id}' }, [], 'The request GET /{id} has {id} in its path and no value of that name.'],
  [{ values: { id: { from: 1, to: 2 } } }, [], 'Nothing in the request GET / uses its value id.'],
  [{ path: '/{id}', values: { id: { from: 3, to: 2 } } }, [], 'The value id of GET /{id} goes from 3 to 2.'],
  [{ path: '/{canary}' }, ['canary'], undefined],
] as const)('%j with the known names %j: %s', (more, known, message) => {
  expect(requestFault(request(more), known)?.message).toBe(message);
});

it('texts are fitted into so many tokens, with a line for those that are left out', () => {
  expect(fitted(['one', 'two'], 2)).toEqual(['one', 'two']);
  expect(fitted(['one', 'two', 'three'], 2)).toEqual(['one', 'two', '(1 more are left out)']);
  expect(fitted(['a long text', 'b'], 1, (count) => `(${count} older ones)`)).toEqual(['(2 older ones)']);
});
