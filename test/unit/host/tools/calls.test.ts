import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { Bench } from './bench.ts';

/** Processes of this machine whose command line holds a text. */
const alive = (text: string): string[] =>
  readdirSync('/proc').filter((pid) => {
    try {
      return /^\d+$/.test(pid) && readFileSync(`/proc/${pid}/cmdline`, 'latin1').includes(text);
    } catch {
      return false;
    }
  });

describe('a call that is not right', () => {
  it.each([
    ['write_file', {}, 'There is no tool write_file. The tools are grep_search, view_file'],
    ['view_file', {}, "must have required property 'AbsolutePath'"],
    ['view_file', { AbsolutePath: 'a.txt', Lines: 3 }, 'additional properties (Lines)'],
    ['view_file', { AbsolutePath: 7 }, 'AbsolutePath must be string'],
    ['view_file', 'a.txt', 'the input must be object'],
    [
      'multi_replace_file_content',
      { TargetFile: 'a.txt', ReplacementChunks: [{ TargetContent: 'a' }] },
      "ReplacementChunks.0 must have required property 'ReplacementContent'",
    ],
    ['multi_replace_file_content', { TargetFile: 'a.txt', ReplacementChunks: [] }, 'nothing to change'],
    ['run_command', { CommandLine: 'ls', WaitMsBeforeAsync: 999_999 }, '0 to 120000'],
    ['run_command', { CommandLine: ' ' }, 'CommandLine is empty'],
    ['command_status', { CommandId: 'c9' }, 'There is no command c9'],
  ] as const)('%s %j is answered, and recorded', async (name, input, reason) => {
    await using bench = await Bench.open({ 'a.txt': 'a\n' });
    const answer = await bench.call(name, input);
    expect(answer).toMatchObject({ isError: true, content: expect.stringContaining(reason) });
    expect(bench.records).toMatchObject([{ name, input, isError: true, result: answer.content }]);
  });
});

describe('running a command', () => {
  it('gives output and exit code, and has no input to wait for', async () => {
    await using bench = await Bench.open({ 'a.txt': 'text\n' });
    const good = await bench.call('run_command', { CommandLine: 'cat a.txt; cat; echo done >&2' });
    expect(good.isError).toBe(false);
    expect(good.content).toMatch(/^Command c1: exit code 0 after \d+\.\d s\.\ntext\ndone$/);
    const bad = await bench.call('run_command', { CommandLine: 'false | true; echo never' });
    expect(bad).toMatchObject({ isError: true, content: expect.stringMatching(/exit code 1 .*\n\(no output\)/) });
    expect(bench.records.map(({ changed }) => changed)).toEqual(['all', 'all']);
  });
  it('shows the beginning and the end of a long output and keeps all of it', async () => {
    await using bench = await Bench.open({ 'a.txt': '' });
    const { content } = await bench.call('run_command', { CommandLine: 'seq 1 20000' });
    expect(content.length).toBeLessThan(12_500);
    expect(content).toContain('\n1\n2\n');
    expect(content).toContain('characters left out');
    expect(content.endsWith('\n19999\n20000')).toBe(true);
    expect((await readFile(path.join(bench.logFolder, 'c1.log'), 'utf8')).split('\n')).toHaveLength(20_001);
    const top = await bench.call('command_status', { CommandId: 'c1', OutputCharacterCount: 100, OutputPriority: 'top' });
    expect(top.content).toContain('\n1\n2\n3\n');
    expect(top.content).not.toContain('20000');
  });
  it('shows what a terminal would, and no secret', async () => {
    await using bench = await Bench.open({ 'a.txt': '' }, { mask: (text) => text.replaceAll('hunter2hunter2', '***') });
    const { content } = await bench.call('run_command', {
      CommandLine: "printf '\\033[31mred\\033[0m\\n10%%\\r50%%\\r100%%\\n'; printf 'hunter2'; sleep 0.05; printf 'hunter2\\n'",
    });
    expect(content.split('\n').slice(1)).toEqual(['red', '100%', '***']);
    expect(await readFile(path.join(bench.logFolder, 'c1.log'), 'utf8')).toBe('red\n100%\n***\n');
  });
  it('goes on in the background, answers when asked, and is ended on request', async () => {
    await using bench = await Bench.open({ 'a.txt': '' });
    const started = await bench.call('run_command', { CommandLine: 'echo ready; sleep 4711 || true', WaitMsBeforeAsync: 300 });
    expect(started).toMatchObject({ isError: false, content: expect.stringMatching(/^Still running after .* as command c1/) });
    expect((await bench.call('command_status', { CommandId: 'c1' })).content).toContain('ready');
    const ended = await bench.call('command_status', { CommandId: 'c1', Terminate: true });
    expect(ended.content).toContain('ended by a signal');
    expect(alive('sleep\x004711')).toEqual([]);
  });
  it('may wait for the end of a background command', async () => {
    await using bench = await Bench.open({ 'a.txt': '' });
    await bench.call('run_command', { CommandLine: 'sleep 0.3; echo late > b.txt', WaitMsBeforeAsync: 0 });
    const status = await bench.call('command_status', { CommandId: 'c1', WaitDurationSeconds: 30 });
    expect(status.content).toContain('exit code 0');
    expect(await bench.text('b.txt')).toBe('late\n');
    expect(bench.records.at(-1)?.changed).toBe('all');
  });
  it('is refused when eight are running', async () => {
    await using bench = await Bench.open({ 'a.txt': '' });
    for (let index = 0; index < 8; index += 1)
      await bench.call('run_command', { CommandLine: 'sleep 4712', WaitMsBeforeAsync: 0 });
    expect((await bench.call('run_command', { CommandLine: 'true' })).content).toContain('8 commands are running');
  });
  it('leaves no process when the step ends, also none that left its group', async () => {
    const bench = await Bench.open({ 'a.txt': '' });
    await bench.call('run_command', { CommandLine: 'setsid sleep 4713 & sleep 4713', WaitMsBeforeAsync: 100 });
    expect(alive('sleep\x004713').length).toBeGreaterThan(0);
    await bench.tools[Symbol.asyncDispose]();
    expect(alive('sleep\x004713')).toEqual([]);
    await expect(bench.call('view_file', { AbsolutePath: 'a.txt' })).rejects.toThrow('after its step had ended');
    await bench[Symbol.asyncDispose]();
  });
  it('ends when the step is aborted, and nothing is called any more', async () => {
    await using bench = await Bench.open({ 'a.txt': '' });
    const running = bench.call('run_command', { CommandLine: 'echo up; sleep 4714', WaitMsBeforeAsync: 60_000 });
    await expect.poll(() => alive('sleep\x004714').length).toBeGreaterThan(0);
    bench.stop.abort(new Error('interrupted'));
    expect((await running).isError).toBe(true);
    await expect(bench.call('view_file', { AbsolutePath: 'a.txt' })).rejects.toThrow('interrupted');
  });
});

