// What is around the tests: services, the sandbox, other projects of a workspace.
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { expect, it } from 'vitest';
import { defineManifest, defineService } from '../../src/plugin-api.ts';
import { testGate } from '../../src/testing.ts';
import tests from './index.ts';

const outputs = { node_modules: path.resolve(import.meta.dirname, '../../node_modules') };
const manifest = JSON.stringify({ name: 'shop', type: 'module' });

it('tests reach the services that the step names, a fresh one for base and for each run', async () => {
  let starts = 0;
  const counter = defineService(
    defineManifest({
      kind: 'service',
      name: 'counter',
      api: 1,
      summary: 'Counts its callers, and is there for this test only.',
      inputs: { type: 'object', properties: {}, additionalProperties: false },
      outputs: { type: 'object', properties: {}, additionalProperties: false },
      powers: [],
    }),
    async () => {
      starts += 1;
      let calls = 0;
      const server = http.createServer((_request, response) => {
        calls += 1;
        response.end(`caller ${calls}`);
      });
      await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
      const { port } = server.address() as AddressInfo;
      return {
        address: { host: '127.0.0.1', port },
        url: (seen) => `http://${seen.host}:${seen.port}`,
        outputs: {},
        env: (seen) => ({ COUNTER_URL: `http://${seen.host}:${seen.port}` }),
        log: async () => '',
        cpu: async () => ({ user: 0, system: 0 }),
        restart: async () => {},
        async [Symbol.asyncDispose]() {
          server.closeAllConnections();
          await new Promise((done) => server.close(done));
        },
      };
    },
  );
  const call = (expected: string) => `import { expect, it } from 'vitest';
it('is the first caller', async () => { expect(await (await fetch(process.env.COUNTER_URL)).text()).toBe('${expected}'); });\n`;
  const files = { 'package.json': manifest, 'test/call.test.js': call('caller 1') };
  const seen = await testGate(tests, {
    base: files,
    candidate: { ...files, 'src/new.js': '' },
    outputs,
    with: { services: ['counter'] },
    services: { counter: { uses: counter } },
  });
  expect(seen.result?.findings).toEqual([]);
  expect(seen.result?.examined.count).toBe(1);
  // One for the list of base's tests, one for the run.
  expect(starts).toBe(2);
  const red = await testGate(tests, {
    candidate: { ...files, 'test/call.test.js': call('caller 2') },
    outputs,
    services: { counter: { uses: counter } },
  });
  expect(red.codes).toEqual(['tests/failed']);
  expect(red.result?.findings[0]?.message).toContain("expected 'caller 1' to be 'caller 2'");
});

it('runs in the sandbox of this machine, where installed packages are read-only', async () => {
  const seen = await testGate(tests, {
    candidate: {
      'package.json': manifest,
      'vitest.config.ts':
        "import { defineConfig } from 'vitest/config';\nexport default defineConfig({ test: { name: 'unit' as string } });\n",
      'test/a.test.ts': `import fs from 'node:fs';
import { expect, it } from 'vitest';
it('cannot write where packages are', () => {
  // A machine without namespaces has no walls to test.
  const attempt = () => { if (process.cwd() !== '/workspace') throw new Error('EROFS'); fs.writeFileSync('node_modules/x', ''); };
  expect(attempt).toThrow('EROFS');
});\n`,
    },
    outputs,
    provider: 'best',
  });
  expect(seen.failure).toBeUndefined();
  expect(seen.result?.findings.map(({ message, evidence }) => [message, evidence])).toEqual([]);
  expect(seen.result?.examined.count).toBe(1);
});

it('tells the projects of a workspace apart', async () => {
  const config =
    "export default { test: { projects: [{ test: { name: 'one', include: ['test/**'] } }, { test: { name: 'two', include: ['test/**'] } }] } };\n";
  const file = "import { expect, it } from 'vitest';\nit('runs in both', () => { expect(1).toBe(1); });\n";
  const files = { 'package.json': manifest, 'vitest.config.js': config, 'test/a.test.js': file };
  const seen = await testGate(tests, {
    base: files,
    candidate: { ...files, 'src/added.js': '' },
    outputs,
  });
  expect(seen.result?.findings).toEqual([]);
  expect(seen.result?.outputs).toMatchObject({ passed: 2, files: 2 });
  expect(seen.artifacts['tests.json']).toContain('[two] runs in both');
});
