import { afterAll, beforeAll, expect, test } from 'vitest';
import { startService } from './rig.js';

let service;
beforeAll(async () => {
  service = await startService();
});
afterAll(() => service.app.close());

test('a customer that was created can be read', async () => {
  const created = await service.newCustomer('Ana María López');
  expect(created).toEqual({
    id: expect.any(Number),
    email: created.email,
    name: 'Ana María López',
    createdAt: expect.any(String),
  });
  expect(await service.call('GET', `/customers/${created.id}`)).toEqual({ status: 200, body: created });
});

test('an email address belongs to one customer', async () => {
  const { email } = await service.newCustomer();
  expect(await service.call('POST', '/customers', { body: { email, name: 'Somebody Else' } })).toMatchObject({
    status: 409,
    body: { detail: 'It exists already.' },
  });
});

test('an email address must look like one', async () => {
  expect((await service.call('POST', '/customers', { body: { email: 'nobody', name: 'Nobody' } })).status).toBe(400);
});

test('an unknown customer is not found', async () => {
  expect((await service.call('GET', '/customers/2147483647')).status).toBe(404);
});

test('the service is healthy while its database answers', async () => {
  expect(await service.call('GET', '/healthz')).toEqual({ status: 200, body: { status: 'ok' } });
});
