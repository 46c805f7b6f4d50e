import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';
import type { Outputs } from '../../src/plugin-api.ts';
import { testContext } from '../../src/testing.ts';
import plugin from './index.ts';
import type { manifest } from './manifest.ts';

async function mapped(candidate: Readonly<Record<string, string | Uint8Array>>, inputs = {}) {
  const seen = await testContext(plugin, { candidate, with: inputs });
  const outputs = seen.result?.outputs as Outputs<typeof manifest> | undefined;
  if (outputs === undefined) throw new Error(seen.failure?.message ?? 'no result');
  return { outputs, brief: seen.result?.brief ?? [], log: seen.log };
}
const table = (outputs: Outputs<typeof manifest>, name: string) => outputs.tables.find((one) => one.name === name);

it('maps the example service', async () => {
  const folder = path.resolve(import.meta.dirname, '../../examples/orders-api/migrations');
  const files = readdirSync(folder).map((file) => [`migrations/${file}`, readFileSync(path.join(folder, file), 'utf8')]);
  const { outputs, brief } = await mapped(Object.fromEntries(files));
  expect(outputs.tables.map(({ name }) => name)).toEqual(['customers', 'order_items', 'orders', 'payments']);
  expect(table(outputs, 'order_items')?.['foreign-keys']).toEqual([
    {
      name: 'order_items_order_id_fkey',
      columns: ['order_id'],
      table: 'orders',
      references: ['id'],
      'on-delete': 'cascade',
      'on-update': 'no action',
    },
  ]);
  expect(outputs.migrations.map(({ does }) => does)).toContainEqual([
    'creates table payments (5 columns)',
    'updates rows of orders',
    'creates index orders_status on orders (status)',
  ]);
  expect(outputs['not-understood']).toEqual([]);
  expect(brief[0]?.text).toContain('  customer_id integer not null → customers.id');
});
