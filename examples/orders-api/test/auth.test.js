import { afterAll, beforeAll, expect, test } from 'vitest';
import { startService, tokenFor } from './rig.js';

let service;
beforeAll(async () => {
  service = await startService();
});
afterAll(() => service.app.close());

const callWith = (authorization) => service.call('GET', '/orders', { headers: { authorization } });

test('a call without a token is refused', async () => {
  expect(await callWith('')).toMatchObject({ status: 401, body: { detail: 'A bearer token is needed.' } });
});

test('a token signed with another key is refused', async () => {
  const token = await tokenFor('orders:read', { secret: 'another key that is long enough to sign' });
  expect(await callWith(`Bearer ${token}`)).toMatchObject({ status: 401, body: { detail: 'The token is not valid.' } });
});

test('an expired token is refused', async () => {
  const token = await tokenFor('orders:read', { secret: service.config.jwtSecret, expires: '1 minute ago' });
  expect((await callWith(`Bearer ${token}`)).status).toBe(401);
});

test('a token of another issuer is refused', async () => {
  const token = await tokenFor('orders:read', { secret: service.config.jwtSecret, issuer: 'billing-api' });
  expect((await callWith(`Bearer ${token}`)).status).toBe(401);
});

test('reading needs the scope orders:read, writing needs orders:write', async () => {
  const authorization = `Bearer ${await tokenFor('orders:read', { secret: service.config.jwtSecret })}`;
  expect((await callWith(authorization)).status).toBe(200);
  const body = { customerId: 1, items: [{ product: 'lamp', unitPriceCents: 1, quantity: 1 }] };
  expect(await service.call('POST', '/orders', { body, headers: { authorization } })).toMatchObject({
    status: 403,
    body: { detail: 'The token lacks the scope orders:write.' },
  });
});
