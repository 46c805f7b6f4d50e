import { execFileSync } from 'node:child_process';
import { link, mkdir, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { Bench } from './bench.ts';

describe('viewing a file', () => {
  it('shows numbered lines, which ones they are, and a hash', async () => {
    await using bench = await Bench.open({ 'a.txt': 'one\ntwo\nthree\n' });
    expect(await bench.view('a.txt', { StartLine: 2, EndLine: 3 })).toMatch(
      /^a\.txt, lines 2-3 of 3, sha256:[0-9a-f]{12}\n2\ttwo\n3\tthree$/,
    );
  });
  it('shows 800 lines at a time and cuts long ones', async () => {
    await using bench = await Bench.open({ 'a.txt': `${'x'.repeat(3000)}\n${'y\n'.repeat(999)}` });
    const text = await bench.view('a.txt');
    expect(text).toContain('lines 1-800 of 1000');
    expect(text).toContain('[... 1000 more characters]');
    expect(text).not.toContain('801\t');
    expect(await bench.view('a.txt', { StartLine: 990 })).toContain('1000\ty');
  });
  it('shows at most 64 KiB', async () => {
    await using bench = await Bench.open({ 'a.txt': `${'z'.repeat(1500)}\n`.repeat(200) });
    const text = await bench.view('a.txt');
    expect(text.length).toBeLessThan(67_000);
    expect(text).toContain('[... cut at line 44');
  });
  it.each([
    ['missing.txt', 'There is no file missing.txt'],
    ['image.png', 'binary file of 4 bytes'],
    ['latin.txt', 'not UTF-8'],
  ])('says what is wrong with %s', async (file, reason) => {
    await using bench = await Bench.open({
      'image.png': new Uint8Array([1, 0, 2, 3]),
      'latin.txt': new Uint8Array([0x66, 0xfc, 0x72]),
    });
    expect(await bench.call('view_file', { AbsolutePath: file })).toMatchObject({
      isError: true,
      content: expect.stringContaining(reason),
    });
  });
  it('says when the asked lines are not there', async () => {
    await using bench = await Bench.open({ 'a.txt': 'one\n' });
    expect((await bench.call('view_file', { AbsolutePath: 'a.txt', StartLine: 5 })).content).toContain('has 1 lines');
    expect((await bench.call('view_file', { AbsolutePath: 'a.txt', StartLine: 1, EndLine: 0 })).isError).toBe(true);
  });
  it('lists a folder, folders first, without what may not be read', async () => {
    await using bench = await Bench.open({ 'src/b.js': '', 'src/deep/a.js': '', 'src/.env': 'KEY=1' }, { secret: ['src/.env'] });
    expect(await bench.view('src')).toBe('src, 2 entries\ndeep/\nb.js');
  });
  it('masks secrets', async () => {
    await using bench = await Bench.open(
      { 'a.txt': 'the key is hunter2hunter2\n' },
      { mask: (text) => text.replaceAll('hunter2hunter2', '***') },
    );
    expect(await bench.view('a.txt')).toContain('the key is ***');
    expect(bench.records.at(-1)?.result).not.toContain('hunter2');
  });
});

describe('what lies outside the tree', () => {
  it.each(['/etc/passwd', '../outside.txt', 'src/../../outside.txt', '/proc/self/environ', 'a\0b'])(
    'cannot be named: %s',
    async (file) => {
      await using bench = await Bench.open({ 'src/a.js': '' });
      await writeFile(path.join(bench.root, '../outside.txt'), 'secret');
      for (const [name, input] of [
        ['view_file', { AbsolutePath: file }],
        ['grep_search', { Query: 's', SearchPath: file }],
        ['replace_file_content', { TargetFile: file, TargetContent: '', ReplacementContent: 'x' }],
        ['run_command', { CommandLine: 'ls', Cwd: file }],
      ] as const) {
        const answer = await bench.call(name, input);
        expect(answer, name).toMatchObject({
          isError: true,
          content: expect.stringMatching(/outside the working tree|zero byte/),
        });
      }
    },
  );
  it('is not reached through links, to files or to folders, dangling or not', async () => {
    await using bench = await Bench.open({ 'src/a.js': '' });
    const outside = path.join(bench.root, '..', 'elsewhere');
    await mkdir(outside);
    await writeFile(path.join(outside, 'secret.txt'), 'secret');
    await symlink(path.join(outside, 'secret.txt'), path.join(bench.root, 'file-link'));
    await symlink(outside, path.join(bench.root, 'folder-link'));
    await symlink(path.join(outside, 'new.txt'), path.join(bench.root, 'dangling'));
    for (const file of ['file-link', 'folder-link/secret.txt', 'folder-link/new.txt', 'dangling']) {
      expect((await bench.call('view_file', { AbsolutePath: file })).content, file).not.toContain('secret\n');
      expect((await bench.call('view_file', { AbsolutePath: file })).isError, file).toBe(true);
      expect((await bench.replace(file, '', 'mine\n')).isError, file).toBe(true);
    }
    expect((await bench.call('grep_search', { Query: 'secret' })).content).toContain('No match');
    expect(execFileSync('ls', [outside], { encoding: 'utf8' })).toBe('secret.txt\n');
  });
  it('follows a link that stays inside, and judges where it leads', async () => {
    await using bench = await Bench.open({ 'config/real.json': '{}\n' }, { protected: ['config/**'] });
    await symlink('config/real.json', path.join(bench.root, 'alias.json'));
    expect(await bench.view('alias.json')).toContain('config/real.json, lines 1-1');
    expect((await bench.replace('alias.json', '{}', '[]')).content).toContain('Refused: config/real.json');
  });
  it('is not read through a hard link, and named pipes hold nobody', async () => {
    await using bench = await Bench.open({ 'src/a.js': '' });
    const secret = path.join(bench.root, '..', 'secret.txt');
    await writeFile(secret, 'secret\n');
    await link(secret, path.join(bench.root, 'hard.txt'));
    execFileSync('mkfifo', [path.join(bench.root, 'pipe')]);
    expect((await bench.call('view_file', { AbsolutePath: 'hard.txt' })).content).toContain('hard link');
    expect((await bench.replace('hard.txt', 'secret', 'x')).content).toContain('hard link');
    expect((await bench.call('view_file', { AbsolutePath: 'pipe' })).content).toContain('no regular file');
    expect((await bench.call('grep_search', { Query: 'secret' })).content).not.toContain('hard.txt');
  });
});

describe('a scope inside a monorepo', () => {
  it('is where relative paths start; records name paths from the root', async () => {
    await using bench = await Bench.open(
      { 'services/orders/a.txt': 'one\n', 'shared/b.txt': 'two\n' },
      { scope: 'services/orders' },
    );
    await bench.view('a.txt');
    await bench.replace('a.txt', 'one', '1');
    expect(bench.records.at(-1)?.changed).toEqual(['services/orders/a.txt']);
    expect(await bench.view('../../shared/b.txt')).toContain('../../shared/b.txt, lines 1-1');
    expect((await bench.replace('../../shared/b.txt', 'two', '2')).content).toContain('outside the scope');
    expect((await bench.call('run_command', { CommandLine: 'pwd', Cwd: '.' })).content).toContain('services/orders');
  });
});

describe('searching', () => {
  const files = {
    'src/a.js': 'const limit = 10;\nuse(limit);\n',
    'src/b.ts': 'LIMIT\n',
    'node_modules/x/index.js': 'limit\n',
    'docs/c.md': 'a.b\n',
  };
  it('finds text as path:line, and leaves dependencies out unless it starts there', async () => {
    await using bench = await Bench.open(files);
    const answer = await bench.call('grep_search', { Query: 'limit' });
    expect(answer.content).toBe('2 matching lines in 3 files\nsrc/a.js:1: const limit = 10;\nsrc/a.js:2: use(limit);');
    expect((await bench.call('grep_search', { Query: 'limit', SearchPath: 'node_modules/x' })).content).toContain(
      'node_modules/x/index.js:1: limit',
    );
  });
  it('takes a query literally unless it is said to be an expression', async () => {
    await using bench = await Bench.open(files);
    expect((await bench.call('grep_search', { Query: 'a.b' })).content).toContain('docs/c.md:1');
    expect((await bench.call('grep_search', { Query: 'l.mit' })).content).toContain('No match');
    expect((await bench.call('grep_search', { Query: '^l.mit$', IsRegex: true, CaseInsensitive: true })).content).toContain(
      'src/b.ts:1: LIMIT',
    );
  });
  it('narrows by globs and can give names only', async () => {
    await using bench = await Bench.open(files);
    expect((await bench.call('grep_search', { Query: 'limit', CaseInsensitive: true, MatchPerLine: false })).content).toBe(
      '2 matching files in 3 files\nsrc/a.js (2 lines)\nsrc/b.ts (1 line)',
    );
    expect((await bench.call('grep_search', { Query: 'limit', CaseInsensitive: true, Includes: ['*.ts'] })).content).toContain(
      'in 1 files\nsrc/b.ts:1',
    );
    expect(
      (await bench.call('grep_search', { Query: 'limit', CaseInsensitive: true, Includes: ['!**/*.js'] })).content,
    ).toContain('src/b.ts:1');
  });
  it('gives 50 matches and says how many were left off', async () => {
    await using bench = await Bench.open({ 'a.txt': 'hit\n'.repeat(80) });
    const { content } = await bench.call('grep_search', { Query: 'hit' });
    expect(content.split('\n').filter((line) => line.startsWith('a.txt:'))).toHaveLength(50);
    expect(content).toContain('[... 30 more; narrow the search]');
  });
  it('says what is wrong with an expression', async () => {
    await using bench = await Bench.open(files);
    expect((await bench.call('grep_search', { Query: '(', IsRegex: true })).content).toContain('no regular expression');
  });
  it('is not held by an expression that backtracks for ever', async () => {
    await using bench = await Bench.open({ 'a.txt': `${'a'.repeat(40)}!\n` });
    const answer = await bench.call('grep_search', { Query: '^(a+)+$', IsRegex: true });
    expect(answer).toMatchObject({ isError: true, content: expect.stringContaining('ended after') });
  });
  it('does not find what may not be read', async () => {
    await using bench = await Bench.open({ '.env': 'KEY=limit\n', 'a.txt': 'limit\n' }, { secret: ['.env'] });
    expect((await bench.call('grep_search', { Query: 'limit' })).content).not.toContain('.env');
    expect((await bench.call('grep_search', { Query: 'limit', SearchPath: '.env' })).content).toContain('Refused');
    expect((await bench.call('view_file', { AbsolutePath: '.env' })).content).toContain('Refused');
  });
});
