import { existsSync, readdirSync } from 'node:fs';
import { appendFile, mkdir, utimes, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { type Cleaned, type CleanRequest, clean } from '../../../src/engine/clean.ts';
import type { KeptRun } from '../../../src/engine/kept-run.ts';
import { expired } from '../../../src/engine/retention.ts';
import { cleanLines } from '../../../src/report/clean-lines.ts';
import { createInk } from '../../../src/report/ink.ts';
import { readFetched } from '../../../src/workspace/fetched-file.ts';
import type { TestRepository } from '../../rig/repository.ts';
import { cutJournal, deliveredFile, edit, finishOf, goOn, of, type Played, play, repositoryOf, scriptOf } from './play.ts';

const day = 24 * 3_600_000;
const files = {
  'bexpert.yml': 'bexpert: 1\nsetup: [{ run: mkdir -p made && date > made/d, cache-key: [value.txt], outputs: [made] }]\n',
  '.gitignore': 'made\n',
  'value.txt': 'wrong\n',
  'script.yml': scriptOf([edit('value.txt', 'wrong', 'right'), { run: 'date +%N > made.txt' }]),
  'playbook.yml': `
bexpert: 1
name: mend
phases:
  context:
    - { id: look, run: ls }
  action:
    - { id: act, uses: script, with: { script: script.yml } }
  verify:
    - { id: gate, run: grep -q right value.txt, evidence: exit-code }
deliver: { to: branch }
`,
};
const cleaned = (repository: TestRepository, more: Partial<CleanRequest> = {}): Promise<Cleaned> =>
  clean({
    home: repository.state,
    olderThanMs: 30 * day,
    keep: 0,
    dryRun: false,
    env: { PATH: process.env.PATH },
    signal: new AbortController().signal,
    now: Date.now() + 31 * day,
    ...more,
  });
const nameOf = (run: Played): string => path.basename(run.folder);
const kinds = ({ removed }: Cleaned): string[] => [...new Set(removed.map(({ kind }) => kind))];
/** As if it was killed after the first call of a tool. */
const killed = async (run: Played): Promise<void> => {
  await cutJournal(run.folder, run.events.findIndex(({ type }) => type === 'tool-called') + 1);
  for (const folder of ['scratch/x', 'trees/base-1', 'trees/work']) {
    await mkdir(path.join(run.folder, folder), { recursive: true });
    await writeFile(path.join(run.folder, folder, 'file'), 'x');
  }
};
const objects = (run: Played): string[] =>
  readdirSync(path.join(run.folder, '../../git/objects'), { recursive: true, encoding: 'utf8' })
    .filter((name) => /^..\/[0-9a-f]{38}$/.test(name))
    .map((name) => name.replace('/', ''));

describe('a clean-up', () => {
  it('removes old runs with their snapshots, and a run that can be resumed still comes to its end', async () => {
    await using repository = await repositoryOf(files);
    const first = await play(repository);
    const commit = of(first.events, 'attempt-finished')[0]?.commit ?? '';
    const second = await play(repository);
    await killed(second);
    expect(objects(first)).toContain(commit);

    const tried = await cleaned(repository, { dryRun: true });
    expect([...kinds(tried)].sort()).toEqual(['objects', 'run', 'set-up', 'work tree']);
    expect(tried.removed.filter(({ kind }) => kind === 'run').map(({ what }) => what)).toEqual([nameOf(first)]);
    expect(existsSync(first.folder)).toBe(true);
    expect(existsSync(path.join(second.folder, 'trees/work'))).toBe(true);

    const done = await cleaned(repository);
    expect(done).toMatchObject({ shared: 'cleaned', busy: [] });
    expect(done.removed.map(({ kind, what }) => [kind, what])).toEqual(tried.removed.map(({ kind, what }) => [kind, what]));
    expect(existsSync(first.folder)).toBe(false);
    expect(objects(second)).not.toContain(commit);
    expect(existsSync(path.join(second.folder, 'trees'))).toBe(false);
    expect(done.kept.map(({ name, state }) => [name, state])).toEqual([[nameOf(second), 'resumable']]);

    await repository.git('branch', '-D', `bexpert/${nameOf(first)}`, `bexpert/${nameOf(second)}`);
    const resumed = await goOn(repository);
    expect(nameOf(resumed)).toBe(nameOf(second));
    expect(finishOf(resumed.events)).toMatchObject({ verdict: 'proven', exitCode: 0 });
    expect(await deliveredFile(repository, 'value.txt')).toBe('right');
  });

  it('keeps what is young, the newest, and what was not named', async () => {
    await using repository = await repositoryOf(files);
    const runs = [await play(repository), await play(repository), await play(repository)];
    // Trees that were written for no journal, of the rules of git say, may go any time.
    expect(kinds(await cleaned(repository, { now: Date.now() })).filter((kind) => kind !== 'objects')).toEqual([]);
    const [oldest] = runs;
    await utimes(path.join(oldest?.folder ?? '', 'events.jsonl'), new Date(0), new Date(0));
    const done = await cleaned(repository, { keep: 2, now: Date.now() });
    expect(done.removed.filter(({ kind }) => kind === 'run').map(({ what }) => what)).toEqual(runs.slice(0, 1).map(nameOf));
    // What is named goes whatever its age, and nothing but what only it needed.
    const named = await cleaned(repository, { only: runs.slice(1, 2).map(nameOf) });
    expect(named.removed.filter(({ kind }) => kind !== 'objects').map(({ what }) => what)).toEqual(runs.slice(1, 2).map(nameOf));
    expect(named.kept.map(({ name }) => name)).toEqual(runs.slice(2).map(nameOf));
  });

  it('keeps outputs of set-up that a run used lately, however long ago they were made', async () => {
    await using repository = await repositoryOf(files);
    await play(repository, { mode: 'verify' });
    const store = path.join(repository.state, 'store');
    const made = readdirSync(store).filter((name) => !name.endsWith('.lock'));
    const age = () => Promise.all(made.map((name) => utimes(path.join(store, name, 'complete'), new Date(0), new Date(0))));
    await age();
    await play(repository, { mode: 'verify' });
    expect(kinds(await cleaned(repository, { now: Date.now() }))).not.toContain('set-up');
    expect(readdirSync(store)).toEqual(expect.arrayContaining(made));
    await age();
    expect(kinds(await cleaned(repository, { now: Date.now() }))).toContain('set-up');
  });

  it('keeps what a playbook was fetched from while one is read from there, and takes it away later', async () => {
    await using repository = await repositoryOf(files);
    await play(repository, { mode: 'verify' });
    const folder = path.join(repository.state, 'playbooks');
    const commit = (await repository.git('rev-parse', 'HEAD')).trim();
    const address = { url: repository.folder, commit, path: 'value.txt' };
    const read = () => readFetched(address, { folder, env: { PATH: process.env.PATH } });
    expect(await read()).toEqual({ ok: true, value: 'wrong\n' });
    const [kept = ''] = readdirSync(folder);
    await utimes(path.join(folder, kept), new Date(0), new Date(0));
    expect(await read()).toMatchObject({ ok: true });
    expect(kinds(await cleaned(repository, { now: Date.now() }))).not.toContain('playbooks');
    await utimes(path.join(folder, kept), new Date(0), new Date(0));
    const done = await cleaned(repository, { now: Date.now() });
    expect(kinds(done)).toContain('playbooks');
    expect(cleanLines(done, { dryRun: false }, createInk(false)).join('\n')).toContain('1 fetched repository ');
    expect(readdirSync(folder)).toEqual([]);
    expect(await read()).toEqual({ ok: true, value: 'wrong\n' });
  });

  it('takes the whole store of a repository whose last run goes, and a run whose journal is broken', async () => {
    await using repository = await repositoryOf(files);
    const run = await play(repository);
    await appendFile(path.join(run.folder, 'events.jsonl'), 'null\n');
    const done = await cleaned(repository);
    expect(kinds(done)).toEqual(['run', 'repository', 'set-up']);
    expect(existsSync(path.join(run.folder, '../..'))).toBe(false);
    expect(cleanLines(done, { dryRun: false }, createInk(false)).join('\n')).toMatch(
      /^ {2}\S+ +\d.* UNREADABLE +\?\n {2}1 snapshot store +\d.*\n {2}\d set-up outputs? +\d.*\nRemoved 1 run, freed \d+.* 0 runs kept \(0 B\)\.$/,
    );
    // The next run makes all of it again.
    expect(finishOf((await play(repository)).events)).toMatchObject({ verdict: 'proven' });
  });

  it('leaves a run that is going on alone, and what runs share with it', async () => {
    await using repository = await repositoryOf(files);
    const old = await play(repository);
    await repository.git('branch', '-D', `bexpert/${nameOf(old)}`);
    let beside: Promise<Cleaned> | undefined;
    let held: Promise<Cleaned> | undefined;
    const run = await play(repository, {
      onEvent: (event) => {
        if (event.type !== 'tool-called') return;
        beside ??= cleaned(repository);
        held ??= beside.then(() => cleaned(repository, { only: readdirSync(path.join(old.folder, '..')) }));
      },
    });
    const done = await beside;
    expect(done).toMatchObject({ shared: 'in use' });
    expect(done?.removed.map(({ what }) => what)).toEqual([nameOf(old)]);
    expect(done?.kept.map(({ name, state }) => [name, state])).toEqual([[nameOf(run), 'going on']]);
    expect((await held)?.busy).toEqual([nameOf(run)]);
    expect(finishOf(run.events)).toMatchObject({ verdict: 'proven', exitCode: 0 });
  });
});

describe('the end of a run', () => {
  it('takes away what killed runs left, but for the work tree of one that can be resumed', async () => {
    await using repository = await repositoryOf(files);
    const interrupted = await play(repository);
    await killed(interrupted);
    const ended = await play(repository);
    await mkdir(path.join(ended.folder, 'trees/candidate-3'), { recursive: true });
    await mkdir(path.join(ended.folder, 'scratch'));
    await play(repository, { mode: 'verify' });
    expect(readdirSync(interrupted.folder).sort()).toEqual(['artifacts', 'events.jsonl', 'lock', 'logs', 'trees']);
    expect(readdirSync(path.join(interrupted.folder, 'trees'))).toEqual(['work']);
    expect(readdirSync(ended.folder).sort()).toEqual(['artifacts', 'events.jsonl', 'lock', 'logs']);
  });
});

describe('runs that may go', () => {
  const run = (name: string, age: number, state: KeptRun['state']): KeptRun => ({
    ...{ name, folder: name, state, usedAt: 100 * day - age * day },
    ...{ playbook: 'p', bytes: 1 },
  });
  it('are old, not among the newest, and over', () => {
    const runs = [
      run('new', 1, 'ended'),
      run('old', 40, 'ended'),
      run('older', 50, 'ended'),
      run('waits', 60, 'resumable'),
      run('goes on', 70, 'going on'),
      run('broken', 80, 'unreadable'),
    ];
    const names = (keep: number, days: number) =>
      expired(runs, { keep, olderThanMs: days * day, now: 100 * day }).map(({ name }) => name);
    expect(names(0, 30)).toEqual(['old', 'older', 'broken']);
    expect(names(2, 30)).toEqual(['older', 'broken']);
    expect(names(0, 45)).toEqual(['older', 'broken']);
    expect(names(9, 0)).toEqual([]);
  });
});
