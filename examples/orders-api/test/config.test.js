import { expect, test } from 'vitest';
import { configFrom } from '../src/config.js';

test('development needs a database only', () => {
  expect(configFrom({ DATABASE_URL: 'postgresql://db/orders' })).toMatchObject({ port: 3000, logLevel: 'info' });
  expect(() => configFrom({})).toThrow('Set DATABASE_URL;');
});

test('production refuses to start without a key and a provider', () => {
  const env = { NODE_ENV: 'production', DATABASE_URL: 'postgresql://db/orders' };
  expect(() => configFrom(env)).toThrow('Set PAYMENTS_URL, JWT_SECRET;');
});
