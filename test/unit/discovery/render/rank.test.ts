import { describe, expect, it } from 'vitest';
import { byGoal, stemOf, wordsOf } from '../../../../src/discovery/render/rank.ts';

describe('words of a name', () => {
  it('are those between capitals, underscores and slashes', () => {
    expect(wordsOf('POST /order_lines/{lineId}')).toEqual(['ord', 'lin', 'lin'].map((stem) => expect.stringContaining(stem)));
    expect(wordsOf('HTTPServer')).toEqual(['http', 'server']);
  });
  it.each([
    ['deliveries', 'delivery'],
    ['orders', 'order'],
    ['addresses', 'address'],
    ['currencies', 'currency'],
    ['statuses', 'status'],
    ['charged', 'charge'],
    ['categories', 'category'],
  ])('%s and %s have one stem', (a, b) => {
    expect(stemOf(a)).toBe(stemOf(b));
  });
  it('are kept apart where only their beginning is the same', () => {
    expect(stemOf('order')).not.toBe(stemOf('ordinal'));
    expect(stemOf('user')).not.toBe(stemOf('use'));
  });
});

describe('what a goal names comes first', () => {
  const tables = [
    { name: 'articles', parts: ['id', 'title'], near: ['users'] },
    { name: 'users', parts: ['id', 'email'], near: [] },
    { name: 'payments', parts: ['amount', 'currency'], near: ['orders'] },
    { name: 'order_lines', parts: ['product', 'quantity'], near: ['orders'] },
    { name: 'orders', parts: ['reference', 'total'], near: ['users'] },
  ];
  const order = (goal: string) => byGoal(goal, tables, (table) => table).map(({ name }) => name);
  it('by its name, then what belongs to it, then the rest in its order', () => {
    expect(order('Add a delivery date to every order')).toEqual(['orders', 'order_lines', 'users', 'payments', 'articles']);
  });
  it('by a column where no name fits', () => {
    expect(order('Store the currency')[0]).toBe('payments');
  });
  it('and nothing moves where the goal names nothing', () => {
    const asBefore = tables.map(({ name }) => name);
    expect(order('Make it faster')).toEqual(asBefore);
    expect(order('')).toEqual(asBefore);
  });
});
