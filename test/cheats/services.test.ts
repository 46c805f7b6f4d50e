// Base's and the candidate's service run side by side in one step, as a load gate needs them.
import { expect, it } from 'vitest';
import { defineGate, defineManifest } from '../../src/plugin-api.ts';
import { testGate } from '../../src/testing.ts';

const manifest = defineManifest({
  kind: 'gate',
  name: 'beside',
  api: 1,
  summary: 'Asks base’s service what it finds, after the candidate’s has started.',
  inputs: { type: 'object', properties: {}, additionalProperties: false },
  outputs: { type: 'object', properties: {}, additionalProperties: false },
  powers: ['exec', 'listen'],
  runsOnBase: false,
  findings: { 'beside/found': { means: 'Base’s service found something of the candidate.', baseline: 'absolute' } },
});

const ask = `const answer = await fetch(process.argv[1]); process.stdout.write(await answer.text());`;
const beside = defineGate(
  manifest,
  async (_, host) => {
    await host.scratch.write('order.json', 'of the gate');
    const candidate = await host.services.start('api', { tree: host.trees.candidate });
    const base = await host.services.start('api', { tree: host.trees.base });
    const said = async (url: string) =>
      (await host.commands.run('node', ['--input-type=module', '-e', ask, url], { services: [base, candidate] })).stdout;
    host.log.info(`candidate ${await said(candidate.url)}`);
    host.log.info(`base ${await said(base.url)}`);
    host.log.info(`gate ${await host.scratch.read('order.json')}`);
    return { outputs: {}, examined: { unit: 'looks', count: 2, min: 2 }, findings: [] };
  },
  {
    prove: [{ name: 'nothing', expects: 'beside/found', apply: async () => ({ notApplicable: 'it only looks' }) }],
  },
);

const server = (work: string) => `import { createServer } from 'node:http';
import fs from 'node:fs';
import path from 'node:path';
const home = process.env.HOME;
const attempt = (what) => { try { return what(); } catch (error) { return error.code ?? error.message; } };
const found = {};
${work}
createServer((request, response) => response.end(JSON.stringify(found))).listen(Number(process.env.PORT), '127.0.0.1');
`;

it('the candidate’s service cannot write what base’s service or the gate reads', async () => {
  const seen = await testGate(beside, {
    base: {
      'server.mjs': server(`
        found.home = fs.readdirSync(home);
        found.scratch = fs.readdirSync(path.dirname(home)).filter((name) => name !== 'home');
        found.shared = ['/tmp', '/dev/shm'].flatMap((folder) => fs.readdirSync(folder));`),
    },
    candidate: {
      'server.mjs': server(`
        fs.writeFileSync(home + '/.npmrc', 'node-options=--require /scratch/slow.js');
        fs.writeFileSync(path.join(home, '../slow.js'), 'for (const end = Date.now() + 1000; Date.now() < end;);');
        fs.writeFileSync('/tmp/slow.js', 'x');
        fs.writeFileSync('/dev/shm/slow.js', 'x');
        found.order = attempt(() => fs.readFileSync(path.join(home, '../order.json'), 'utf8'));
        attempt(() => fs.writeFileSync(path.join(home, '../order.json'), 'of the candidate'));`),
    },
    services: { api: { run: 'node server.mjs', env: { PORT: '${{ service.port }}' }, ready: { http: '/' } } },
    provider: 'best',
  });
  expect(seen.failure).toBeUndefined();
  expect(seen.log.map(({ message }) => message)).toEqual([
    'candidate {"order":"ENOENT"}',
    'base {"home":[],"scratch":[],"shared":[]}',
    'gate of the gate',
  ]);
});
