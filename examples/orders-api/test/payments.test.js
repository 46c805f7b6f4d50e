import { afterAll, beforeAll, expect, test } from 'vitest';
import { startProvider, startService } from './rig.js';

let provider;
let service;
beforeAll(async () => {
  provider = await startProvider(() => ({ status: 201, body: { id: `ch_${crypto.randomUUID()}` } }));
  service = await startService({ PAYMENTS_URL: provider.url });
});
afterAll(async () => {
  await service.app.close();
  provider.stop();
});

test('a charged order is paid', async () => {
  const customer = await service.newCustomer();
  const items = [{ product: 'table', unitPriceCents: 9_900, quantity: 1 }];
  const { body: order } = await service.call('POST', '/orders', { body: { customerId: customer.id, items } });

  const paid = await service.call('POST', `/orders/${order.id}/payment`, { body: { cardToken: 'tok_visa_4242' } });

  expect(paid).toEqual({ status: 201, body: { orderId: order.id, status: 'paid', reference: expect.stringMatching(/^ch_/) } });
  expect(provider.charges).toEqual([
    { path: '/charges', orderReference: order.reference, amountCents: 9_900, currency: 'EUR', cardToken: 'tok_visa_4242' },
  ]);
  expect((await service.call('GET', `/orders/${order.id}`)).body.status).toBe('paid');
});
