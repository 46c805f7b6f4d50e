import { log } from './log.js';

/** Sum of an order in cents. */
export function total(items) {
  const cents = items.reduce((sum, { priceCents, quantity }) => sum + priceCents * quantity, 0);
  log('order-totalled', { items: items.length, cents });
  return cents;
}
