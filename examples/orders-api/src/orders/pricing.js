// What an order costs. All amounts are in cents.

/** @typedef {{product: string, unitPriceCents: number, quantity: number}} Item */

const shippingCents = 490;

/**
 * @param {readonly Item[]} items
 * @param {{delivered: boolean, returning: boolean}} circumstances
 */
export function totalOf(items, { delivered, returning }) {
  let total = items.reduce((sum, { unitPriceCents, quantity }) => sum + unitPriceCents * quantity, 0);
  if (returning) total -= Math.floor(total / 20);
  if (total >= 50_000) total -= Math.floor(total / 10);
  if (delivered && total < 5_000) total += shippingCents;
  return total;
}
