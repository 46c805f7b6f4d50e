import { existsSync, readdirSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { processesWith, until } from '../../rig/journal.ts';
import type { TestRepository } from '../../rig/repository.ts';
import { edit, endsOf, finishOf, of, type Played, type PlayOptions, play, repositoryOf, scriptOf } from './play.ts';

let outside: string;
/** Every run of the set-up command leaves a line here. */
let count: string;
beforeEach(async () => {
  outside = await mkdtemp(path.join(os.tmpdir(), 'bexpert-set-up-'));
  count = path.join(outside, 'count');
});
afterEach(() => rm(outside, { recursive: true, force: true }));

const times = async (): Promise<number> =>
  (await readFile(count, 'utf8').catch(() => '')).split('\n').filter((line) => line !== '').length;
const make = (then = 'mkdir -p made && cp lock.txt made/') => `echo run >> ${count} && ${then}`;
const configuration = (run: string, more = ', cache-key: [lock.txt]') =>
  `bexpert: 1\nmodel: { script: s.yml }\nsetup:\n  - { run: ${JSON.stringify(run)}, outputs: [made]${more} }\n`;
const playbook = (command: string) =>
  `\nbexpert: 1\nname: p\nphases:\n  verify:\n    - { id: gate, run: ${JSON.stringify(command)}, evidence: exit-code }\n`;
const open = (more: Record<string, string> = {}): Promise<TestRepository> =>
  repositoryOf({
    'bexpert.yml': configuration(make()),
    'lock.txt': 'one\n',
    'src.txt': 'a\n',
    '.gitignore': 'made/\n',
    'playbook.yml': playbook('diff made/lock.txt lock.txt'),
    ...more,
  });
const verify = (repository: TestRepository, options: PlayOptions = {}) => play(repository, { mode: 'verify', ...options });
const setups = (run: Played) => of(run.events, 'tree-ready').map(({ tree, setup }) => `${tree} ${setup}`);
const stored = (repository: TestRepository) => {
  const store = path.join(repository.state, 'store');
  return existsSync(store) ? readdirSync(store).filter((name) => !name.endsWith('.lock')) : [];
};

describe('set-up', () => {
  it('is done once for base and candidate, and taken from the store by the next run', async () => {
    await using repository = await open();
    const first = await verify(repository);
    expect(endsOf(first.events)).toEqual(['1 gate pass']);
    expect(await times()).toBe(1);
    const second = await verify(repository);
    expect(setups(second)).toContain('gate stored');
    expect(setups(second).some((line) => line.endsWith(' run'))).toBe(false);
    expect(await times()).toBe(1);
    expect(stored(repository)).toHaveLength(1);
    // The tree of the user has none of it.
    expect(existsSync(path.join(repository.folder, 'made'))).toBe(false);
  });

  it('is done again for a tree that changes a file of the cache-key', async () => {
    await using repository = await open();
    await verify(repository);
    await repository.write({ 'lock.txt': 'two\n' });
    const changed = await verify(repository);
    expect(endsOf(changed.events)).toEqual(['1 gate pass']);
    expect(setups(changed)).toContain('gate run');
    expect(await times()).toBe(2);
  });

  it('without a cache-key belongs to one tree: base never lends the candidate what it built', async () => {
    await using repository = await open({
      'bexpert.yml': configuration(make('mkdir -p made && cp src.txt made/'), ''),
      'playbook.yml': playbook('diff made/src.txt src.txt'),
    });
    await repository.write({ 'src.txt': 'b\n' });
    expect(endsOf((await verify(repository)).events)).toEqual(['1 gate pass']);
    expect(await times()).toBe(2);
  });

  it('is done again when its variables have other values', async () => {
    const env = ', cache-key: [lock.txt], env: { WORD: "${{ inputs.word }}" }';
    await using repository = await open({
      'bexpert.yml': `inputs: { word: { type: string, default: one } }\n${configuration(make('mkdir -p made && printf %s "$WORD" > made/word'), env)}`,
      'playbook.yml': playbook('cat made/word'),
    });
    await verify(repository);
    await verify(repository, { inputs: { word: 'two' } });
    expect(await times()).toBe(2);
  });

  it('is done again in the attempt that changes a file of the cache-key', async () => {
    await using repository = await open({
      's.yml': scriptOf([edit('src.txt', 'a', 'b')], [edit('lock.txt', 'one', 'two')]),
      'playbook.yml': `
bexpert: 1
name: p
phases:
  context: [{ id: look, run: ls }]
  action:
    - { id: act, uses: agent, with: { goal: x }, access: { open: [{ paths: [lock.txt], as: edit, reason: it is the goal }] } }
  verify:
    steps:
      - { id: gate, run: "grep -q two made/lock.txt", evidence: exit-code }
    on-failure: { retry-from: action, attempts: 3 }
`,
    });
    const run = await play(repository);
    expect(endsOf(run.events).filter((line) => line.includes('gate'))).toEqual(['1 gate fail', '2 gate pass']);
    expect(await times()).toBe(2);
  });

  it('that fails says what it said, is an environment fault on base, and leaves nothing', async () => {
    await using repository = await open({ 'bexpert.yml': configuration('echo no network today; exit 7') });
    const run = await verify(repository);
    expect(endsOf(run.events)).toEqual(['1 gate invalid']);
    expect(finishOf(run.events)).toMatchObject({ verdict: 'inconclusive', exitCode: 3 });
    expect(JSON.stringify(run.events)).toContain('ended with 7: no network today');
    expect(stored(repository)).toEqual([]);
    expect(readdirSync(run.folder).sort()).toEqual(['artifacts', 'events.jsonl', 'lock', 'logs']);
  });

  it('that only the candidate breaks is a fault of the work', async () => {
    await using repository = await open({
      'bexpert.yml': configuration(make('grep -v broken lock.txt && mkdir -p made && cp lock.txt made/')),
    });
    await repository.write({ 'lock.txt': 'broken\n' });
    const run = await verify(repository);
    expect(endsOf(run.events)).toEqual(['1 gate fail']);
    expect(finishOf(run.events)).toMatchObject({ verdict: 'not-proven', exitCode: 1 });
  });

  it('that leaves no output says which', async () => {
    await using repository = await open({ 'bexpert.yml': configuration('true') });
    const run = await verify(repository);
    expect(endsOf(run.events)).toEqual(['1 gate invalid']);
    expect(JSON.stringify(run.events)).toContain('setup/no-output');
    expect(stored(repository)).toEqual([]);
  });

  it('is done once by two runs at the same time, and the second one waits', async () => {
    await using repository = await open({ 'bexpert.yml': configuration(make('sleep 1 && mkdir -p made && cp lock.txt made/')) });
    const runs = await Promise.all([verify(repository), verify(repository)]);
    expect(runs.map(({ exitCode }) => exitCode)).toEqual([0, 0]);
    expect(await times()).toBe(1);
  });

  it('ends with Ctrl-C at once, leaves nothing in the store, and the next run does it', async () => {
    const mark = `sleep 48.${process.pid}`;
    await using repository = await open({
      'bexpert.yml': configuration(make(`test -e ${outside}/go || ${mark}; mkdir -p made && cp lock.txt made/`)),
    });
    const controller = new AbortController();
    const running = verify(repository, { signal: controller.signal });
    await until(() => (processesWith(mark).length > 0 ? true : undefined), 'set-up runs');
    controller.abort(new Error('Ctrl-C'));
    const run = await running;
    expect(finishOf(run.events)).toMatchObject({ status: 'interrupted', exitCode: 130 });
    expect(processesWith(mark)).toEqual([]);
    expect(stored(repository)).toEqual([]);
    await writeFile(path.join(outside, 'go'), '');
    expect((await verify(repository)).exitCode).toBe(0);
  });

  it('that failed half-way is done from the start by the next run, with nothing of what it had left', async () => {
    await using repository = await open({
      'bexpert.yml': configuration(make(`test ! -e made && mkdir made && test -e ${outside}/go && cp lock.txt made/`)),
    });
    expect((await verify(repository)).exitCode).toBe(3);
    await writeFile(path.join(outside, 'go'), '');
    const again = await verify(repository);
    expect(setups(again)).toEqual(['base run', 'gate stored']);
    expect(again.exitCode).toBe(0);
  });

  it('of several steps sees what the steps before made, and each output is laid into the tree', async () => {
    const first = `- { run: "mkdir -p made && cp lock.txt made/ && echo file > single", outputs: [made, single], cache-key: [lock.txt] }`;
    const second = `- { run: "mkdir -p deep/more && cat made/lock.txt single > deep/more/both", outputs: [deep/more, "deep/*"], cache-key: [lock.txt] }`;
    await using repository = await open({
      'bexpert.yml': `bexpert: 1\nsetup:\n  ${first}\n  ${second}\n`,
      '.gitignore': 'made\ndeep\nsingle\n',
      'playbook.yml': playbook('test "$(cat deep/more/both)" = "$(printf "one\\nfile")" && cat single'),
    });
    for (const sandbox of ['preferred', 'off'] as const) {
      const run = await verify(repository, { sandbox });
      expect(endsOf(run.events), JSON.stringify(of(run.events, 'step-finished'))).toEqual(['1 gate pass']);
    }
  });

  it('may leave what globs meet, as many as there are, but one at least', async () => {
    const run = make('mkdir -p made a/made/made b/made && cp lock.txt made/ && touch a/made/x b/made/y');
    const met = ['made/lock.txt', 'a/made/made', 'a/made/x', 'b/made/y', 'c/made/tracked.txt'];
    await using repository = await open({
      'bexpert.yml': configuration(run).replace('[made]', '["**/made"]'),
      'a/src.txt': 'x\n',
      'c/made/tracked.txt': 'is no output\n',
      '.gitignore': '/made\na/made\nb/made\n',
      'playbook.yml': playbook(met.map((file) => `test -e ${file}`).join(' && ')),
    });
    expect(endsOf((await verify(repository)).events)).toEqual(['1 gate pass']);
    await repository.write({ 'bexpert.yml': configuration(make('true')).replace('[made]', '["**/other"]') });
    await repository.commit('other');
    const none = await verify(repository);
    expect(JSON.stringify(none.events)).toContain('ran and left no **/other.');
    expect(none.exitCode).toBe(3);
  });

  it('takes out of the key what an exclamation mark leaves out', async () => {
    await using repository = await open({ 'bexpert.yml': configuration(make(), ', cache-key: ["*.txt", "!src.txt"]') });
    await verify(repository);
    await repository.write({ 'src.txt': 'b\n' });
    expect((await verify(repository)).exitCode).toBe(0);
    expect(await times()).toBe(1);
    await repository.write({ 'lock.txt': 'two\n' });
    expect((await verify(repository)).exitCode).toBe(0);
    expect(await times()).toBe(2);
  });

  it('that copied what an attempt changes is no fault of the attempt: nothing is handed back to the action', async () => {
    await using repository = await open({
      'bexpert.yml': configuration(make('mkdir -p made && cp lock.txt src.txt made/')),
      's.yml': scriptOf([edit('src.txt', 'a', 'b')], [edit('src.txt', 'b', 'c')]),
      'playbook.yml': `
bexpert: 1
name: p
phases:
  context: [{ id: look, run: ls }]
  action:
    - { id: act, uses: agent, with: { goal: x } }
  verify:
    steps:
      - { id: gate, run: "grep -q a made/src.txt", evidence: exit-code }
    on-failure: { retry-from: action, attempts: 3 }
`,
    });
    const run = await play(repository);
    expect(endsOf(run.events).filter((line) => line.includes('gate'))).toEqual(['1 gate invalid']);
    expect(JSON.stringify(run.events)).toContain('setup/stale-copy');
    expect(run.exitCode).toBe(3);
  });
});
