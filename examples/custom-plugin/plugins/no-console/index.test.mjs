import assert from 'node:assert/strict';
import { test } from 'node:test';
import { testControls, testGate } from 'bexpert/testing';

// The folder, opened as a run opens it: Node 20 itself loads no TypeScript.
const plugin = new URL('.', import.meta.url);

test('finds a call of console, with its place', async () => {
  const seen = await testGate(plugin, { candidate: { 'src/app.js': 'start();\nif (debug) console.log(1);\n' } });
  assert.deepEqual(seen.codes, ['no-console/call']);
  assert.deepEqual(seen.result?.findings[0]?.location, { file: 'src/app.js', line: 2, column: 12 });
});

test('has nothing to say about a file that logs as it should', async () => {
  const seen = await testGate(plugin, { candidate: { 'src/app.js': 'log("started");\n' } });
  assert.deepEqual(seen.result?.findings, []);
  assert.equal(seen.result?.examined.count, 1);
});

test('turns red on each of its negative controls', async () => {
  const seen = await testControls(plugin, { candidate: { 'src/app.js': 'log("started");\n' } });
  assert.deepEqual(
    seen.map(({ turned }) => turned),
    ['red'],
  );
});
