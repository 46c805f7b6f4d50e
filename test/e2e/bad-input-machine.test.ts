// Machines that lack something, and ways to call that people really use: without git, without a sandbox, on a full disk, into a pipe
// that closes, from another folder, with strange names.
import { randomInt } from 'node:crypto';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Journal } from '../../src/engine/journal.ts';
import { newestRun, processesWith, until } from '../rig/journal.ts';
import { canMount, pathWithout, refusingSandboxes, smallDisk } from '../rig/machine.ts';
import { program, start } from '../rig/program.ts';
import { type Files, TestRepository } from '../rig/repository.ts';
import { shell } from '../rig/shell.ts';
import { loopPlaybook, smallService } from '../rig/small-service.ts';

let repository: TestRepository;
let beside: string;
beforeAll(async () => {
  repository = await TestRepository.create(smallService());
  beside = path.dirname(repository.folder);
});
afterAll(async () => repository[Symbol.asyncDispose]());

const state = () => ['--state', repository.state];
const run = ['run', 'playbooks/loop.yml', '--reporter', 'plain'];
const bexpert = (args: readonly string[], env: Readonly<Record<string, string>> = {}) =>
  program([...args, ...state()], { cwd: repository.folder, env });
const line = (text: string, env: Readonly<Record<string, string>> = {}) =>
  shell(text, { cwd: repository.folder, env: { STATE: repository.state, ...env } });

describe('without git', () => {
  it('run, resume and demo say so with exit code 3, and demo leaves no half a folder', async () => {
    const PATH = pathWithout('git', path.join(beside, 'no-git'));
    const ended = await bexpert(run, { PATH });
    expect(ended).toMatchObject({ code: 3, stdout: '' });
    expect(ended.stderr).toContain('error git cannot be started. [repository/no-git]\n  hint: ');
    const demo = await program(['demo', path.join(beside, 'demo'), ...state()], { cwd: beside, env: { PATH } });
    expect(demo).toMatchObject({ code: 3, stdout: '' });
    expect(demo.stderr).toContain('error git is not installed, or not on PATH. [cli/no-git]');
    expect((await program(['doctor', ...state()], { cwd: beside, env: { PATH } })).stdout).toContain('todo  git is missing');
    await mkdir(path.join(beside, 'demo')); // it was not made
  });
});

describe.skipIf(!canMount())('without a sandbox that works', () => {
  let refusing: string;
  beforeAll(() => {
    refusing = refusingSandboxes(beside);
  });
  const call = (args: string, env: Readonly<Record<string, string>> = {}) =>
    line(`${refusing} "$NODE" "$PROGRAM" ${args} --state "$STATE"`, env);

  it('--sandbox required ends with 3, says why each one fails and what to do', async () => {
    const ended = await call('run playbooks/loop.yml --sandbox required');
    expect(ended).toMatchObject({ code: 3, stdout: '' });
    expect(ended.stderr).toMatch(
      /error The playbook requires a sandbox, and none works here: .*Operation not permitted\. \[sandbox\/none\]\n {2}hint: .*`bexpert doctor`/,
    );
    const doctor = await call('doctor');
    expect(doctor.code).toBe(3);
    expect(doctor.stdout).toMatch(/todo {2}sandbox: unshare does not work here: .*Operation not permitted/);
  });
  it('CI with an action phase requires one, and a verification goes on and says that it is unsandboxed', async () => {
    expect(await call('run playbooks/loop.yml', { CI: '1' })).toMatchObject({ code: 3, stdout: '' });
    const verified = await call('verify playbooks/loop.yml', { CI: '1' });
    expect(verified.code).toBe(1);
    expect(verified.stdout).toContain('sandbox    NONE: what the tree runs can read and change what you can\n');
    expect(verified.stdout).toMatch(/\n {2}sandbox +NONE \(unsandboxed\)\n/);
  });
});

