import { execFile } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';

const fixtures = path.resolve(import.meta.dirname, '../../../../plugins/api-contracts/fixtures');

describe.runIf(process.env.BEXPERT_TEST === 'full')('what the fixtures hold', () => {
  it.for(['nestjs', 'trpc', 'graphql'])('is what %s says when it runs', async (name, { skip }) => {
    const folder = mkdtempSync(path.join(tmpdir(), 'bexpert-declared-'));
    try {
      cpSync(path.join(fixtures, name), folder, { recursive: true });
      const run = promisify(execFile);
      const install = run('npm', ['install', '--ignore-scripts', '--legacy-peer-deps', '--no-audit', '--no-fund'], {
        cwd: folder,
        timeout: 240_000,
      });
      const failed = await install.then(
        () => undefined,
        (error: unknown) => String(error),
      );
      if (failed !== undefined) skip(`npm cannot install ${name} here: ${failed.slice(0, 200)}`);
      const { stdout } = await run(process.execPath, ['truth.mjs'], { cwd: folder });
      expect(JSON.parse(stdout)).toEqual(JSON.parse(readFileSync(path.join(fixtures, name, 'truth.json'), 'utf8')));
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
});
