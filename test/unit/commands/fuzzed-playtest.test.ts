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

/** Mostly of the test's own kind: what is no YAML any more plays nothing. */
const several = fc.oneof(
  { weight: 2, arbitrary: fc.array(own, { minLength: 1, maxLength: 2 }) },
  { weight: 1, arbitrary: fc.array(fc.oneof(own, change), { minLength: 1, maxLength: 3 }) },
);

describe('a test of a playbook that was changed by chance', () => {
  it('is played, or it is said what is wrong', { timeout: 600_000 }, async () => {
    const folder = folderOf({
      'playbooks/migration.yml': readFileSync(path.join(root, 'playbooks/migration.yml'), 'utf8'),
      'playbooks/repo/bexpert.yml': readFileSync(path.join(root, 'examples/orders-api/bexpert.yml'), 'utf8'),
      'playbooks/repo/bexpert.script.yml': readFileSync(path.join(root, 'examples/orders-api/bexpert.script.yml'), 'utf8'),
    });
    mkdirSync(path.join(folder, 'state'));
    const file = 'playbooks/migration.test.yml';
    const { execPath, platform, arch, versions } = process;
    const output = { isTTY: false, write: () => {} };
    const signal = new AbortController().signal;
    const node = { version: versions.node, execPath, platform, arch };
    const io = { cwd: folder, env: { HOME: folder }, stdout: output, stderr: output, signal, now: () => 0, node };
    const play = async (written: string) => {
      writeFileSync(path.join(folder, file), written);
      const source = testSource(file, folder);
      if (source === undefined) throw new Error('it was just written');
      return await runTestFile(source, { prepareCase: preparingCases({ file, repo: undefined, io }), signal, now: () => 0 });
    };
    const { broken, cases } = await play(text);
    expect({ broken, passed: cases.map(({ passed }) => passed) }).toEqual({ broken: false, passed: cases.map(() => true) });
    let played = 0;
    const runs = process.env.BEXPERT_TEST === 'full' ? 3000 : 90;
    await fc.assert(
      fc.asyncProperty(several, async (changes) => {
        const result = await play(changes.reduce(changed, text));
        if (!result.broken) played++;
        const errors = result.diagnostics.filter(({ severity }) => severity === 'error');
        if (result.broken) expect(errors.length).toBeGreaterThan(0);
        else expect(result.cases.every(({ passed }) => passed)).toBe(errors.length === 0);
        for (const { message, hint = '', place } of result.diagnostics) {
          expect(`${message} ${hint}`).not.toMatch(/undefined|\[object|NaN/);
          const lines = result.sources.find((each) => each.file === place?.file)?.text.split('\n') ?? [];
          if (place !== undefined) expect(place.range.end.line).toBeLessThanOrEqual(lines.length);
        }
      }),
      // A list of no answers.
      { numRuns: runs, examples: [[[{ kind: 'value', at: 731_178, piece: '[]' }]]] },
    );
    expect(played).toBeGreaterThan(runs / 10);
  });
});