describe('a state folder', () => {
  it('that is a file ends with 3 and names --state', async () => {
    await writeFile(path.join(beside, 'file'), '');
    for (const folder of ['file', 'file/below']) {
      const ended = await program([...run, '--state', path.join(beside, folder)], { cwd: repository.folder });
      expect(ended).toMatchObject({ code: 3, stdout: '' });
      expect(ended.stderr).toContain(`error bexpert cannot keep its state in ${path.join(beside, folder)}: `);
      expect(ended.stderr).toContain('[state/unusable]\n  hint: Name a folder that can be written with `--state`');
    }
    const doctor = await program(['doctor', '--state', path.join(beside, 'file')], { cwd: repository.folder });
    expect(doctor.code).toBe(3);
    expect(doctor.stdout).toContain('todo  bexpert cannot keep its state in');
  });
  it('in a place where no folder can be made ends with 3, and at once', async () => {
    const ended = await program([...run, '--state', '/proc/nowhere/state'], { cwd: repository.folder });
    expect(ended).toMatchObject({ code: 3, stdout: '' });
    expect(ended.stderr).toContain('[state/unusable]');
  });
  it.skipIf(!canMount())('that is read-only ends with 3', async () => {
    const disk = path.join(beside, 'disk');
    const ended = await line(`${smallDisk(disk, 'read-only')} "$NODE" "$PROGRAM" ${run.join(' ')} --state ${disk}`);
    expect(ended).toMatchObject({ code: 3, stdout: '' });
    expect(ended.stderr).toContain('[state/unusable]');
  });
  // Where exactly the space ends decides which part of bexpert meets it; each must call it by its name.
  const sizes = process.env.BEXPERT_TEST === 'full' ? [60, 80, 100, 120, 130, 140, 160, 180, 200] : [60, 130];
  it.skipIf(!canMount()).each(sizes)('on a disk of %i KiB fills up, and bexpert never calls that a bug', async (size) => {
    const disk = path.join(beside, 'disk');
    const ended = await line(`${smallDisk(disk, size)} "$NODE" "$PROGRAM" ${run.join(' ')} --state ${disk}`);
    expect(ended.code).toBe(3);
    expect(ended.stdout + ended.stderr).toMatch(/No space left|no space is left|Is the disk full\?/);
    expect(ended.stdout + ended.stderr).not.toContain('internal error');
    expect(ended.stdout).not.toContain('nothing-examined');
    expect(processesWith(disk)).toEqual([]);
  });
});

describe('without HOME', () => {
  it.each(['empty', 'relative'])('(%s) the home of the password database is used, never a folder in the tree', async (how) => {
    const ended = await program(['doctor'], { cwd: repository.folder, env: { HOME: how === 'empty' ? '' : 'some/where' } });
    expect(ended.stdout).toMatch(/ok {4}state: \/\S+\/\.local\/state\/bexpert\n/);
    expect(await repository.git('status', '--porcelain')).toBe('');
  });
});

