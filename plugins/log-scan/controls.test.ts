import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { expect, it } from 'vitest';
import type { WritableTree } from '../../src/plugin-api.ts';
import { testGate } from '../../src/testing.ts';
import { controls } from './controls.ts';
import plugin from './index.ts';

const server = `#!/usr/bin/env node
import http from 'node:http';
http.createServer((req, res) => { console.log(JSON.stringify({ level: 30, msg: 'request' })); res.end('{}'); }).listen(Number(process.env.PORT), '127.0.0.1');
`;

/** What a control makes of the server. */
async function changed(control: (typeof controls)[number], files: Readonly<Record<string, string>>) {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'bexpert-control-'));
  try {
    for (const [name, text] of Object.entries(files)) await writeFile(path.join(folder, name), text);
    const tree = {
      glob: async () => Object.keys(files),
      read: (file: string) => readFile(path.join(folder, file), 'utf8'),
      write: (file: string, text: string) => writeFile(path.join(folder, file), text),
    } satisfies Partial<WritableTree> as unknown as WritableTree;
    const said = await control.apply(tree);
    const after = await Promise.all(
      Object.keys(files).map(async (name) => [name, await readFile(path.join(folder, name), 'utf8')]),
    );
    return { said, files: Object.fromEntries(after) as Record<string, string> };
  } finally {
    await rm(folder, { recursive: true });
  }
}

it.each(controls.map((control) => [control.name, control] as const))('is red on: %s', async (_, control) => {
  const { said, files } = await changed(control, { 'server.mjs': server });
  expect(said).toBe('applied');
  const seen = await testGate(plugin, {
    candidate: files,
    services: { api: { run: 'node server.mjs', env: { PORT: '${{ service.port }}' }, ready: { http: '/' } } },
    with: { requests: [{ path: '/' }] },
  });
  expect(seen.failure).toBeUndefined();
  expect(seen.codes).toContain(control.expects);
});
it('does not apply where nothing listens', async () => {
  const [control] = controls;
  expect((await changed(control, { 'lines.js': 'export const a = 1;' })).said).toEqual({
    notApplicable: 'no JavaScript or TypeScript file begins to listen',
  });
});
