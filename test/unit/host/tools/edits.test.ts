import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { applyChunks } from '../../../../src/host/tools/edit.ts';
import fc from '../../../rig/property.ts';
import { Bench } from './bench.ts';

const source = `export function total(items) {
  let sum = 0;
  for (const item of items) {
    sum += item.price;
  }
  return sum;
}
`;

describe('replacing a passage', () => {
  it('changes exactly that, shows the new lines, and records the path', async () => {
    await using bench = await Bench.open({ 'src/total.js': source });
    await bench.view('src/total.js');
    const answer = await bench.replace('src/total.js', 'sum += item.price;', 'sum += item.price * item.count;');
    expect(answer.isError).toBe(false);
    expect(answer.content).toContain('4\t    sum += item.price * item.count;');
    expect(await bench.text('src/total.js')).toBe(source.replace('item.price;', 'item.price * item.count;'));
    expect(bench.records.at(-1)).toMatchObject({ name: 'replace_file_content', isError: false, changed: ['src/total.js'] });
  });
  it('takes the replacement literally, also $& and backslashes', async () => {
    await using bench = await Bench.open({ 'a.js': 'const a = 1;\n' });
    await bench.view('a.js');
    await bench.replace('a.js', '1', "'$& $1 $$ \\\\n'");
    expect(await bench.text('a.js')).toBe("const a = '$& $1 $$ \\\\n';\n");
  });
  it('accepts absolute paths as commands see them', async () => {
    await using bench = await Bench.open({ 'a.txt': 'one\n' });
    const pwd = (await bench.call('run_command', { CommandLine: 'pwd' })).content.split('\n').at(-1) ?? '';
    await bench.view(`${pwd}/a.txt`);
    expect((await bench.replace(`${pwd}/a.txt`, 'one', 'two')).isError).toBe(false);
    expect(await bench.text('a.txt')).toBe('two\n');
  });
  it('refuses a target that occurs several times and says where', async () => {
    await using bench = await Bench.open({ 'a.txt': 'x\ny\nx\n' });
    await bench.view('a.txt');
    const answer = await bench.replace('a.txt', 'x', 'z');
    expect(answer).toMatchObject({ isError: true, content: expect.stringContaining('occurs 2 times, at lines 1, 3') });
    expect((await bench.replace('a.txt', 'x', 'z', { StartLine: 3, EndLine: 3 })).isError).toBe(false);
    expect(await bench.text('a.txt')).toBe('x\ny\nz\n');
    expect((await bench.replace('a.txt', '\n', ';', { AllowMultiple: true })).isError).toBe(false);
    expect(await bench.text('a.txt')).toBe('x;y;z;');
  });
  it('shows the passage that is most like a target that is not there', async () => {
    await using bench = await Bench.open({ 'src/total.js': source });
    await bench.view('src/total.js');
    const answer = await bench.replace('src/total.js', 'for (const item of items) {\n    sum += item.cost;\n  }', 'x');
    expect(answer.isError).toBe(true);
    expect(answer.content).toContain('lines 3 to 5');
    expect(answer.content).toContain('4\t    sum += item.price;');
    expect(await bench.text('src/total.js')).toBe(source);
  });
  it('says when the replacement is there already', async () => {
    await using bench = await Bench.open({ 'a.txt': 'new text\n' });
    const answer = await bench.replace('a.txt', 'old text', 'new text');
    expect(answer).toMatchObject({ isError: true, content: expect.stringMatching(/^Already applied: .* at line 1/) });
  });
  it('never guesses: a target with a wrong word is refused', async () => {
    await using bench = await Bench.open({ 'a.js': 'const limit = 100;\n' });
    await bench.view('a.js');
    expect((await bench.replace('a.js', 'const limits = 100;', 'const limit = 5;')).isError).toBe(true);
    expect(await bench.text('a.js')).toBe('const limit = 100;\n');
  });
  it.each(['// ... rest of the code', '  # ... existing code ...', '/* … */', '// other methods remain unchanged ...'])(
    'refuses the placeholder %s',
    async (placeholder) => {
      await using bench = await Bench.open({ 'a.js': 'one();\n' });
      await bench.view('a.js');
      const answer = await bench.replace('a.js', 'one();', `two();\n${placeholder}`);
      expect(answer).toMatchObject({ isError: true, content: expect.stringContaining('placeholder') });
      expect(await bench.text('a.js')).toBe('one();\n');
    },
  );
  it('lets an ordinary comment and a spread pass', async () => {
    await using bench = await Bench.open({ 'a.js': 'one();\n' });
    await bench.view('a.js');
    const code = '// the rest of the order is checked below\nconst all = [...items];';
    expect((await bench.replace('a.js', 'one();', code)).isError).toBe(false);
  });
});

