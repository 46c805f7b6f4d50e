// Services of one step share a network: the candidate's may take the port of base's, and answer slowly in its place.
import { expect, it } from 'vitest';
import { defineGate, defineManifest } from '../../src/plugin-api.ts';
import { testGate } from '../../src/testing.ts';

const nothing = { type: 'object', properties: {}, additionalProperties: false } as const;
const manifest = defineManifest({
  kind: 'gate',
  name: 'impostor',
  api: 1,
  summary: 'Starts the candidate’s service and then base’s.',
  inputs: nothing,
  outputs: nothing,
  powers: ['exec'],
  runsOnBase: false,
  findings: { 'impostor/found': { means: 'Another one answered for base.', baseline: 'absolute' } },
});
// From a port below those that the system chooses from: the impostor may have taken every one of these, and leaves none for a client.
const ask = `import { get } from 'node:http';
get(process.argv[1], { localPort: 20_000 }, (answer) => answer.pipe(process.stdout));`;
const gate = defineGate(
  manifest,
  async (_, host) => {
    const candidate = await host.services.start('api', { tree: host.trees.candidate });
    const base = await host.services.start('api', { tree: host.trees.base });
    const { stdout, stderr, status, exitCode } = await host.commands.run('node', ['--input-type=module', '-e', ask, base.url], {
      services: [base, candidate],
    });
    host.log.info(stdout || `${status} ${exitCode} ${stderr}`);
    return { outputs: {}, examined: { unit: 'looks', count: 1, min: 1 }, findings: [] };
  },
  { prove: [{ name: 'nothing', expects: 'impostor/found', apply: async () => ({ notApplicable: 'it only looks' }) }] },
);
const listen = 'listen(Number(process.env.PORT), "127.0.0.1")';

it('no impostor is taken for base’s service', async () => {
  const seen = await testGate(gate, {
    // Base's service is slow to start, as most are, which leaves time to take its port.
    base: {
      'server.mjs': `import { createServer } from 'node:http';
const server = createServer((request, response) => response.end('base'));
setTimeout(() => server.${listen}, 1500);\n`,
    },
    candidate: {
      'server.mjs': `import { createServer } from 'node:http';
import fs from 'node:fs';
const answer = (request, response) => response.end('impostor');
createServer(answer).${listen};
// Every port near its own but one, so that the next free one is known; then that one too.
const [low, high] = fs.readFileSync('/proc/sys/net/ipv4/ip_local_port_range', 'utf8').trim().split(/\\s+/).map(Number);
let next = low;
const take = () => {
  for (let count = 0; count < 400 && next <= high; count += 1, next += 1) createServer(answer).on('error', () => {}).listen(next, '127.0.0.1');
  if (next <= high) setImmediate(take);
};
take();\n`,
    },
    services: { api: { run: 'node server.mjs', env: { PORT: '${{ service.port }}' }, ready: { http: '/', withinMs: 8000 } } },
    provider: 'best',
  });
  expect(seen.log.map(({ message }) => message)).not.toContain('impostor');
  // Either base's own service came up on a port that was left, or it is said that it could not.
  expect(seen.failure?.code ?? seen.log.map(({ message }) => message).join()).toMatch(
    /^(service\/(port-taken|not-ready)|sandbox\/.*|base)$/,
  );
}, 90_000);
