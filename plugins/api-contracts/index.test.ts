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
/** Text files of a folder, without what is installed. */
function filesOf(folder: string): Record<string, string> {
  const names = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((one) => one.isFile());
  const paths = names.map((one) => path.relative(folder, path.join(one.parentPath, one.name)));
  return Object.fromEntries(
    paths.filter((one) => !one.startsWith('node_modules')).map((one) => [one, readFileSync(path.join(folder, one), 'utf8')]),
  );
}

it('maps the example service', async () => {
  const { outputs, brief } = await mapped(filesOf(path.resolve(import.meta.dirname, '../../examples/orders-api')));
  expect(outputs.routes.map(({ method, path: at, auth }) => `${method} ${at} ${auth.map(({ scopes }) => scopes)}`)).toEqual([
    'POST /customers orders:write',
    'GET /customers/{id} ',
    'GET /healthz ',
    'GET /orders orders:read',
    'POST /orders orders:write',
    'GET /orders/{id} orders:read',
    'POST /orders/{id}/payment orders:write',
  ]);
  expect(outputs.undocumented).toEqual([]);
  expect(outputs.unrouted).toEqual([]);
  // The example's provider, which test/payments.openapi.yml describes, is not its own contract.
  expect(outputs.operations).toHaveLength(7);
  expect(outputs.differences).toEqual([
    {
      method: 'GET',
      path: '/customers/{id}',
      what: 'the file asks for the scope orders:read; the code runs app.requireScope()',
    },
  ]);
  expect(outputs['not-understood']).toEqual([]);
  expect(brief[0]?.text).toContain(
    'GET /orders · src/orders/routes.js:47 · auth app.requireScope(orders:read) · querystring { limit?, before?, status? }',
  );
});
