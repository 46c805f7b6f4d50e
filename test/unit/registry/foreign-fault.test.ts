// What a plugin in another language can do wrong: each is a failure of the environment, in words, and never a verdict.
import { describe, expect, it } from 'vitest';
import { openTested } from '../../../src/testing/plugin-folder.ts';
import { testGate } from '../../../src/testing.ts';
import { foreignFolder, prelude } from './foreign-folder.ts';

const scene = { candidate: { 'a.txt': '' } };
const faultOf = async (program: string, more: Readonly<Record<string, unknown>> = {}) => {
  await using plugin = await foreignFolder(prelude + program, more);
  return (await testGate(plugin.folder, scene)).failure;
};

describe('a gate in another language', () => {
  it.each([
    ['ends with another exit code', "answer(green); console.error('boom'); process.exit(3);", 'foreign/failed', 'exit code 3'],
    ['throws', "throw new Error('no luck');", 'foreign/failed', 'no luck'],
    ['is killed', "process.kill(process.pid, 'SIGKILL');", 'foreign/killed', 'was killed before it had answered'],
    ['prints nothing', '', 'foreign/no-answer', 'printed no answer'],
    ['prints words', "console.log('all fine');", 'foreign/not-json', 'it begins with `all fine`'],
    ['prints words behind its answer', "answer(green); console.log('done');", 'foreign/not-json', 'behind it stands `done`'],
    ['prints half an answer', 'process.stdout.write(\'{"outputs": {\');', 'foreign/not-json', 'it ends in the middle'],
    ['prints NaN', 'process.stdout.write(\'{"examined": NaN}\');', 'foreign/not-json', 'it cannot be read'],
    ['prints what is no UTF-8', 'process.stdout.write(Buffer.from([0x7b, 0xff, 0x7d]));', 'foreign/not-json', 'it is not UTF-8'],
    [
      'nests without an end',
      "process.stdout.write('{\"outputs\":' + '['.repeat(1e6));",
      'foreign/not-json',
      'nested more than 100 deep',
    ],
    ['answers twice', 'answer(green); answer(green);', 'foreign/two-answers', 'more than one JSON document'],
    ['forgets a key', 'delete green.examined; answer(green);', 'foreign/answer', '`examined` is missing in the answer.'],
    ['adds a key', 'answer({ ...green, passed: true });', 'foreign/answer', 'There is no key `passed` in the answer.'],
    [
      'misspells a key',
      'answer({ ...green, findigs: [], findings: [] });',
      'foreign/answer',
      'There is no key `findigs` in the answer.',
    ],
    [
      'gives a wrong severity',
      "answer({ ...green, findings: [{ ...finding, severity: 'fatal' }] });",
      'foreign/answer',
      '`findings[0].severity`',
    ],
    [
      'names a place outside the tree',
      "answer({ ...green, findings: [{ ...finding, location: { file: '/etc/passwd' } }] });",
      'foreign/answer',
      'must be relative to the tree',
    ],
    [
      'reports a code that it does not declare',
      "answer({ ...green, findings: [{ ...finding, code: 'words/other' }] });",
      'plugin/finding',
      'words/other',
    ],
    ['gives other outputs than it declares', "answer({ ...green, outputs: { files: 'many' } });", 'plugin/outputs', '`files`'],
    ['gives no outputs', 'delete green.outputs; answer(green);', 'plugin/outputs', '`files` is missing'],
    [
      'has a fault in the name of the machine',
      "answer({ error: { code: 'git/failed', message: 'No.' } });",
      'foreign/answer',
      '`words/<what>`',
    ],
    [
      'names a file for the report that is not there',
      "answer({ ...green, artifacts: [{ name: 'a', path: 'a.html', mediaType: 'text/html' }] });",
      'foreign/artifact',
      'is not there',
    ],
    [
      'names a file for the report outside its folder',
      "answer({ ...green, artifacts: [{ name: 'a', path: '../../etc/passwd', mediaType: 'text/plain' }] });",
      'foreign/artifact',
      'lies outside that folder',
    ],
    [
      'floods standard output',
      "for (;;) { if (!process.stdout.write('x'.repeat(1 << 20))) await new Promise((r) => process.stdout.once('drain', r)); }",
      'foreign/flood',
      'more than 16 MiB on standard output',
    ],
  ])('that %s', async (_, program, code, words) => {
    const failure = await faultOf(program);
    expect(failure?.code).toBe(code);
    expect(failure?.message).toContain(words);
  });

  it('whose command is not installed', async () => {
    expect(await faultOf('', { command: ['no-such-program'] })).toMatchObject({
      code: 'foreign/no-command',
      message: 'The command `no-such-program` of the plugin words was not found.',
    });
  });
  it('whose program may not be executed', async () => {
    expect(await faultOf('', { command: ['./gate.mjs'] })).toMatchObject({
      code: 'foreign/not-executable',
      hint: expect.stringContaining('git update-index --chmod=+x'),
    });
  });
  it('that has no answer in time is told to stop', async () => {
    await using plugin = await foreignFolder(`${prelude} console.error('still at it'); setInterval(() => {}, 1000);`);
    const seen = await testGate(plugin.folder, { ...scene, timeoutMs: 1500 });
    expect(seen.failure).toMatchObject({ code: 'foreign/deadline', message: expect.stringContaining('still at it') });
  });
  it('that is told to stop may still say that it could not decide', async () => {
    await using plugin = await foreignFolder(
      `${prelude} process.on('SIGTERM', () => { answer({ ...green, inconclusive: 'no time' }); process.exitCode = 0; clearInterval(beat); }); const beat = setInterval(() => {}, 1000);`,
    );
    const seen = await testGate(plugin.folder, { ...scene, timeoutMs: 2500 });
    expect(seen.result?.inconclusive).toBe('no time');
  });
  it('whose control is applied where no command can run', async () => {
    await using plugin = await foreignFolder('');
    await using opened = await openTested(plugin.folder);
    const [control] = opened.plugin.kind === 'gate' ? opened.plugin.prove : [];
    await expect(control?.apply({} as never)).rejects.toMatchObject({ code: 'foreign/no-host' });
  });
  it('that does not read its request, and answers', async () => {
    await using plugin = await foreignFolder(
      'process.stdout.write(JSON.stringify({ outputs: { files: 0 }, examined: { unit: "files", count: 0, min: 1 }, findings: [] }));',
    );
    const seen = await testGate(plugin.folder, { ...scene, with: { word: 'x'.repeat(1_000_000) } });
    expect(seen.result?.examined.count).toBe(0);
  });
});