describe('calls of one turn', () => {
  it('have the effects that they would have one after the other', async () => {
    await using bench = await Bench.open({ 'a.txt': 'start\n' });
    const answers = await Promise.all([
      bench.call('view_file', { AbsolutePath: 'a.txt' }),
      bench.replace('a.txt', 'start', 'first'),
      bench.call('run_command', { CommandLine: 'cat a.txt; echo second > a.txt' }),
      bench.call('view_file', { AbsolutePath: 'a.txt' }),
      bench.replace('a.txt', 'second', 'third'),
    ]);
    expect(answers.map(({ isError }) => isError)).toEqual([false, false, false, false, false]);
    expect(answers[2]?.content).toContain('first');
    expect(await bench.text('a.txt')).toBe('third\n');
    expect(bench.records.map(({ name }) => name)).toEqual([
      'view_file',
      'replace_file_content',
      'run_command',
      'view_file',
      'replace_file_content',
    ]);
  });
});

it('a reported block is kept, and the first one counts', async () => {
  await using bench = await Bench.open({ 'a.txt': '' });
  expect(bench.tools.blocked).toBeUndefined();
  await bench.call('report_blocked', { reason: 'the contract contradicts the tests', evidence: 'openapi.yml:12' });
  await bench.call('report_blocked', { reason: 'another', evidence: '' });
  expect(bench.tools.blocked).toEqual({ reason: 'the contract contradicts the tests', evidence: 'openapi.yml:12' });
});

describe('after a resume', () => {
  const edit = { TargetFile: 'a.txt', TargetContent: 'one', ReplacementContent: 'two' };
  const view = { AbsolutePath: 'a.txt' };
  const mark = (text: string) => `sha256:${createHash('sha256').update(text).digest('hex').slice(0, 12)}`;
  const viewed = { name: 'view_file', input: view, result: `a.txt, lines 1-1 of 1, ${mark('one\n')}\n1\tone`, isError: false };
  const edited = {
    name: 'replace_file_content',
    input: edit,
    result: `Changed 1 passage of a.txt, ${mark('two one\n')}.`,
    isError: false,
  };
  it('a call whose answer is in the journal gets it again, once, and is not done twice', async () => {
    await using bench = await Bench.open({ 'a.txt': 'two one\n' }, { before: { calls: [viewed, edited], unknown: 1 } });
    expect(await bench.call('replace_file_content', edit)).toEqual({ content: edited.result, isError: false });
    expect(await bench.text('a.txt')).toBe('two one\n');
    expect(bench.records).toEqual([]);
    expect((await bench.call('replace_file_content', edit)).isError).toBe(false);
    expect(await bench.text('a.txt')).toBe('two two\n');
  });
  it('a call that was in flight is done, and its file counts as viewed', async () => {
    await using bench = await Bench.open({ 'a.txt': 'one\n' }, { before: { calls: [viewed], unknown: 0 } });
    expect((await bench.call('replace_file_content', edit)).isError).toBe(false);
    expect(await bench.text('a.txt')).toBe('two\n');
  });
  it('a file that has changed since it was viewed does not', async () => {
    await using bench = await Bench.open({ 'a.txt': 'one more\n' }, { before: { calls: [viewed], unknown: 0 } });
    expect((await bench.call('replace_file_content', edit)).content).toContain('has changed since it was viewed');
  });
});
