import { spawnSync } from 'node:child_process';
import { expect, it } from 'vitest';
import { root } from './sources.ts';

it('generated files that are committed are up to date', () => {
  const check = spawnSync(process.execPath, ['scripts/ts.mjs', 'scripts/generate.ts', '--check'], {
    cwd: root,
    encoding: 'utf8',
  });
  expect(check.stderr).toBe('');
  expect(check.status).toBe(0);
});
