import { expect, test } from 'vitest';
import { totalOf } from '../src/orders/pricing.js';

const order = (cents) => [{ product: 'lamp', unitPriceCents: cents, quantity: 1 }];
const pickedUp = { delivered: false, returning: false };

test('items cost their price times their quantity', () => {
  const items = [
    { product: 'lamp', unitPriceCents: 250, quantity: 4 },
    { product: 'chair', unitPriceCents: 999, quantity: 1 },
  ];
  expect(totalOf(items, pickedUp)).toBe(1_999);
});

test('a small order pays for its delivery, a larger one does not', () => {
  expect(totalOf(order(4_999), { delivered: true, returning: false })).toBe(5_489);
  expect(totalOf(order(5_000), { delivered: true, returning: false })).toBe(5_000);
});

test('who has ordered before pays 5 % less', () => {
  expect(totalOf(order(1_990), { delivered: false, returning: true })).toBe(1_891);
});

test('from 500.00 on an order is 10 % cheaper', () => {
  expect(totalOf(order(50_000), pickedUp)).toBe(45_000);
});
