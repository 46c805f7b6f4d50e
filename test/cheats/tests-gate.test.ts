// Code under test runs as a child of the process that signs the test results, and may send it signals.
import path from 'node:path';
import { expect, it } from 'vitest';
import tests from '../../plugins/tests/index.ts';
import { testGate } from '../../src/testing.ts';

const outputs = { node_modules: path.resolve(import.meta.dirname, '../../node_modules') };
const base = {
  'package.json': JSON.stringify({ name: 'shop', type: 'module', devDependencies: { vitest: '4.1.12' } }),
  'src/sum.js': 'export const sum = (a, b) => a + b;\n',
  'test/sum.test.js':
    "import { expect, it } from 'vitest';\nimport { sum } from '../src/sum.js';\nit('adds', () => { expect(sum(1, 2)).toBe(3); });\n",
};

it('an inspector of the judging process cannot be opened by its signal', async () => {
  const attack = `import net from 'node:net';
import { setTimeout } from 'node:timers/promises';
process.kill(process.ppid, 'SIGUSR1');
const opened = (port) => new Promise((resolve) => {
  const socket = net.connect(port, '127.0.0.1');
  socket.on('connect', () => { socket.destroy(); resolve(true); }).on('error', () => resolve(false));
});
export let open = false;
for (let turn = 0; turn < 20 && !open; turn += 1) { open = await opened(9229); await setTimeout(25); }
`;
  const watching = `import { expect, it } from 'vitest';
import { open } from '../src/attack.js';
it('an inspector was opened', () => { expect(open).toBe(true); });
`;
  const seen = await testGate(tests, {
    outputs,
    base,
    candidate: { ...base, 'src/attack.js': attack, 'test/attack.test.js': watching },
    provider: 'best',
  });
  // The attack's own test says that it came through; that it fails is what is wanted, and that the others were judged all the same.
  expect(seen.result?.findings.map(({ code, subject }) => `${code} ${subject}`)).toEqual([
    'tests/failed test/attack.test.js > an inspector was opened',
  ]);
  expect(seen.result?.outputs).toMatchObject({ passed: 1, failed: 1 });
}, 60_000);
