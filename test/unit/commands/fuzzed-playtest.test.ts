// Whatever a test of a playbook says: cases that are played, or diagnostics that point into the file. Never a throw.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { preparingCases, testSource } from '../../../src/commands/prepare-case.ts';
import { runTestFile } from '../../../src/playtest/test-file.ts';
import { root } from '../../contract/sources.ts';
import fc from '../../rig/property.ts';
import { change, changed } from '../playbook/mutation.ts';
import { folderOf } from '../playbook/prepare-files.ts';

const words = [
  'PASS',
  'FAIL',
  'INVALID',
  '{ finds: [tests/failed] }',
  '{ examined: 0 }',
  '[FAIL, PASS]',
  '{ outcome: blocked }',
  '[]',
  'null',
  '{ takes: 1h }',
];
const text = readFileSync(path.join(root, 'playbooks/migration.test.yml'), 'utf8').replace('../examples/orders-api', './repo');
const own = fc.record({
  kind: fc.constant('value' as const),
  at: fc.nat(1_000_000),
  piece: fc.constantFrom(...words, 'tests: FAIL', 'toString: FAIL', '{ delivers: x }', '{ results: { tests: [PASS, 1] } }'),
});

describe('a test of a playbook that was changed by chance', () => {
  it('is played, or it is said what is wrong', { timeout: 600_000 }, async () => {
    const folder = folderOf({
      'playbooks/migration.yml': readFileSync(path.join(root, 'playbooks/migration.yml'), 'utf8'),
      'playbooks/repo/bexpert.yml': readFileSync(path.join(root, 'examples/orders-api/bexpert.yml'), 'utf8'),
    });
    mkdirSync(path.join(folder, 'state'));
    const file = 'playbooks/migration.test.yml';
    const { execPath, platform, arch, versions } = process;
    const output = { isTTY: false, write: () => {} };
    const signal = new AbortController().signal;
    const node = { version: versions.node, execPath, platform, arch };
    const io = { cwd: folder, env: { HOME: folder }, stdout: output, stderr: output, signal, now: () => 0, node };
    await fc.assert(
      fc.asyncProperty(fc.array(fc.oneof(own, change), { minLength: 1, maxLength: 3 }), async (changes) => {
        writeFileSync(path.join(folder, file), changes.reduce(changed, text));
        const source = testSource(file, folder);
        if (source === undefined) throw new Error('it was just written');
        const result = await runTestFile(source, {
          prepareCase: preparingCases({ file, repo: undefined, io }),
          signal,
          now: () => 0,
        });
        const errors = result.diagnostics.filter(({ severity }) => severity === 'error');
        if (result.broken) expect(errors.length).toBeGreaterThan(0);
        else expect(result.cases.every(({ passed }) => passed)).toBe(errors.length === 0);
        for (const { message, hint = '', place } of result.diagnostics) {
          expect(`${message} ${hint}`).not.toMatch(/undefined|\[object|NaN/);
          const lines = result.sources.find((each) => each.file === place?.file)?.text.split('\n') ?? [];
          if (place !== undefined) expect(place.range.end.line).toBeLessThanOrEqual(lines.length);
        }
      }),
      { numRuns: process.env.BEXPERT_TEST === 'full' ? 3000 : 60 },
    );
  });
});
