// Repositories of different stacks, small and real: what `bexpert init` writes for them validates, its gates run, and a change that breaks
// something is red.
import { spawnSync } from 'node:child_process';
import { cp } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import type { RunReport } from '../../../src/report/run-report.ts';
import { root } from '../../contract/sources.ts';
import { type Ended, program } from '../../rig/program.ts';
import { type Files, TestRepository } from '../../rig/repository.ts';

async function repositoryOf(name: string): Promise<TestRepository> {
  const repository = await TestRepository.create({});
  await cp(path.join(root, 'test/e2e/init/fixtures', name), repository.folder, { recursive: true });
  await repository.commit('the service');
  return repository;
}
const bexpert = (repository: TestRepository, ...args: readonly string[]): Promise<Ended> =>
  program(args, { cwd: repository.folder });

/** Exit code, and each gate with its verdict and the codes that count. */
async function judged(
  repository: TestRepository,
  scope = '.',
): Promise<{ readonly code: number | null; readonly gates: Readonly<Record<string, string>>; readonly said: string }> {
  const { state } = repository;
  const ended = await bexpert(
    repository,
    'verify',
    `${scope}/playbooks/quality.yml`,
    '--repo',
    scope,
    '--reporter',
    'plain',
    '--state',
    state,
  );
  const report = await bexpert(repository, 'report', 'latest', '--format', 'json', '--repo', scope, '--state', state);
  const steps = (JSON.parse(report.stdout) as RunReport).attempts[0]?.steps ?? [];
  const words = steps.map(({ step, result }): [string, string] => {
    if (result.kind !== 'gate') return [step, result.kind];
    const codes = result.findings
      .filter(({ standing, severity }) => standing === 'counts' && severity === 'error')
      .map(({ code }) => code);
    return [step, [result.verdict, ...new Set(codes)].join(' ')];
  });
  return { code: ended.code, gates: Object.fromEntries(words), said: ended.stdout + ended.stderr };
}

interface Stack {
  readonly name: string;
  readonly what: string;
  /** A program without which it is left out. */
  readonly needs?: string;
  /** The package of a monorepo. */
  readonly scope?: string;
  /** Compiles for half a minute. */
  readonly slow?: true;
  readonly green: Readonly<Record<string, string>>;
  readonly change: Files;
  readonly red: Readonly<Record<string, string>>;
}
const stacks: readonly Stack[] = [
  {
    name: 'monorepo',
    what: 'a package of a monorepo with npm workspaces',
    scope: 'packages/api',
    green: { tests: 'pass', coverage: 'pass', 'log-scan': 'pass' },
    change: {
      'packages/api/src/gross.js': "import { tax } from '@shop/rates';\n\nexport const gross = (cents) => cents * tax;\n",
    },
    red: { tests: 'fail tests/failed-test', 'log-scan': 'pass' },
  },
  {
    name: 'node-plain',
    what: 'Node.js without dependencies, node:test',
    green: { tests: 'pass', coverage: 'pass', 'log-scan': 'pass' },
    change: { 'src/slug.js': 'export const slug = (title) => title.toUpperCase();\n' },
    red: { tests: 'fail tests/failed-test', 'log-scan': 'pass' },
  },
  {
    name: 'python-service',
    what: 'Python without dependencies, unittest',
    needs: 'python3',
    green: { tests: 'pass', 'log-scan': 'pass' },
    change: { 'app/prices.py': 'def gross(net, rate):\n    return net\n' },
    red: { tests: 'fail tests/match', 'log-scan': 'pass' },
  },
  {
    name: 'go-service',
    what: 'Go, net/http',
    needs: 'go',
    slow: true,
    green: { tests: 'pass', vet: 'pass', 'log-scan': 'pass' },
    change: { 'rate.go': 'package main\n\nfunc Convert(cents, rate int64) int64 { return cents * rate / 1_000_000 }\n' },
    red: { tests: 'fail tests/match', vet: 'pass', 'log-scan': 'pass' },
  },
];

const has = (name: string): boolean =>
  spawnSync('sh', ['-c', `command -v ${name}`], { env: { PATH: '/usr/local/bin:/usr/bin:/bin' } }).status === 0;
const full = process.env.BEXPERT_TEST === 'full';
for (const { name, what, needs, scope, slow, green, change, red } of stacks) {
  const runs = (needs === undefined || has(needs)) && (slow === undefined || full);
  describe.runIf(runs)(
    `${what}${runs ? '' : ` (not tested: ${slow === undefined || full ? `no ${needs}` : 'only in the full tests'})`}`,
    () => {
      it('is judged by gates that run, and a change that breaks it is red', async () => {
        await using repository = await repositoryOf(name);
        const made = await bexpert(repository, 'init', ...(scope === undefined ? [] : ['--repo', scope]));
        expect(made.stdout, made.stderr).toMatch(/^valid {2}\S*playbooks\/quality\.yml/m);
        const before = await judged(repository, scope);
        expect(before.gates, before.said).toEqual(green);
        expect(before.code).toBe(0);
        await repository.commit('init');
        await repository.write(change);
        const after = await judged(repository, scope);
        expect(after.gates, after.said).toMatchObject(red);
        expect(after.code).toBe(1);
      });
    },
  );
}

describe('npm, Vitest, Fastify and PostgreSQL', { timeout: 240_000 }, () => {
  it('is judged by gates that run, and a migration that loses data is red', async () => {
    await using repository = await repositoryOf('node-service');
    const made = await bexpert(repository, 'init');
    expect(made.stdout, made.stderr).toMatch(/^valid {2}playbooks\/quality\.yml/m);
    await repository.commit('init');
    await repository.write({
      'migrations/0002_state.up.sql': "ALTER TABLE tickets ADD COLUMN state text NOT NULL DEFAULT 'open';\n",
      'migrations/0002_state.down.sql': 'ALTER TABLE tickets DROP COLUMN state;\n',
    });
    const before = await judged(repository);
    expect(before.gates, before.said).toEqual({ tests: 'pass', coverage: 'pass', migration: 'pass', 'log-scan': 'pass' });
    expect(before.code).toBe(0);
    await repository.write({
      'migrations/0002_state.down.sql': 'DROP TABLE tickets;\nCREATE TABLE tickets (id bigint, title text);\n',
    });
    const after = await judged(repository);
    expect(after.gates, after.said).toMatchObject({
      tests: 'pass',
      migration: expect.stringContaining('migration/down-loses-data'),
    });
    expect(after.code).toBe(1);
  });
});