describe('output', () => {
  it('into a pipe that closes early does not end the run: its exit code is its own', async () => {
    const ended = await line(`bexpert ${run.join(' ')} --state "$STATE" | head -n 1; echo "\${PIPESTATUS[0]}"`);
    expect(ended.stdout).toMatch(/^bexpert run small .*\n0\n$/);
    const red = await line(
      'bexpert verify playbooks/loop.yml --reporter plain --state "$STATE" | head -n 1; echo "${PIPESTATUS[0]}"',
    );
    expect(red.stdout).toMatch(/^bexpert verify small .*\n1\n$/);
    const report = await bexpert(['report', 'latest', '--format', 'json']);
    expect(JSON.parse(report.stdout).outcome).toMatchObject({ status: 'completed', exitCode: 1 });
  });
  it('on closed streams changes nothing', async () => {
    expect((await line('bexpert verify playbooks/loop.yml --state "$STATE" <&- >&- 2>&-')).code).toBe(1);
  });
  it('to a full disk is no success', async () => {
    const ended = await line('bexpert report latest --state "$STATE" > /dev/full');
    expect(ended.code).toBe(3);
    expect(ended.stderr).toContain('error The output could not be written: ENOSPC');
  });
  it('of --reporter json is one JSON document a line and nothing else', async () => {
    const ended = await bexpert(['run', 'playbooks/loop.yml', '--reporter', 'json']);
    expect(ended.code).toBe(0);
    const types = ended.stdout
      .trimEnd()
      .split('\n')
      .map((text) => JSON.parse(text).type as string);
    expect(types.filter((type) => type === 'run-started')).toHaveLength(1);
    expect(types.at(-1)).toBe('run-finished');
  });
  it('has colour on a terminal only, and none where NO_COLOR is set', async () => {
    // biome-ignore lint/suspicious/noControlCharactersInRegex: it is what is looked for
    const colour = /\u001b\[3\d?m/;
    const plain = await bexpert(run);
    expect(plain.stdout + plain.stderr).not.toContain('\u001b');
    const onTerminal =
      'script --quiet --return --command "stty rows 40 cols 100; $NODE $PROGRAM run playbooks/loop.yml --state $STATE" /dev/null';
    const live = await line(onTerminal, { TERM: 'xterm' });
    expect(live.code).toBe(0);
    expect(live.stdout).toMatch(colour);
    expect(live.stdout).toMatch(/PROVEN.* after 2 attempts/);
    expect((await line(onTerminal, { TERM: 'xterm', NO_COLOR: '1' })).stdout).not.toMatch(colour);
    // A terminal that nobody looks at, as of `docker run -t` in CI: no list that would be drawn into zero columns.
    const narrow = await line(
      'script --quiet --return --command "stty rows 0 cols 0; $NODE $PROGRAM verify playbooks/loop.yml --state $STATE" /dev/null',
      { TERM: 'xterm' },
    );
    expect(narrow.code).toBe(1);
    expect(narrow.stdout).toContain('the value is wrong');
  });
});

describe('a repository', () => {
  const proven = async (files: Files, options: { folder?: string; cwd?: string; args: readonly string[] }) => {
    await using other = await TestRepository.create(files);
    const folder = path.join(other.folder, options.folder ?? '');
    const cwd = options.cwd === 'beside' ? path.dirname(other.folder) : folder;
    const ended = await program([...options.args, '--reporter', 'plain', '--state', other.state], { cwd });
    expect(ended).toMatchObject({ code: 0 });
    const branch = await other.git('for-each-ref', '--format=%(refname:short)', 'refs/heads/bexpert');
    return {
      changed: await other.git('-c', 'core.quotePath=false', 'diff', '--name-only', 'main', branch),
      stdout: ended.stdout,
    };
  };
  const below = (folder: string): Files =>
    Object.fromEntries(Object.entries(smallService()).map(([file, text]) => [`${folder}/${file}`, text]));

  it('with CRLF in every file of bexpert is read as it is meant', async () => {
    const files = smallService();
    const crlf = ['bexpert.yml', 'bexpert.script.yml', 'playbooks/loop.yml'].map(
      (file) => [file, files[file]?.replaceAll('\n', '\r\n') ?? ''] as const,
    );
    expect((await proven({ ...files, ...Object.fromEntries(crlf) }, { args: ['run', 'playbooks/loop.yml'] })).changed).toBe(
      'src/value.txt',
    );
  });
  it('with spaces and letters of any script in its paths works, from the folder and from beside it', async () => {
    const folder = 'mit Leerzeichen/größe 日本';
    expect((await proven(below(folder), { folder, args: ['run', 'playbooks/loop.yml'] })).changed).toBe(
      `${folder}/src/value.txt`,
    );
  });
  it('with several packages is changed in the one that --repo names, and the commands to go on can be pasted', async () => {
    const { changed, stdout } = await proven(
      { ...below('packages/a'), 'packages/b/src/value.txt': 'wrong\n' },
      {
        cwd: 'beside',
        args: ['run', 'repo/packages/a/playbooks/loop.yml', '--repo', 'repo/packages/a'],
      },
    );
    expect(changed).toBe('packages/a/src/value.txt');
    expect(stdout).toMatch(/take it +git -C repo merge bexpert\/\S+\n/);
    expect(stdout).toMatch(/read the report +bexpert report \S+ --repo repo\/packages\/a --state \S+\n/);
  });
});

describe('a run that is ended', () => {
  it.each(['SIGTERM', 'SIGHUP'] as const)('by %s leaves no process, exits with 130 and can be resumed', async (signal) => {
    const slow = `sleep 2.${randomInt(10 ** 8, 10 ** 9)}`;
    await using other = await TestRepository.create(
      smallService({ 'playbooks/loop.yml': loopPlaybook.replace('ls src', `${slow} && ls src`) }),
    );
    const started = start([...run, '--state', other.state], { cwd: other.folder });
    await until(() => (processesWith(slow).length > 0 ? true : undefined), `the command ${slow} runs`);
    started.child.kill(signal);
    const ended = await started.ended;
    expect(ended.code).toBe(130);
    expect(processesWith(slow)).toEqual([]);
    const command = /go on +bexpert (resume \S+ --state \S+)\n/.exec(ended.stdout)?.[1] ?? '';
    const resumed = await program(command.split(' '), { cwd: other.folder });
    expect(resumed).toMatchObject({ code: 0 });
  });
});

describe('a journal', () => {
  it.each([
    [
      'was changed in the middle',
      (text: string) => text.replace('"phase":"verify"', '"phase":"Verify"'),
      'its hash does not fit its content',
    ],
    ['lost a line in the middle', (text: string) => text.split('\n').toSpliced(3, 1).join('\n'), 'a record is missing before it'],
    [
      'holds something that is no JSON',
      (text: string) => text.split('\n').toSpliced(3, 1, '{"seq":').join('\n'),
      'it is not JSON',
    ],
    ['holds JSON that is no record', (text: string) => text.split('\n').toSpliced(3, 1, 'null').join('\n'), 'it is not JSON'],
  ])('that %s is refused, at its line', async (_, damage, why) => {
    await bexpert(['verify', 'playbooks/loop.yml']);
    const folder = newestRun(repository.state) ?? '';
    const file = path.join(folder, 'events.jsonl');
    await writeFile(file, damage(await readFile(file, 'utf8')));
    for (const command of ['report', 'resume']) {
      const ended = await bexpert([command, path.basename(folder)]);
      expect(ended.code).toBe(3);
      expect(ended.stderr).toMatch(
        new RegExp(`^error The journal ${file} is broken at line \\d+: ${why}\\. \\[journal/broken\\]\\n {2}hint: `),
      );
    }
    expect((await bexpert(['report'])).stdout).toMatch(new RegExp(`${path.basename(folder)} .*UNREADABLE`));
  });
});

it.each([
  ['is empty', false, 'journal/empty'],
  ['does not begin with a run', true, 'journal/format'],
])('a journal that %s is refused alike by report and resume', async (_, change, code) => {
  await bexpert(['verify', 'playbooks/loop.yml']);
  const folder = newestRun(repository.state) ?? '';
  const file = path.join(folder, 'events.jsonl');
  await rm(file);
  {
    await using journal = await Journal.open({ path: file });
    if (change) await journal.append({ type: 'phase-finished', phase: 'x', attempt: 1, durationMs: 1 });
  }
  const [report, resume] = [await bexpert(['report', path.basename(folder)]), await bexpert(['resume', path.basename(folder)])];
  expect(report).toMatchObject({ code: 3, stdout: '' });
  expect(report.stderr).toContain(`[${code}]`);
  expect(resume).toMatchObject({ code: 3, stderr: report.stderr });
});

describe('an action step that nobody can fill', () => {
  it('names the variables of a key and the line for a script', async () => {
    await using other = await TestRepository.create(smallService({ 'bexpert.yml': 'bexpert: 1\n' }));
    const ended = await program([...run, '--state', other.state], { cwd: other.folder });
    expect(ended).toMatchObject({ code: 3, stdout: '' });
    expect(ended.stderr).toContain(
      'playbooks/loop.yml:8:9 error Nobody can fill step act: no key for a model is set, and no script stands in for it. [model/none]',
    );
    expect(ended.stderr).toContain(
      'hint: Set ANTHROPIC_API_KEY or ANTHROPIC_BASE_URL, or name a script in bexpert.yml: `model: { script: bexpert.script.yml }`.',
    );
    expect(newestRun(other.state)).toBeUndefined();
  });
  it('is shown with --model live too', async () => {
    const ended = await bexpert([...run, '--model', 'live']);
    expect(ended).toMatchObject({ code: 3, stdout: '' });
    expect(ended.stderr).toContain('[model/no-key]');
  });
});
