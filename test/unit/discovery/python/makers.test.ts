// The full tier lets the frameworks themselves say again what is true of the fixtures, in the versions that this machine has.
import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { fixture } from '../grammar/scene.ts';

const makers = [
  ['fastapi', 'api-contracts/fixtures/fastapi'],
  ['flask', 'api-contracts/fixtures/flask'],
  ['rest_framework', 'api-contracts/fixtures/django'],
  ['sqlalchemy', 'schema-map/fixtures/sqlalchemy'],
  ['django', 'schema-map/fixtures/django'],
] as const;
const isFull = process.env.BEXPERT_TEST === 'full';
const pythonWith = (module: string): string | undefined =>
  ['python3', '/usr/bin/python3'].find((python) => spawnSync(python, ['-c', `import ${module}`]).status === 0);

describe('the truth of fixtures in Python', () => {
  for (const [module, name] of makers) {
    const python = isFull ? pythonWith(module) : undefined;
    const why = isFull ? `no Python here has ${module}` : 'in the full tier';
    it.skipIf(python === undefined)(`is what ${module} says${python === undefined ? ` (${why})` : ''}`, () => {
      const folder = mkdtempSync(path.join(os.tmpdir(), 'bexpert-truth-'));
      try {
        cpSync(fixture(name), folder, { recursive: true });
        const made = spawnSync(python ?? 'python3', ['truth.py'], { cwd: folder, encoding: 'utf8' });
        expect(made.stderr).not.toMatch(/Traceback/);
        expect(JSON.parse(made.stdout)).toEqual(JSON.parse(readFileSync(path.join(fixture(name), 'truth.json'), 'utf8')));
      } finally {
        rmSync(folder, { recursive: true, force: true });
      }
    });
  }
});
