import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';
import type { Outputs } from '../../src/plugin-api.ts';
import { testContext } from '../../src/testing.ts';
import plugin from './index.ts';
import type { manifest } from './manifest.ts';

async function traced(candidate: Readonly<Record<string, string | Uint8Array>>, inputs = {}) {
  const seen = await testContext(plugin, { candidate, with: inputs });
  const outputs = seen.result?.outputs as Outputs<typeof manifest> | undefined;
  if (outputs === undefined) throw new Error(seen.failure?.message ?? 'no result');
  return { outputs, brief: seen.result?.brief ?? [], log: seen.log };
}
/** Text files of a folder, without what is installed. */
function filesOf(folder: string): Record<string, string> {
  const names = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((one) => one.isFile());
  const paths = names.map((one) => path.relative(folder, path.join(one.parentPath, one.name)));
  return Object.fromEntries(
    paths.filter((one) => !one.startsWith('node_modules')).map((one) => [one, readFileSync(path.join(folder, one), 'utf8')]),
  );
}

it('traces the example service', async () => {
  const { outputs, brief } = await traced(filesOf(path.resolve(import.meta.dirname, '../../examples/orders-api')));
  expect(outputs.findings.map(({ rule, file, routes }) => `${rule} ${file} ${routes}`)).toEqual([
    'query-in-loop src/orders/store.js GET /orders',
    'query-in-loop src/orders/store.js POST /orders',
    'outbound-call-without-timeout src/payments/client.js POST /orders/:id/payment',
    'outbound-call-without-retry src/payments/client.js POST /orders/:id/payment',
  ]);
  expect(outputs.findings[0]?.chain.map(({ name, file }) => `${name} ${file}`)).toEqual([
    'GET /orders src/orders/routes.js',
    'orders.list src/orders/routes.js',
  ]);
  expect(brief[0]?.text).toContain('complete runs in a loop and sends queries.');
});