describe('relaxations that lose nothing', () => {
  it('finds a target with LF in a file with CRLF, and keeps CRLF', async () => {
    await using bench = await Bench.open({ 'a.txt': 'one\r\ntwo\r\nthree\r\n' });
    await bench.view('a.txt');
    const answer = await bench.replace('a.txt', 'one\ntwo\n', 'one\n2\n2.5\n');
    expect(answer.content).toContain('line ends');
    expect(await bench.text('a.txt')).toBe('one\r\n2\r\n2.5\r\nthree\r\n');
  });
  it('re-applies a uniform shift of the indentation to the replacement', async () => {
    await using bench = await Bench.open({ 'a.js': source });
    await bench.view('a.js');
    const answer = await bench.replace(
      'a.js',
      'for (const item of items) {\n  sum += item.price;\n}\n',
      'for (const { price } of items) {\n  sum += price;\n}\n',
    );
    expect(answer.content).toContain('indentation');
    expect(await bench.text('a.js')).toContain('  for (const { price } of items) {\n    sum += price;\n  }\n  return');
  });
  it('looks over blanks at the ends of lines', async () => {
    await using bench = await Bench.open({ 'a.txt': 'one  \ntwo\t\nthree\n' });
    await bench.view('a.txt');
    expect((await bench.replace('a.txt', 'one\ntwo', '1\n2')).content).toContain('trailing whitespace');
    expect(await bench.text('a.txt')).toBe('1\n2\nthree\n');
  });
  it('takes a straight quote for a curly one', async () => {
    await using bench = await Bench.open({ 'a.md': 'it\u2019s \u201cfine\u201d \u2014 now\n' });
    await bench.view('a.md');
    expect((await bench.replace('a.md', 'it\'s "fine" - now', 'done')).content).toContain('typographic');
    expect(await bench.text('a.md')).toBe('done\n');
  });
  it('keeps byte order mark, mode and a missing last line end', async () => {
    await using bench = await Bench.open({ 'run.sh': '\ufeff#!/bin/sh\necho one' });
    await bench.makeExecutable('run.sh');
    await bench.view('run.sh');
    await bench.replace('run.sh', 'echo one\n', 'echo two\n');
    await bench.replace('run.sh', 'echo one', 'echo two');
    expect(await bench.text('run.sh')).toBe('\ufeff#!/bin/sh\necho two');
    expect(await bench.mode('run.sh')).toBe(0o755);
  });
});

