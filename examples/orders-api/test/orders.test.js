import { afterAll, beforeAll, expect, test } from 'vitest';
import { startService } from './rig.js';

let service;
beforeAll(async () => {
  service = await startService();
});
afterAll(() => service.app.close());

const lamp = { product: 'lamp', unitPriceCents: 2_000, quantity: 2 };
const chair = { product: 'chair', unitPriceCents: 1_500, quantity: 1 };

async function newOrder({ items = [lamp], ...rest } = {}) {
  const customer = rest.customer ?? (await service.newCustomer());
  const { body } = await service.call('POST', '/orders', {
    body: { customerId: customer.id, items, ...(rest.deliveryAddress && { deliveryAddress: rest.deliveryAddress }) },
  });
  return body;
}

test('an order that was created can be read, with its items in their order', async () => {
  const customer = await service.newCustomer('Ana María López');
  const order = await newOrder({ customer, items: [lamp, chair], deliveryAddress: '1 Canal Street, Leeds' });
  expect(order).toMatchObject({
    customer: { id: customer.id, name: 'Ana María López' },
    status: 'open',
    totalCents: 5_500,
    deliveryAddress: '1 Canal Street, Leeds',
    items: [lamp, chair],
  });
  expect(await service.call('GET', `/orders/${order.id}`)).toEqual({ status: 200, body: order });
});

test('an order without an address is picked up', async () => {
  const order = await newOrder();
  expect(order).toMatchObject({ deliveryAddress: null, totalCents: 4_000 });
});

test('the list shows the newest orders first, a page at a time', async () => {
  const customer = await service.newCustomer();
  const made = [];
  for (let n = 0; n < 3; n += 1) made.push(await newOrder({ customer, items: [chair], deliveryAddress: `${n} Mill Lane, Hull` }));
  const { body } = await service.call('GET', `/orders?limit=2&before=${made[2].id + 1}`);
  expect(body.orders[0]).toEqual(made[2]);
  expect(body.orders).toHaveLength(2);
  expect(body.next).toBe(body.orders[1].id);
});

test('the list can be narrowed to a status', async () => {
  await newOrder();
  const { body } = await service.call('GET', '/orders?status=open&limit=5');
  expect(body.orders.length).toBeGreaterThan(0);
  expect(new Set(body.orders.map(({ status }) => status))).toEqual(new Set(['open']));
});

test('an order needs a customer that exists', async () => {
  expect(await service.call('POST', '/orders', { body: { customerId: 2_147_483_647, items: [lamp] } })).toMatchObject({
    status: 422,
    body: { detail: 'It refers to something that does not exist.' },
  });
});

test('an order needs at least one item', async () => {
  expect((await service.call('POST', '/orders', { body: { customerId: 1, items: [] } })).status).toBe(400);
});

test('an unknown order is not found', async () => {
  expect((await service.call('GET', '/orders/2147483647')).status).toBe(404);
});

test('a customer with many orders is served', async () => {
  const customer = await service.newCustomer();
  for (let n = 0; n < 5; n += 1) await newOrder({ customer });
  await service.call('GET', '/orders?limit=100');
});
