// The example of a team's own plugins: a gate in TypeScript and one in Python judge a change in a run, and its own tests pass.
import { execFile } from 'node:child_process';
import { cp, mkdir, symlink } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { RunReport } from '../../src/report/run-report.ts';
import { root } from '../contract/sources.ts';
import { type Ended, program } from '../rig/program.ts';
import { TestRepository } from '../rig/repository.ts';

let repository: TestRepository;
beforeAll(async () => {
  repository = await TestRepository.create({});
  await cp(path.join(root, 'examples/custom-plugin'), repository.folder, {
    recursive: true,
    filter: (file) => !/node_modules|__pycache__/.test(file),
  });
  await mkdir(path.join(repository.folder, 'node_modules'));
  await symlink(root, path.join(repository.folder, 'node_modules/bexpert'));
  await repository.commit('the example');
});
afterAll(async () => repository[Symbol.asyncDispose]());

const bexpert = (...args: readonly string[]): Promise<Ended> =>
  program([...args, '--state', repository.state], { cwd: repository.folder });

async function verify(): Promise<{ readonly ended: Ended; readonly report: RunReport }> {
  const ended = await bexpert('verify', 'playbooks/quality.yml', '--reporter', 'plain');
  const report = await bexpert('report', 'latest', '--format', 'json');
  return { ended, report: JSON.parse(report.stdout) as RunReport };
}
const resultOf = (report: RunReport, name: string) => {
  const result = report.attempts[0]?.steps.find(({ step }) => step === name)?.result;
  if (result?.kind !== 'gate') throw new Error(`${name} was not judged`);
  return result;
};

describe('the gate in Python', () => {
  it('is green on the example as it is', async () => {
    const { ended, report } = await verify();
    expect(ended.code, ended.stdout + ended.stderr).toBe(0);
    expect(resultOf(report, 'money-columns')).toMatchObject({ verdict: 'pass', examined: { unit: 'migrations', count: 1 } });
    expect(resultOf(report, 'no-console').verdict).toBe('pass');
  });

  it('turns red on a migration with a price that rounds, at its line, and green when it is exact', async () => {
    const migration = (type: string) => `ALTER TABLE orders\n  ADD COLUMN shipping_price ${type} NOT NULL DEFAULT 0;\n`;
    await repository.write({ 'migrations/002_shipping.sql': migration('double precision') });
    const red = await verify();
    expect(red.ended.code, red.ended.stdout + red.ended.stderr).toBe(1);
    expect(red.ended.stdout).toContain('migrations/002_shipping.sql:2:14');
    expect(resultOf(red.report, 'money-columns')).toMatchObject({
      verdict: 'fail',
      findings: [
        {
          code: 'money-columns/inexact',
          location: { file: 'migrations/002_shipping.sql', line: 2, column: 14 },
          standing: 'counts',
        },
      ],
      outputs: { columns: 2 },
    });
    await repository.write({ 'migrations/002_shipping.sql': migration('numeric(12, 2)') });
    const green = await verify();
    expect(green.ended.code, green.ended.stdout + green.ended.stderr).toBe(0);
    expect(resultOf(green.report, 'money-columns')).toMatchObject({ verdict: 'pass', outputs: { columns: 2 } });
  });

  it('is that of base: a change that makes the gate itself look away is judged by the old one', async () => {
    const gate = path.join(root, 'examples/custom-plugin/plugins/money-columns/gate.py');
    await repository.write({
      'plugins/money-columns/gate.py':
        'import json\nprint(json.dumps({"examined": {"unit": "x", "count": 1, "min": 1}, "findings": []}))\n',
      'migrations/002_shipping.sql': 'ALTER TABLE orders ADD COLUMN fee real;\n',
    });
    try {
      const { ended, report } = await verify();
      expect(ended.code, ended.stdout + ended.stderr).toBe(1);
      expect(resultOf(report, 'money-columns').findings.map(({ code }) => code)).toEqual(['money-columns/inexact']);
    } finally {
      await cp(gate, path.join(repository.folder, 'plugins/money-columns/gate.py'));
    }
  });
});

describe('the tests of the example', () => {
  const run = (file: string, ...args: readonly string[]) => promisify(execFile)(file, args, { cwd: repository.folder });
  it('of the gate in TypeScript pass with node:test', async () => {
    const { stdout } = await run(process.execPath, '--test', '--test-reporter=tap', 'plugins/no-console/index.test.mjs');
    expect(stdout).toMatch(/^# pass 3$/m);
  });
  it('of the gate in Python pass with unittest', async () => {
    const { stderr } = await run('python3', '-B', '-m', 'unittest', 'discover', '-s', 'plugins/money-columns');
    expect(stderr).toMatch(/^Ran 5 tests/m);
    expect(stderr).toMatch(/^OK$/m);
  });
});