describe('several passages in one call', () => {
  const chunks = (...pairs: (readonly [string, string])[]) =>
    pairs.map(([TargetContent, ReplacementContent]) => ({ TargetContent, ReplacementContent }));
  it('are all searched in the file as it was', async () => {
    await using bench = await Bench.open({ 'a.txt': 'a\nb\nc\n' });
    await bench.view('a.txt');
    const answer = await bench.call('multi_replace_file_content', {
      TargetFile: 'a.txt',
      ReplacementChunks: chunks(['c', 'a'], ['a', 'b'], ['b', 'c']),
    });
    expect(answer.isError).toBe(false);
    expect(await bench.text('a.txt')).toBe('b\nc\na\n');
  });
  it('are applied all or none', async () => {
    await using bench = await Bench.open({ 'a.txt': 'a\nb\n' });
    await bench.view('a.txt');
    const answer = await bench.call('multi_replace_file_content', {
      TargetFile: 'a.txt',
      ReplacementChunks: chunks(['a', '1'], ['z', '2']),
    });
    expect(answer).toMatchObject({ isError: true, content: expect.stringContaining('Chunk 2 of 2') });
    expect(await bench.text('a.txt')).toBe('a\nb\n');
    expect(bench.records.at(-1)?.changed).toBeUndefined();
  });
  it('must not overlap', async () => {
    await using bench = await Bench.open({ 'a.txt': 'one two three\n' });
    await bench.view('a.txt');
    const answer = await bench.call('multi_replace_file_content', {
      TargetFile: 'a.txt',
      ReplacementChunks: chunks(['one two', '1'], ['two three', '2']),
    });
    expect(answer).toMatchObject({ isError: true, content: expect.stringContaining('overlap at line 1') });
    expect(await bench.text('a.txt')).toBe('one two three\n');
  });
  it('give the same text as replacing one after the other, whatever the line ends', () => {
    const word = fc.stringMatching(/^[a-z]{1,6}$/);
    fc.assert(
      fc.property(
        fc.uniqueArray(word, { minLength: 2, maxLength: 8 }),
        fc.constantFrom('\n', '\r\n'),
        fc.boolean(),
        (words, eol, closed) => {
          const lines = words.map((text, index) => `<${index}:${text}>`);
          const text = lines.join(eol) + (closed ? eol : '');
          const wanted = lines.map((_, index) => `[${index}]\n[again]`);
          const edited = applyChunks(
            text,
            lines.map((line, index) => ({ TargetContent: line, ReplacementContent: wanted[index] ?? '' })),
          );
          expect(edited.ok && edited.value.text).toBe(wanted.join('\n').replaceAll('\n', eol) + (closed ? eol : ''));
        },
      ),
    );
  });
});

describe('creating a file', () => {
  it('takes an empty target, and makes the folders', async () => {
    await using bench = await Bench.open({ 'a.txt': '' });
    const answer = await bench.replace('db/migrations/002_add.sql', '', 'select 1;\n');
    expect(answer).toEqual({
      isError: false,
      content: expect.stringMatching(/^Created db\/migrations\/002_add\.sql, 1 lines, sha256:[0-9a-f]{12}\.$/),
    });
    expect(await bench.text('db/migrations/002_add.sql')).toBe('select 1;\n');
    expect(bench.records.at(-1)?.changed).toEqual(['db/migrations/002_add.sql']);
    expect((await bench.replace('db/migrations/002_add.sql', 'select 1;', 'select 2;')).isError).toBe(false);
  });
  it('is refused where a file stands', async () => {
    await using bench = await Bench.open({ 'a.txt': 'text\n' });
    expect((await bench.replace('a.txt', '', 'other\n')).content).toContain('exists already');
    expect((await bench.replace('a.txt', '', 'text\n')).content).toMatch(/^Already applied/);
    expect(await bench.text('a.txt')).toBe('text\n');
  });
  it('fills a file that is empty', async () => {
    await using bench = await Bench.open({ 'a.txt': '' });
    expect((await bench.replace('a.txt', '', 'text\n')).isError).toBe(false);
    expect(await bench.text('a.txt')).toBe('text\n');
  });
  it('is not what an edit of a missing file does', async () => {
    await using bench = await Bench.open({ 'a.txt': '' });
    expect(await bench.replace('b.txt', 'x', 'y')).toMatchObject({
      isError: true,
      content: expect.stringContaining('There is no file b.txt'),
    });
  });
});

describe('read before write', () => {
  it('refuses the first edit of a file that was not viewed, with the passage, and takes the second', async () => {
    await using bench = await Bench.open({ 'src/total.js': source });
    const first = await bench.replace('src/total.js', 'let sum = 0;', 'let sum = 1;');
    expect(first.isError).toBe(true);
    expect(first.content).toContain('was not viewed yet');
    expect(first.content).toContain('4\t    sum += item.price;');
    expect(await bench.text('src/total.js')).toBe(source);
    expect((await bench.replace('src/total.js', 'let sum = 0;', 'let sum = 1;')).isError).toBe(false);
  });
  it('refuses an edit of a file that a command has changed since', async () => {
    await using bench = await Bench.open({ 'a.txt': 'one\ntwo\n' });
    await bench.view('a.txt');
    await bench.call('run_command', { CommandLine: "sed -i 's/two/2/' a.txt" });
    const stale = await bench.replace('a.txt', 'one', '1');
    expect(stale).toMatchObject({ isError: true, content: expect.stringContaining('has changed since it was viewed') });
    expect(stale.content).toContain('2\t2');
    expect(await bench.text('a.txt')).toBe('one\n2\n');
  });
  it('asks nothing more after an edit of its own', async () => {
    await using bench = await Bench.open({ 'a.txt': 'one\n' });
    await bench.view('a.txt');
    await bench.replace('a.txt', 'one', 'two');
    expect((await bench.replace('a.txt', 'two', 'three')).isError).toBe(false);
  });
});

