import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { expect, it } from 'vitest';
import { testAction } from '../../src/testing.ts';
import script from './index.ts';

const text = `
bexpert-script: 1
attempts:
  - - tool: run_command
      input: { CommandLine: "pwd; cat node_modules/dependency/index.js; echo made > made.txt; (echo x > node_modules/dependency/new.js) 2>&1 || echo read-only" }
    - tool: view_file
      input: { AbsolutePath: node_modules/dependency/index.js }
    - tool: grep_search
      input: { Query: dependency, SearchPath: node_modules }
    - edit: node_modules/dependency/index.js
      find: dependency
      replace: other
      expect-error: an output of set-up, which is read-only
    - edit: made.txt
      find: made
      replace: changed
`;

it('in the sandbox of this machine, commands and tools see one tree, set-up outputs included', async () => {
  const outputs = await mkdtemp(path.join(os.tmpdir(), 'bexpert-outputs-'));
  try {
    await mkdir(path.join(outputs, 'dependency'));
    await writeFile(path.join(outputs, 'dependency/index.js'), 'the dependency\n');
    const seen = await testAction(script, {
      candidate: { 'a.txt': 'a\n' },
      outputs: { node_modules: outputs },
      with: { script: 'a.yml', 'script-text': text },
      provider: 'best',
    });
    const [ran, viewed, searched] = seen.calls.map(({ result }) => result);
    // Where no sandbox works, set-up outputs are linked, and a link that leads out of the tree is not followed.
    if (ran?.includes('/workspace') !== true) return expect(viewed).toContain('outside the working tree');
    expect(seen.failure).toBeUndefined();
    expect(ran.split('\n').slice(1)).toEqual([
      '/workspace',
      'the dependency',
      expect.stringContaining('Read-only file system'),
      'read-only',
    ]);
    expect(viewed).toContain('node_modules/dependency/index.js, lines 1-1 of 1');
    expect(searched).toContain('node_modules/dependency/index.js:1: the dependency');
    expect(seen.files).toEqual({ 'a.txt': 'a\n', 'made.txt': 'changed\n' });
  } finally {
    await rm(outputs, { recursive: true, force: true });
  }
});
