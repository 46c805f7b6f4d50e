// The playbooks of six teams: short, valid without a warning, and the same in the cookbook.
import { cpSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Io } from '../../../src/commands/io.ts';
import { main } from '../../../src/main.ts';
import { root } from '../../contract/sources.ts';
import { folderOf } from './prepare-files.ts';

const folder = path.join(root, 'test/playbooks/teams');
const teams = readdirSync(folder).sort();
const below = (team: string, place = ''): readonly string[] =>
  readdirSync(path.join(folder, team, place), { withFileTypes: true }).flatMap((entry) =>
    entry.isDirectory() ? below(team, `${place}${entry.name}/`) : [`${place}${entry.name}`],
  );
const text = (team: string, file: string): string => readFileSync(path.join(folder, team, file), 'utf8');

async function bexpert(cwd: string, ...args: readonly string[]): Promise<{ readonly code: number; readonly said: string }> {
  const said: string[] = [];
  const stream: Io['stdout'] = { isTTY: false, write: (more) => void said.push(more) };
  const node = { version: process.versions.node, execPath: process.execPath, platform: process.platform, arch: process.arch };
  const env = { XDG_STATE_HOME: folderOf({}) };
  const io = { cwd, env, stdout: stream, stderr: stream, signal: new AbortController().signal, now: () => 0, node } as Io;
  return { code: await main(args, io), said: said.join('') };
}

it('there are six of them', () => {
  expect(teams).toEqual(['company', 'fastapi-alembic', 'nestjs-prisma', 'payment-breaker', 'pull-request', 'redis-caching']);
});

describe.each(teams)('the playbook of %s', (team) => {
  const playbooks = below(team).filter((file) => file.startsWith('playbooks/'));
  it.each(playbooks)('%s is valid, without a warning', async (playbook) => {
    const needsGoal = text(team, playbook).includes('inputs.goal') || text(team, playbook).includes('bexpert:migration');
    const { code, said } = await bexpert(
      path.join(folder, team),
      'validate',
      playbook,
      ...(needsGoal ? ['--input', 'goal=Add a status'] : []),
    );
    expect(said).toMatch(/^valid /);
    expect(said).not.toContain('warning');
    expect(code).toBe(0);
  });
  it.each(below(team))('%s is short', (file) => {
    expect(text(team, file).split('\n').length).toBeLessThan(60);
  });
  it('is in the cookbook, word for word', () => {
    const page = readFileSync(path.join(root, 'docs/cookbook.md'), 'utf8');
    for (const file of below(team)) expect(page, file).toContain(`\`${file}\`:\n\n\`\`\`yaml\n${text(team, file)}\`\`\`\n`);
  });
});

it('a report of tests counts as tests behind an action, and another report does not', async () => {
  const team = path.join(folder, 'fastapi-alembic');
  const copy = folderOf({});
  cpSync(team, copy, { recursive: true });
  const file = path.join(copy, 'playbooks/migration.yml');
  writeFileSync(file, readFileSync(file, 'utf8').replace('{ junit: report.xml }', '{ checkstyle: report.xml }'));
  expect((await bexpert(copy, 'validate', 'playbooks/migration.yml', '--input', 'goal=x')).said).toContain('[phase/no-tests]');
});

describe('the template of the company, in thirty repositories', () => {
  const repositories = (change: (index: number, playbook: string) => string): string => {
    const parent = folderOf({ 'company.yml': text('company', 'company.yml') });
    for (let index = 1; index <= 30; index++) {
      const repository = path.join(parent, `service-${index}`);
      mkdirSync(path.join(repository, 'playbooks'), { recursive: true });
      for (const file of ['company.yml', 'bexpert.yml']) writeFileSync(path.join(repository, file), text('company', file));
      writeFileSync(
        path.join(repository, 'playbooks/pull-request.yml'),
        change(index, text('company', 'playbooks/pull-request.yml').replace('billing-pull-request', `service-${index}`)),
      );
    }
    return parent;
  };
  it('is kept by all of them', async () => {
    const parent = repositories((_, playbook) => playbook);
    const { code, said } = await bexpert(parent, 'policy', 'check', 'company.yml', 'service-*', '--json');
    expect(code, said).toBe(0);
  });
  it('is broken by the one that lowers a limit and the one that makes its tests a warning', async () => {
    const parent = repositories((index, playbook) =>
      index === 7
        ? playbook.replace('default: 85%', 'default: 60%')
        : index === 21
          ? playbook.replace('    steps:\n', '    steps:\n      - { id: tests, level: warn }\n')
          : playbook,
    );
    const low = await bexpert(path.join(parent, 'service-7'), 'validate', 'playbooks/pull-request.yml');
    expect(low.said).toContain('[policy/bound]');
    const weak = await bexpert(path.join(parent, 'service-21'), 'validate', 'playbooks/pull-request.yml');
    expect(weak.said).toContain('[policy/final]');
    const { code, said } = await bexpert(parent, 'policy', 'check', 'company.yml', 'service-*');
    expect(code, said).toBe(1);
    expect(said).toContain('service-7');
  });
});
