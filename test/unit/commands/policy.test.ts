import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { main } from '../../../src/main.ts';
import { here } from '../../rig/here.ts';
import { folderOf } from '../playbook/prepare-files.ts';

const policy = (max: number): string =>
  `bexpert: 1\nname: company\nphases:\n  verify:\n    - tests\n    - { uses: coverage, with: { lines: 85 } }\nfinal: [phases.verify.steps.tests]\nbounds: { defaults.coverage.lines: { min: 80 }, budget.usd: { max: ${max} } }\nbudget: { usd: 5 }\n`;
const extending = (more = ''): string => `bexpert: 1\nextends: ../company.yml\n${more}`;

async function check(folder: string, ...args: readonly string[]) {
  const { io, printed, told } = here(folder, { env: { HOME: folder } });
  const code = await main(['policy', 'check', ...args], io);
  return { code, said: printed(), errors: told() };
}

describe('a policy that is tried on many repositories', () => {
  const folder = folderOf({
    'policy.yml': policy(10),
    'good/company.yml': policy(10),
    'good/playbooks/change.yml': extending(),
    'old/company.yml': policy(100),
    'old/playbooks/change.yml': extending('budget: { usd: 8 }\n'),
    'dear/company.yml': policy(100),
    'dear/playbooks/change.yml': extending('budget: { usd: 50 }\n'),
    'dear/playbooks/no-playbook.yml': 'script: 1\n',
    'own/playbooks/change.yml': 'bexpert: 1\nphases: { verify: [tests] }\n',
    'broken/company.yml': policy(10),
    'broken/playbooks/change.yml': extending('budgt: {}\n'),
    'empty/README.md': '',
    'mono/company.yml': policy(10),
    'mono/packages/api/bexpert.yml': 'bexpert: 1\nextends: ../../company.yml\n',
    'mono/packages/api/playbooks/a.yml': 'bexpert: 1\nphases: { verify: [log-scan] }\nservices: { api: { run: node a.js } }\n',
    'mono/node_modules/x/playbooks/b.yml': 'bexpert: 1\nphases: { verify: [tests] }\n',
  });
  it('is kept, is old, is not kept, or is not extended; the exit code is 1', async () => {
    const { code, said } = await check(folder, 'policy.yml', 'good', 'old', 'dear', 'own', 'broken', 'empty', 'mono');
    expect(code).toBe(1);
    expect(said.split('\n').slice(0, 8)).toEqual([
      'ok  good    good/playbooks/change.yml          keeps to it',
      'no  old     old/playbooks/change.yml           keeps to it, and has an older version',
      'no  dear    dear/playbooks/change.yml          does not keep to it',
      'no  own     own/playbooks/change.yml           does not extend it',
      'no  broken  broken/playbooks/change.yml        is not valid',
      'no  empty   -                                  has no playbook',
      'ok  mono    mono/packages/api/playbooks/a.yml  keeps to it',
      '2 of 7 keep to the policy in its newest version',
    ]);
    expect(said).toContain('dear/playbooks/change.yml:3:16 error `budget.usd` must be at most 10; it is 50. [policy/bound]');
    expect(said).toContain('broken/playbooks/change.yml:3:1 error There is no key `budgt`');
  });
  it('takes globs that no shell has replaced', async () => {
    const { code, said } = await check(folder, 'policy.yml', '{good,mono}');
    expect({ code, last: said.trimEnd().split('\n').at(-1) }).toEqual({
      code: 0,
      last: '2 of 2 keep to the policy in its newest version',
    });
    expect((await check(path.join(folder, 'good'), '../policy.yml', '../ol?')).said).toContain('../old/playbooks/change.yml');
  });
  it('is told to a program with the digests of both versions', async () => {
    const { code, said } = await check(folder, 'policy.yml', 'good', 'old', 'dear', '--json');
    const result = JSON.parse(said);
    expect(code).toBe(1);
    expect(result.playbooks.map(({ state }: { state: string }) => state)).toEqual(['ok', 'outdated', 'violates']);
    expect(result.playbooks[0].has).toBe(result.policy.digest);
    expect(result.playbooks[1].has).not.toBe(result.policy.digest);
    expect(result.playbooks[2].diagnostics[0]).toMatchObject({
      code: 'policy/bound',
      place: { file: 'dear/playbooks/change.yml' },
    });
  });
  it('is refused when it or the repositories are not there', async () => {
    expect(await check(folder, 'polcy.yml', 'good')).toMatchObject({
      code: 2,
      errors: expect.stringContaining('[cli/no-policy]'),
    });
    expect(await check(folder, 'policy.yml', 'none', 'x*')).toMatchObject({
      code: 2,
      errors: expect.stringContaining('[cli/no-repositories]'),
    });
  });
});
