import { expect, it } from 'vitest';
import { type Files, type Scene, testControls, testGate } from '../../src/testing.ts';
import plugin from './index.ts';

const server = `#!/usr/bin/env node
import http from 'node:http';
http.createServer((req, res) => res.end('{}')).listen(Number(process.env.PORT), '127.0.0.1');
`;

const scene = (candidate: Files): Scene => ({
  candidate,
  services: { api: { run: 'node server.mjs', env: { PORT: '${{ service.port }}' }, ready: { http: '/' } } },
  with: { requests: [{ path: '/' }], amount: 50, connections: 2 },
});

it('the gate is red on each of its negative controls', async () => {
  const seen = await testControls(plugin, scene({ 'server.mjs': server }));
  expect(seen.map(({ name, turned }) => `${name}: ${turned}`)).toEqual(
    (plugin.kind === 'gate' ? plugin.prove : []).map(({ name }) => `${name}: red`),
  );
  expect((await testGate(plugin, scene({ 'server.mjs': server }))).codes).toEqual([]);
});
it('where nothing listens they do not apply', async () => {
  const seen = await testControls(plugin, scene({ 'lines.js': 'export const a = 1;' }));
  expect(new Set(seen.map((one) => (one.turned === 'not-applicable' ? one.why : one.turned)))).toEqual(
    new Set(['no JavaScript or TypeScript file begins to listen']),
  );
});