describe('protected files', () => {
  it('are refused with the rule and the way out, before anything is written', async () => {
    await using bench = await Bench.open(
      { 'vitest.config.ts': 'export default {};\n' },
      { protected: ['vitest.config.ts', 'new.config.ts'] },
    );
    await bench.view('vitest.config.ts');
    const answer = await bench.replace('vitest.config.ts', '{}', '{ test: {} }');
    expect(answer.isError).toBe(true);
    expect(answer.content).toBe(
      'Refused: vitest.config.ts is protected by default: test configuration. If the goal cannot be met without it, call report_blocked and say why.',
    );
    expect(await bench.text('vitest.config.ts')).toBe('export default {};\n');
    expect((await bench.replace('new.config.ts', '', 'x\n')).content).toContain('Refused');
    expect(bench.records.at(-1)).toMatchObject({ isError: true });
    expect(bench.records.at(-1)?.changed).toBeUndefined();
  });
  it('may grow where they are append-only, and only grow', async () => {
    await using bench = await Bench.open({ 'a.test.js': 'test(one);\n' }, { appendOnly: ['*.test.js'] });
    await bench.view('a.test.js');
    expect((await bench.replace('a.test.js', 'test(one);\n', 'test(one);\ntest(two);\n')).isError).toBe(false);
    expect((await bench.replace('a.test.js', 'test(one);', 'test.skip(one);')).content).toContain('append-only');
    expect(await bench.text('a.test.js')).toBe('test(one);\ntest(two);\n');
  });
  it("include the tree's own git folder", async () => {
    await using bench = await Bench.open({ '.git/config': '[core]\n' });
    await bench.view('.git/config');
    expect((await bench.replace('.git/config', '[core]', '[core]\nfsmonitor = x')).content).toContain('Refused');
    expect((await bench.replace('.git/hooks/post-commit', '', 'x\n')).content).toContain('Refused');
  });
});

it('a file that changes between two calls is written whole or not at all', async () => {
  await using bench = await Bench.open({ 'a.txt': 'start\n' });
  await bench.view('a.txt');
  const big = 'x'.repeat(200_000);
  await bench.replace('a.txt', 'start', big);
  expect(await bench.text('a.txt')).toBe(`${big}\n`);
  await writeFile(path.join(bench.root, 'a.txt'), 'other\n');
  expect((await bench.replace('a.txt', 'other', 'mine')).content).toContain('has changed');
});

describe('a file that can no longer be parsed after an edit', () => {
  it.each([
    ['a.js', 'const a = () => { return 1; };\n', '};', ''],
    ['a.ts', 'const a: number = 1;\n', 'const a: number =', 'const a: = ='],
    ['a.json', '{ "a": 1 }\n', '1 }', '1'],
    ['a.yml', 'a: [1]\n', '[1]', '[1'],
  ])('%s: the answer warns, and the edit stands', async (file, before, target, replacement) => {
    await using bench = await Bench.open({ [file]: before });
    await bench.view(file);
    const answer = await bench.replace(file, target, replacement);
    expect(answer).toMatchObject({ isError: false, content: expect.stringContaining('can no longer be parsed') });
    expect(await bench.text(file)).toBe(before.replace(target, replacement));
    expect(
      (await bench.replace(file, replacement === '' ? '1;' : replacement, `${replacement === '' ? '1;' : replacement} `)).content,
    ).not.toContain('Warning');
  });
  it('is no matter where all is well', async () => {
    await using bench = await Bench.open({ 'a.ts': 'export {};\n' });
    expect((await bench.replace('b.ts', '', 'export const b = <T,>(x: T): T => x;\n')).content).toMatch(
      /^Created b\.ts, 1 lines, sha256:[0-9a-f]{12}\.$/,
    );
  });
});
