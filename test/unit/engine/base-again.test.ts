import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { expect, it } from 'vitest';
import { endsOf, finishOf, of, play, repositoryOf } from './play.ts';

const manifest = `
export const manifest = {
  kind: 'gate', name: 'words', api: 1, summary: 'Counts bad words.',
  inputs: { type: 'object', properties: {}, additionalProperties: false },
  outputs: { type: 'object', properties: {}, additionalProperties: false },
  powers: [], runsOnBase: true,
  findings: { 'words/bad': { means: 'A bad word.', baseline: 'subtract' } },
};`;
const gate = `
import { manifest } from './manifest.ts';
export default { kind: 'gate', manifest, prove: [], run: async () => ({
  outputs: {}, examined: { unit: 'words', count: 1, min: 1 },
  findings: [{ code: 'words/bad', severity: 'error', subject: 'x', message: 'A bad word.' }],
}) };`;

it('a set-up of base that failed once is tried again by the gate that needs base, which then can decide', async () => {
  const outside = await mkdtemp(path.join(os.tmpdir(), 'bexpert-once-'));
  try {
    const count = path.join(outside, 'count');
    await using repository = await repositoryOf({
      // The first time for base, and only then, it fails as a registry that is away does.
      'bexpert.yml': `bexpert: 1
setup:
  - run: 'echo x >> ${count}; test "$(cat ver.txt)" = new || test "$(wc -l < ${count})" -gt 1; mkdir -p made; cp ver.txt made'
    cache-key: [ver.txt]
    outputs: [made]
`,
      '.gitignore': 'made\n',
      'ver.txt': 'old\n',
      'words/manifest.ts': manifest,
      'words/index.ts': gate,
      'playbook.yml': '\nbexpert: 1\nname: p\nphases:\n  verify:\n    - { id: words, uses: ./words }\n',
    });
    await repository.write({ 'ver.txt': 'new\n' });
    const run = await play(repository, { mode: 'verify' });
    expect(endsOf(run.events)).toEqual(['1 words pass']);
    expect(of(run.events, 'base-finished').map(({ failure }) => failure?.code)).toEqual([undefined]);
    expect(finishOf(run.events)).toMatchObject({ verdict: 'proven', exitCode: 0 });
  } finally {
    await rm(outside, { recursive: true, force: true });
  }
});
